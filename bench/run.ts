/** One measured run of one server, and which runs of a series are kept. */
import type { Latency } from './driver/wire.ts';
import type { Server } from './servers.ts';
import { machineBusyMicros, usageOf, watchMemory } from './usage.ts';

export interface Run {
  readonly server: string;
  /** Tells two servers of one name apart. */
  readonly pid: number;
  readonly series: string;
  readonly clients: number;
  /** Runs of one pair have the same number. */
  readonly pair: number;
  /** Requests a second, or resources a second where the series counts those. */
  readonly rate: number;
  readonly requests: number;
  readonly latencies: readonly Latency[];
  /** Microseconds of processor time for each item (request or resource); undefined where the system does not tell. */
  readonly serverMicros: number | undefined;
  readonly postgresMicros: number | undefined;
  /** Highest resident memory of the server's processes during the run. */
  readonly memoryBytes: number | undefined;
  /** Processor time, in cores, that neither server nor Postgres nor driver nor this process used. */
  readonly othersCores: number | undefined;
}

export interface Plan {
  readonly series: string;
  readonly clients: number;
  readonly warmSeconds: number;
  readonly seconds: number;
}

/** The order within pair number `pair`: A B, then B A, then A B …, so that neither server always runs second. */
export function order(pair: number): readonly [0 | 1, 0 | 1] {
  return pair % 2 === 0 ? [0, 1] : [1, 0];
}

/** Cores that other jobs may take from a pair of runs before it counts as disturbed. */
export const DISTURBED_CORES = 0.25;

/** How much other jobs took from the more disturbed run of a pair; 0 where the system does not tell. */
export function disturbance(pair: readonly Run[]): number {
  return Math.max(0, ...pair.map((run) => run.othersCores ?? 0));
}

/**
 * The `count` pairs that other jobs disturbed least, in the order in which they ran: half of them with A first, half with
 * B first, because a server that just ran is warmer than one that waited (8 % were seen). Rates play no part in the choice.
 */
export function calmest(pairs: readonly (readonly Run[])[], count: number): readonly (readonly Run[])[] {
  const first = (which: number, most: number): (readonly Run[])[] =>
    pairs
      .filter((_, pair) => pair % 2 === which)
      .sort((a, b) => disturbance(a) - disturbance(b))
      .slice(0, most);
  const kept = new Set([...first(0, Math.ceil(count / 2)), ...first(1, Math.floor(count / 2))]);
  return pairs.filter((pair) => kept.has(pair));
}

/** Runs `plan` against one server. A CHECKPOINT goes first, so that no run pays for the pages of the one before. */
export async function measure(server: Server, plan: Plan, pair: number): Promise<Run> {
  await server.cluster?.query('checkpoint');
  const memory = watchMemory(server.pid);
  let before: Sample | undefined;
  const told = await server.drive(
    {
      kind: 'run',
      series: plan.series,
      clients: plan.clients,
      warmMs: plan.warmSeconds * 1000,
      runMs: plan.seconds * 1000,
    },
    () => {
      before = sample(server);
    },
  );
  const after = sample(server);
  const memoryBytes = memory.stop();
  if (told.kind !== 'end' || before === undefined) throw new Error('The load driver answered out of turn.');
  const used = (pick: (from: Sample) => number | undefined): number | undefined =>
    difference(pick(before!), pick(after));
  const each = (micros: number | undefined): number | undefined =>
    micros === undefined ? undefined : micros / told.items;
  const known = ['server', 'postgres', 'driver', 'self'] as const;
  const busy = used((from) => from.machine);
  const own = known.map((who) => used((from) => from[who]) ?? 0).reduce((sum, micros) => sum + micros, 0);
  return {
    server: server.name,
    pid: server.pid,
    series: plan.series,
    clients: plan.clients,
    pair,
    rate: (told.items * 1000) / told.ms,
    requests: told.latencies[0]!.count,
    latencies: told.latencies,
    serverMicros: each(used((from) => from.server)),
    postgresMicros: each(used((from) => from.postgres)),
    memoryBytes: memoryBytes === 0 ? undefined : memoryBytes,
    othersCores: busy === undefined ? undefined : Math.max(0, (busy - own) / (told.ms * 1000)),
  };
}

interface Sample {
  readonly server: number | undefined;
  readonly postgres: number | undefined;
  readonly driver: number | undefined;
  readonly self: number | undefined;
  readonly machine: number | undefined;
}

function sample(server: Server): Sample {
  return {
    server: usageOf(server.pid)?.cpuMicros,
    postgres: server.cluster === undefined ? undefined : usageOf(server.cluster.pid)?.cpuMicros,
    driver: usageOf(server.driverPid)?.cpuMicros,
    self: process.cpuUsage().user + process.cpuUsage().system,
    machine: machineBusyMicros(),
  };
}

function difference(before: number | undefined, after: number | undefined): number | undefined {
  return before === undefined || after === undefined ? undefined : after - before;
}

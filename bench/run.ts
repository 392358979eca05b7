/** One measured run of one server, and the order in which runs follow each other. */
import type { Latency } from './driver/wire.ts';
import type { Server } from './servers.ts';
import { machineBusyMicros, usageOf, watchMemory } from './usage.ts';

export interface Run {
  readonly server: string;
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

/** The order of `pairs` pairs of runs: A B, B A, A B … so that neither always runs second. */
export function order(pairs: number): readonly (readonly [0 | 1, 0 | 1])[] {
  return Array.from({ length: pairs }, (_, n) => (n % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)));
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

/**
 * The load driver, a process of its own so that its work is never counted as the server's. Started by fork; takes
 * messages of kind `Order`, answers each with one `Told` (after `begin` and `end`, where a run is measured).
 */
import { WrongAnswer } from './check.ts';
import { SERIES, type Take } from './series.ts';
import { openSession, type Session } from './session.ts';
import type { Latency, Order, Told } from './wire.ts';

const NOTHING: Take = (_interaction, request) => request();
let session: Session | undefined;

process.on('message', (order: Order) => {
  obey(order).catch((error: Error) => {
    tell({ kind: 'failed', message: error instanceof WrongAnswer ? error.message : String(error.stack) });
  });
});
process.on('disconnect', () => process.exit(0));

async function obey(order: Order): Promise<void> {
  if (order.kind === 'open') {
    session = openSession(order.origin, order.exact);
    return tell({ kind: 'done' });
  }
  if (session === undefined) throw new Error('The driver was asked to run before it was opened.');
  if (order.kind === 'prepare') {
    await SERIES[order.series]!.prepare(session);
    return tell({ kind: 'done' });
  }
  if (order.kind === 'run') return measure(session, order);
  await session.close();
  tell({ kind: 'done' });
}

async function measure(open: Session, order: Extract<Order, { kind: 'run' }>): Promise<void> {
  const series = SERIES[order.series]!;
  const steps = open.lines(order.clients).map((line, n) => series.client(open, line, n, order.clients));
  const loop = (until: number, take: Take): Promise<unknown> =>
    Promise.all(
      steps.map(async (step) => {
        while (performance.now() < until) await step(take);
      }),
    );
  await loop(performance.now() + order.warmMs, NOTHING);
  // All clients have finished here, so nothing of the warm-up is counted, and nothing counted falls outside.
  await new Promise((resolve) => setTimeout(resolve, 50));
  tell({ kind: 'begin' });
  const times = new Map<string, number[]>();
  let items = 0;
  const take: Take = async (interaction, request, count = 1) => {
    const start = performance.now();
    await request();
    const ms = performance.now() - start;
    const list = times.get(interaction);
    if (list === undefined) times.set(interaction, [ms]);
    else list.push(ms);
    items += count;
  };
  const start = performance.now();
  await loop(start + order.runMs, take);
  const ms = performance.now() - start;
  tell({ kind: 'end', ms, items, latencies: summaries(times) });
}

function summaries(times: Map<string, number[]>): Latency[] {
  const each = [...times].map(([interaction, list]) => summary(interaction, list));
  return [summary('all', [...times.values()].flat()), ...each];
}

function summary(interaction: string, times: number[]): Latency {
  const ordered = Float64Array.from(times).sort();
  const at = (share: number): number => ordered[Math.min(ordered.length - 1, Math.floor(ordered.length * share))]!;
  return { interaction, count: times.length, p50: at(0.5), p99: at(0.99), max: ordered.at(-1)! };
}

function tell(told: Told): void {
  process.send!(told);
}

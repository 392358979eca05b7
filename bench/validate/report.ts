/** What judging resources of one type costs, measured and as a table. */
import { median } from '../statistics.ts';

/** Microseconds for one resource. */
export interface Costs {
  readonly type: string;
  readonly count: number;
  /** Median of reading the text, of judging structure, of judging everything; the 99th of a hundred of the last. */
  readonly read: number;
  readonly structure: number;
  readonly full: number;
  readonly fullP99: number;
}

interface Work<T> {
  readonly read: (item: T) => unknown;
  readonly structure: (item: T) => unknown;
  readonly full: (item: T) => unknown;
}

/** Times that a type is judged before it is measured: what runs first is slow, and no server is new for long. */
const WARM_RUNS = 3_000;

/** Measures all three kinds of work in turns, so that what disturbs one disturbs all. */
export function costsOf<T>(type: string, items: readonly T[], runs: number, work: Work<T>): Costs {
  for (let i = 0; i < WARM_RUNS; i++) {
    const item = items[i % items.length]!;
    work.structure(item);
    work.full(item);
  }
  const times: Record<keyof Work<T>, number[]> = { read: [], structure: [], full: [] };
  for (let run = 0; run < runs; run++) {
    for (const item of items) {
      for (const name of ['read', 'structure', 'full'] as const) times[name].push(microseconds(() => work[name](item)));
    }
  }
  const ordered = times.full.toSorted((a, b) => a - b);
  return {
    type,
    count: items.length,
    read: median(times.read),
    structure: median(times.structure),
    full: median(times.full),
    fullP99: ordered[Math.floor(ordered.length * 0.99)]!,
  };
}

/** The table of a set of resources, in Markdown. */
export function report(name: string, costs: readonly Costs[]): string {
  const rows = costs.map(
    ({ type, count, read, structure, full, fullP99 }) =>
      `| ${type} | ${count} | ${shown(read)} | ${shown(structure)} | **${shown(full)}** | ${shown(fullP99)} |`,
  );
  return [
    `Judging, ${name}, one thread, µs`,
    '',
    '| type | resources | reading the text | structure | everything | p99 |',
    '|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

function shown(value: number): string {
  return value.toFixed(value < 10 ? 1 : 0);
}

function microseconds(work: () => unknown): number {
  const start = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - start) / 1000;
}

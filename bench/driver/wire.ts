/** The messages between the benchmark and a driver. */

export type Order =
  | { kind: 'open'; origin: string; exact: boolean }
  | { kind: 'prepare'; series: string }
  | { kind: 'run'; series: string; clients: number; warmMs: number; runMs: number }
  | { kind: 'close' };

export type Told =
  | { kind: 'done' }
  | { kind: 'begin' }
  | { kind: 'end'; ms: number; items: number; latencies: Latency[] }
  | { kind: 'failed'; message: string };

/** Milliseconds that one interaction took in one run; `all` gathers them. */
export interface Latency {
  readonly interaction: string;
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

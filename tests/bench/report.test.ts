import { expect, it } from 'vitest';
import { report } from '../../bench/report.ts';
import type { Run } from '../../bench/run.ts';

function run(server: string, pair: number, rate: number, serverMicros: number | undefined): Run {
  const latency = { count: 1000, p50: 1.5, p99: 4, max: 9 };
  const latencies = [
    { interaction: 'all', ...latency },
    { interaction: 'create', ...latency },
  ];
  const cost = { serverMicros, postgresMicros: serverMicros, memoryBytes: 120e6, othersCores: 0.1 };
  return { server, pid: 1, series: 'create', clients: 8, pair, rate, requests: 1000, latencies, ...cost };
}

const GROUP = {
  series: 'create',
  clients: 8,
  ceiling: [run('bare', 0, 4000, 100), run('bare', 1, 2000, 100)],
  compared: [run('vesta', 1, 1800, 120), run('vesta', 0, 3000, 130)],
};

it('compares the runs of one pair with each other, whatever their order', () => {
  const text = report([GROUP], 'vesta');
  expect(text).toContain('| 3,000 | 2,400 | **0.82 (0.75–0.90)** | 1.25 (1.20–1.30) |');
});

it('shows the ceilings alone without a column for a second server', () => {
  const text = report([{ ...GROUP, compared: [] }], undefined);
  expect(text).toContain('| create (2 Observations to 1 Patient) | 8 | 3,000 |');
  expect(text).not.toContain('ratio');
});

it('leaves out what the system does not tell', () => {
  const silent = { ...GROUP, ceiling: [run('bare', 0, 4000, undefined)], compared: [run('vesta', 0, 3000, undefined)] };
  expect(report([silent], 'vesta')).toContain('**0.75 (0.75–0.75)** | – | – |');
});

/** The figures as markdown tables. */
import { cpus, release, totalmem, type } from 'node:os';
import { SERIES } from './driver/series.ts';
import { SETTINGS } from './postgres.ts';
import type { Run } from './run.ts';
import { median, ratio } from './statistics.ts';
import { cores } from './usage.ts';

/** One series at one number of clients: the runs of the ceiling and of what was measured against it, pair by pair. */
export interface Group {
  readonly series: string;
  readonly clients: number;
  readonly ceiling: readonly Run[];
  readonly compared: readonly Run[];
}

/** Which machine and which settings the figures come from, as list items. */
export function machine(postgres: string): string {
  const model = cpus()[0]?.model ?? 'unknown processor';
  const settings = Object.entries(SETTINGS).map(([name, value]) => `${name}=${value}`);
  return [
    `- ${cores} cores of ${model}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, ${type()} ${release()}`,
    `- Node ${process.version}, Postgres ${postgres}; ${settings.join(', ')}`,
    '- driver, server and Postgres share these cores; ratios are medians of pairs of runs, ranges in brackets',
  ].join('\n');
}

/** Rates and ratios, then latency, processor time and memory. `compared` is the name of the second server, if any. */
export function report(groups: readonly Group[], compared: string | undefined): string {
  const name = compared === 'bare' ? 'bare again' : compared;
  return `${rates(groups, name)}\n\n${costs(groups, name)}\n\n${interactions(groups, name)}`;
}

function rates(groups: readonly Group[], name: string | undefined): string {
  const head = [
    'series',
    'clients',
    'bare, per s',
    ...(name === undefined ? [] : [`${name}, per s`, 'ratio', 'server CPU ×', 'Postgres CPU ×']),
  ];
  const rows = groups.map((group) => {
    const cells = [title(group.series), String(group.clients), whole(middle(group.ceiling, (run) => run.rate))];
    if (name === undefined) return cells;
    if (group.compared.length === 0) return [...cells, '', '', '', ''];
    const times = (pick: (run: Run) => number | undefined): string => {
      const pairs = paired(group, pick);
      if (pairs.length === 0) return '–';
      const { median: middleRatio, low, high } = ratio(pairs);
      return `${middleRatio.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`;
    };
    const measured = whole(middle(group.compared, (run) => run.rate));
    return [
      ...cells,
      measured,
      `**${times((run) => run.rate)}**`,
      times((run) => run.serverMicros),
      times((run) => run.postgresMicros),
    ];
  });
  return table(head, rows);
}

function costs(groups: readonly Group[], name: string | undefined): string {
  const head = [
    'series',
    'clients',
    'server',
    'p50 ms',
    'p99 ms',
    'server CPU µs',
    'Postgres CPU µs',
    'server memory MB',
    'other jobs, cores',
  ];
  const rows = groups.flatMap((group) => {
    const line = (server: string, runs: readonly Run[]): string[] => [
      title(group.series),
      String(group.clients),
      server,
      fixed(
        middle(runs, (run) => run.latencies[0]!.p50),
        2,
      ),
      fixed(
        middle(runs, (run) => run.latencies[0]!.p99),
        2,
      ),
      fixed(
        middle(runs, (run) => run.serverMicros),
        0,
      ),
      fixed(
        middle(runs, (run) => run.postgresMicros),
        0,
      ),
      fixed(highest(runs.map((run) => run.memoryBytes)) / 1e6, 0),
      fixed(
        middle(runs, (run) => run.othersCores),
        2,
      ),
    ];
    const first = line(group.series === 'constant' ? 'constant' : 'bare', group.ceiling);
    return name === undefined || group.compared.length === 0 ? [first] : [first, line(name, group.compared)];
  });
  return table(head, rows);
}

// Only the series that mix interactions have something to tell here.
function interactions(groups: readonly Group[], name: string | undefined): string {
  const rows = groups.flatMap((group) => {
    const kinds = group.ceiling[0]?.latencies.slice(1) ?? [];
    if (kinds.length < 2) return [];
    return kinds.map(({ interaction }) => {
      const of = (runs: readonly Run[], which: 'p50' | 'p99'): string =>
        fixed(
          middle(runs, (run) => run.latencies.find((one) => one.interaction === interaction)?.[which]),
          2,
        );
      const bare = [of(group.ceiling, 'p50'), of(group.ceiling, 'p99')];
      const other = name === undefined ? [] : [of(group.compared, 'p50'), of(group.compared, 'p99')];
      return [title(group.series), String(group.clients), interaction, ...bare, ...other];
    });
  });
  if (rows.length === 0) return '';
  const other = name === undefined ? [] : [`${name} p50 ms`, `${name} p99 ms`];
  return table(['series', 'clients', 'interaction', 'bare p50 ms', 'bare p99 ms', ...other], rows);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function paired(group: Group, pick: (run: Run) => number | undefined): [number, number][] {
  const pairs: [number, number][] = [];
  for (const ceiling of group.ceiling) {
    const other = group.compared.find((run) => run.pair === ceiling.pair);
    const a = pick(ceiling);
    const b = other === undefined ? undefined : pick(other);
    if (a !== undefined && b !== undefined) pairs.push([a, b]);
  }
  return pairs;
}

function middle(runs: readonly Run[], pick: (run: Run) => number | undefined): number {
  return median(runs.map(pick).filter((value) => value !== undefined));
}

function highest(values: readonly (number | undefined)[]): number {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? Number.NaN : Math.max(...known);
}

function title(series: string): string {
  const { title: words, unit } = SERIES[series]!;
  return unit === 'resources' ? `${words}, resources` : words;
}

function whole(value: number): string {
  return Number.isNaN(value) ? '–' : Math.round(value).toLocaleString('en-US');
}

function fixed(value: number, digits: number): string {
  return Number.isNaN(value) ? '–' : value.toFixed(digits);
}

/** The command line of the benchmark. */
import { parseArgs } from 'node:util';
import type { Layout } from './ceilings/tables.ts';
import { SERIES } from './driver/series.ts';

export interface Options {
  readonly series: readonly string[];
  readonly clients: readonly number[];
  readonly seconds: number;
  readonly warmSeconds: number;
  readonly pairs: number;
  /** What runs against the bare server: Vesta, the bare server again (tells the noise), or nothing. */
  readonly compare: 'vesta' | 'bare' | 'nothing';
  readonly layout: Layout;
  /** Repeat pairs that other jobs disturbed. */
  readonly calm: boolean;
  readonly json: string | undefined;
}

export const HELP = `npm run bench -- [options]

  --series LIST    ${Object.keys(SERIES).join(',')} (default: all)
  --clients LIST   clients in the closed loop (default: 8,32)
  --seconds N      length of one measured run (default: 3)
  --warm N         seconds before each run that are not counted (default: 1)
  --pairs N        pairs of runs, in the order A B, B A …; best an even number (default: 4)
  --compare NAME   vesta (default), bare (the ceiling against itself: the noise), nothing (ceilings alone)
  --layout NAME    where the bare server keeps the JSON: once (default: history row) or twice (current row too)
  --calm           repeats pairs that other jobs of the machine disturbed, at most as many again; keeps the calmest
  --json FILE      writes every run there
  --quick          8 clients, one pair of runs of 2 seconds
  --validate       what judging resources costs, in this process; --validate --help tells its own options
  --terminology    questions about a made-up code system of 500,000 concepts; --terminology --help tells its own options
  --search         the shapes of searches in place of the series; --search --help tells its own options
  --help
`;

/** Arguments → options; undefined when help was asked for. Throws a sentence that names the argument it cannot use. */
export function parseOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      series: { type: 'string', default: Object.keys(SERIES).join(',') },
      clients: { type: 'string' },
      seconds: { type: 'string' },
      warm: { type: 'string', default: '1' },
      pairs: { type: 'string' },
      compare: { type: 'string', default: 'vesta' },
      layout: { type: 'string', default: 'once' },
      calm: { type: 'boolean', default: false },
      json: { type: 'string' },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  return {
    series: values.series.split(',').map((name) => oneOf('--series', name, Object.keys(SERIES))),
    clients: (values.clients ?? (values.quick ? '8' : '8,32')).split(',').map((count) => whole('--clients', count)),
    seconds: positive('--seconds', values.seconds ?? (values.quick ? '2' : '3')),
    warmSeconds: positive('--warm', values.warm),
    pairs: whole('--pairs', values.pairs ?? (values.quick ? '1' : '4')),
    compare: oneOf('--compare', values.compare, ['vesta', 'bare', 'nothing'] as const),
    layout: oneOf('--layout', values.layout, ['twice', 'once'] as const),
    calm: values.calm,
    json: values.json,
  };
}

function oneOf<T extends string>(name: string, value: string, choices: readonly T[]): T {
  if (!choices.includes(value as T)) throw new Error(`${name} cannot be “${value}”. It takes: ${choices.join(', ')}.`);
  return value as T;
}

function positive(name: string, value: string): number {
  const number = Number(value);
  if (!(number > 0)) throw new Error(`${name} needs a number above zero, not “${value}”.`);
  return number;
}

function whole(name: string, value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1)
    throw new Error(`${name} needs a whole number above zero, not “${value}”.`);
  return number;
}

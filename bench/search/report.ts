/** The figures of searches as one markdown table. */
import type { Measured, Times } from './measure.ts';

export type Sized = Partial<Record<'small' | 'full', readonly Measured[]>>;

/** Milliseconds that a search, and a search with joins, is to take at most; and how much more for ten times the data. */
export const AIM = { ms: 5, heavyMs: 20, growth: 1.5, overheadMs: 1 } as const;

/** A row for each shape and value. What misses the aim is set in bold. */
export function searchReport({ small = [], full = [] }: Sized): string {
  const all = full.length > 0 ? full : small;
  const head = [
    'search',
    'values',
    'small p50',
    'full p50',
    'growth',
    'pages',
    'plan + run',
    'p99',
    '16 clients p50',
    'p99',
    'SQL by hand p50',
    'over it',
  ];
  const rows = all.map((one) => {
    const before = full.length > 0 ? small.find(({ name, value }) => name === one.name && value === one.value) : one;
    const own = full.length > 0 ? one : undefined;
    return [
      one.name,
      one.value,
      ms(before?.one.p50),
      own ? bold(isSlow(own), ms(own.one.p50)) : '',
      growth(before, own),
      pages(before, one),
      ...cells(one),
    ];
  });
  return [head, head.map(() => '---'), ...rows].map((cellsOf) => `| ${cellsOf.join(' | ')} |`).join('\n');
}

function cells({ one, many, hand, postgres }: Measured): string[] {
  const over = one.p50 - hand.p50;
  const { planning, execution } = postgres;
  return [
    `${planning.toFixed(1)} + ${execution.toFixed(1)}`,
    ms(one.p99),
    ms(many.p50),
    ms(many.p99),
    ms(hand.p50),
    bold(over > AIM.overheadMs, ms(over)),
  ];
}

function isSlow({ one, heavy }: { one: Times; heavy: boolean }): boolean {
  return one.p50 > (heavy ? AIM.heavyMs : AIM.ms);
}

function growth(before: Measured | undefined, after: Measured | undefined): string {
  if (!before || !after) return '';
  const factor = after.one.p50 / before.one.p50;
  return bold(factor > AIM.growth, `${factor.toFixed(2)}×`);
}

/** Of the smaller population, and of the larger. */
function pages(before: Measured | undefined, after: Measured): string {
  return before && before !== after
    ? `${before.postgres.pages} → ${after.postgres.pages}`
    : String(after.postgres.pages);
}

function ms(value: number | undefined): string {
  return value === undefined ? '' : value.toFixed(2);
}

function bold(is: boolean, text: string): string {
  return is ? `**${text}**` : text;
}

import { expect, it } from 'vitest';
import type { SideValues } from '../../../store/write/current.ts';
import { difference } from '../../../store/write/difference.ts';

const values = (more: Partial<SideValues> = {}): SideValues => ({
  rid: 1n,
  sk: 1n,
  ids: [],
  dateRows: [],
  numRows: [],
  strRows: [],
  tokRows: [],
  geoRows: [],
  ...more,
});
const identifier = (k: number, v: string, el = 0) => ({ k, el, vh: 5n, th: null, s: null, v });
const family = (k: number, v: string) => ({ k, el: 0, c: null, cs: null, v, raw: null });
const slots = (one: readonly (ReadonlySet<number> | undefined)[]) => one.map((set) => set && [...set]);
const none = [undefined, undefined, undefined, undefined, undefined, undefined];

it('is nothing where the rows are the same', () => {
  const same = () => values({ ids: [identifier(1, 'a'), identifier(1, 'b', 1)], strRows: [family(2, 'bakker')] });
  const { removed, added } = difference(same(), same());
  expect([slots(removed), slots(added)]).toEqual([none, none]);
});

it('names only the slots that differ', () => {
  const before = values({ ids: [identifier(1, 'a'), identifier(7, 'x')], strRows: [family(2, 'bakker')] });
  const after = values({ ids: [identifier(1, 'b'), identifier(7, 'x')], strRows: [family(3, 'visser')] });
  const { removed, added } = difference(before, after);
  expect(slots(removed)).toEqual([[1], undefined, undefined, [2], undefined, undefined]);
  expect(slots(added)).toEqual([[1], undefined, undefined, [3], undefined, undefined]);
});

it('tells a missing value from an empty or a spelled-out one', () => {
  const system = (s: string | null) => values({ ids: [{ ...identifier(1, 'a'), s }] });
  for (const [one, other] of [
    [null, ''],
    [null, 'null'],
    ['', 'null'],
  ] as const) {
    expect(slots(difference(system(one), system(other)).added)[0]).toEqual([1]);
  }
});

it('adds everything where there was nothing, and replaces everything where the patient changed', () => {
  const after = values({ ids: [identifier(1, 'a')] });
  expect(slots(difference(undefined, after).removed)).toEqual(none);
  expect(slots(difference(undefined, after).added)[0]).toEqual([1]);
  const moved = difference(values({ ids: [identifier(1, 'a')], sk: 9n }), after);
  expect([slots(moved.removed)[0], slots(moved.added)[0]]).toEqual([[1], [1]]);
});

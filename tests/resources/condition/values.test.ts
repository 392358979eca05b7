import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Element, elsewhere } from '../../../resources/condition/item.ts';
import { distinct, equals, equivalent, isDate, keyOf, order, same, sum } from '../../../resources/condition/values.ts';

const date = (text: string, type = 'dateTime') => new Element(text, undefined, type);
const quantity = (value: number, code = 'mg', more = {}) =>
  new Element({ value, code, system: 'http://unitsofmeasure.org', ...more }, undefined, 'Quantity');
const isElsewhere = (ask: () => unknown): boolean => {
  try {
    ask();
    return false;
  } catch (reason) {
    return reason === elsewhere;
  }
};

describe('equality', () => {
  it('is empty for nothing, false for lists of different length, and goes by what stands inside', () => {
    expect(equals([], ['a'])).toBeUndefined();
    expect(equals(['a'], ['a', 'b'])).toBe(false);
    const coding = (code: string) => new Element({ system: 'http://a', code }, undefined, 'Coding');
    expect(same(coding('x'), coding('x'))).toBe(true);
    expect(same(coding('x'), coding('y'))).toBe(false);
    expect(same(new Element('x', undefined, 'code'), 'x')).toBe(true);
    expect(same(1, '1')).toBe(false);
    expect(isElsewhere(() => same(1, 1.00000001))).toBe(true);
  });

  it('of dates and quantities is decided here only for the very same', () => {
    expect(same(date('2012-01'), date('2012-01'))).toBe(true);
    expect(isElsewhere(() => same(date('2012-01'), date('2012')))).toBe(true);
    expect(isElsewhere(() => same(quantity(1), quantity(2)))).toBe(true);
  });

  it('is lenient about case and spaces where that is asked for', () => {
    expect(equivalent(['A b'], ['a\tB'])).toBe(true);
    expect(equivalent([], [])).toBe(true);
    expect(isElsewhere(() => equivalent([1.5], [1.5]))).toBe(true);
  });
});

describe('order', () => {
  it('compares moments across zones, and dates of the same precision', () => {
    expect(order([date('2020-03-01T10:00:00-05:00')], [date('2020-03-01T16:00:00+01:00')])).toBe(0);
    expect(order([date('2020-03')], [date('2020-04')])).toBeLessThan(0);
    expect(order([], [date('2020-04')])).toBeUndefined();
    expect(isElsewhere(() => order([date('2020')], [date('2020-04')]))).toBe(true);
  });

  it('compares quantities of one unit without comparators', () => {
    expect(order([quantity(2)], [quantity(10)])).toBeLessThan(0);
    expect(isElsewhere(() => order([quantity(2, 'g')], [quantity(10)]))).toBe(true);
    expect(isElsewhere(() => order([quantity(2, 'mg', { comparator: '<' })], [quantity(10)]))).toBe(true);
  });
});

describe('a sum', () => {
  it('of amounts is that of their decimal digits', () => {
    expect(sum([0.1, 0.2])).toBe(0.3);
    const cents = fc.array(fc.integer({ min: -1e9, max: 1e9 }), { minLength: 1 });
    fc.assert(
      fc.property(cents, (amounts) => {
        const total = amounts.reduce((a, b) => a + b, 0);
        expect(sum(amounts.map((amount) => amount / 100))).toBe(total / 100);
      }),
    );
  });

  it('of nothing, of many digits and of what is no number is not decided here', () => {
    for (const items of [[], [0.1234567], [1e300], ['1'], [new Element(1, { id: 'a' }, 'decimal')]])
      expect(isElsewhere(() => sum(items))).toBe(true);
  });
});

it('keeps each item once', () => {
  expect(distinct(['a', 'b', 'a'])).toEqual(['a', 'b']);
  expect(keyOf(new Element({ b: 1, a: 2 }, undefined, 'Coding'))).toBe(
    keyOf(new Element({ a: 2, b: 1 }, undefined, 'Coding')),
  );
  expect(isDate(date('2012'))).toBe(true);
});

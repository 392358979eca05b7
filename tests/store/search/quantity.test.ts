import { describe, expect, it } from 'vitest';
import { parseJson } from '../../../resources/index.ts';
import { parseQuantity, quantityMatches, quantityMeasure } from '../../../store/search/quantity.ts';
import { toStatement } from '../../../store/sql.ts';
import { faultOf } from '../../setup/fault.ts';

const hash = (text: string) => BigInt([...text].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 1_000_003, 7));
const UCUM = 'http://unitsofmeasure.org';
const mg = { unit: 'milligram', system: UCUM, code: 'mg' };

describe('quantityMeasure', () => {
  const measure = (value: any, type = 'Quantity') => quantityMeasure(value, type, undefined, hash)!;

  it('keeps the written value and the canonical one', () =>
    expect(measure({ value: 5400, ...mg })).toMatchObject({
      lo: '5400',
      hi: '5400',
      clo: '5.400',
      chi: '5.400',
      open: 0,
    }));

  it('gives units that convert into each other one canonical unit', () => {
    expect(measure({ value: 1, ...mg }).cu).toBe(measure({ value: 1, system: UCUM, code: 'kg' }).cu);
    expect(measure({ value: 1, ...mg }).cu).not.toBe(measure({ value: 1, system: UCUM, code: 'mL' }).cu);
  });

  it('keeps digits as they were written', () => {
    const { value, digits } = parseJson('{"value":1.00,"unit":"mg"}');
    expect(quantityMeasure(value, 'Quantity', digits, hash)!.lo).toBe('1.00');
  });

  it.each([
    ['<', { lo: '-Infinity', hi: '5', open: 8 }],
    ['<=', { lo: '-Infinity', hi: '5', open: 0 }],
    ['>=', { lo: '5', hi: 'Infinity', open: 0 }],
    ['>', { lo: '5', hi: 'Infinity', open: 4 }],
  ])('takes the comparator %s for a range with an open end', (comparator, range) =>
    expect(measure({ value: 5, comparator, ...mg })).toMatchObject(range),
  );

  it('reads Range, with or without both ends', () => {
    expect(measure({ low: { value: 1, ...mg }, high: { value: 2, ...mg } }, 'Range')).toMatchObject({
      lo: '1',
      hi: '2',
    });
    expect(measure({ high: { value: 2, ...mg } }, 'Range')).toMatchObject({ lo: '-Infinity', hi: '2' });
    expect(measure({}, 'Range')).toBeUndefined();
  });

  it('reads Money by its currency', () => {
    const dollars = measure({ value: 12.5, currency: 'USD' }, 'Money');
    expect(dollars.cu).not.toBe(measure({ value: 12.5, currency: 'EUR' }, 'Money').cu);
    expect(dollars.uc).toBe(hash('unit||USD'));
  });

  it('reads SampledData by the bounds of its values', () => {
    const sampled = { origin: { value: 2000, ...mg }, factor: 1.5, data: '2 -4 E 10' };
    expect(measure(sampled, 'SampledData')).toMatchObject({ lo: '1994.0', hi: '2015.0' });
    expect(measure({ ...sampled, data: '2 U' }, 'SampledData')).toMatchObject({ lo: '2003.0', hi: 'Infinity' });
  });

  it('has nothing where there is no number', () => {
    expect(quantityMeasure({ unit: 'mg' }, 'Quantity', undefined, hash)).toBeUndefined();
    expect(quantityMeasure(undefined, 'Quantity', undefined, hash)).toBeUndefined();
  });
});

describe('parseQuantity', () => {
  it('reads the three forms of R4', () => {
    expect(parseQuantity('gt5.4', 'q')).toMatchObject({ system: '', code: '' });
    expect(parseQuantity('5.4||mg', 'q')).toMatchObject({ system: '', code: 'mg' });
    expect(parseQuantity(`5.4|${UCUM}|mg`, 'q')).toMatchObject({ system: UCUM, code: 'mg' });
  });

  it.each([`5.40e-3|${UCUM}|g|extra`, `5|${UCUM}`, '5|', '|', `|${UCUM}|mg`, 'mg'])('refuses %s', (text) =>
    expect(faultOf(() => parseQuantity(text, 'value-quantity')).kind).toBe('invalid-value'),
  );
});

describe('quantityMatches', () => {
  const columns = { lo: 'x.lo', hi: 'x.hi', clo: 'x.clo', chi: 'x.chi', cu: 'x.cu', uu: 'x.uu', uc: 'x.uc' };
  const statement = (text: string) => toStatement(quantityMatches(parseQuantity(text, 'q'), columns, hash));

  it('compares in the canonical unit, converting the range and not only the number', () => {
    const { text, values } = statement(`5400|${UCUM}|mg`);
    expect(text).toBe('(x.cu = $1::int8 AND (x.clo >= $2::numeric AND x.chi < $3::numeric))');
    expect(values.slice(1)).toEqual(['5.3995', '5.4005']);
  });

  it('compares as written where no system is given', () => {
    expect(statement('5||mg').text).toContain('x.uc = $1::int8 OR x.uu = $2::int8');
    expect(statement('5').text).toBe('(x.lo >= $1::numeric AND x.hi < $2::numeric)');
  });
});

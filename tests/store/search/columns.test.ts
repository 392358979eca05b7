import { describe, expect, it } from 'vitest';
import { FLAG } from '../../../store/search/index-values.ts';
import { extract, extractText } from './extracting.ts';

const observation = { resourceType: 'Observation', status: 'final', code: { text: 'x' } };
const quantity = (value: number, more = {}) => ({
  value,
  unit: 'kg',
  system: 'http://unitsofmeasure.org',
  code: 'kg',
  ...more,
});

describe('a date', () => {
  it('stands in the column alone when there is one', () => {
    const values = extract({ ...observation, effectivePeriod: { start: '2024-05-17', end: '2024-05-17' } });
    expect(values.dates[0]).toEqual({ lo: 1715904000000000n, hi: 1715990400000000n });
    expect(values.dateRows).toEqual([]);
    expect(values.fl).toBe(0);
  });

  it('is marked when it is long or open', () => {
    const flags = (period: object) => extract({ ...observation, effectivePeriod: period }).fl;
    expect(flags({ start: '2024-05-17', end: '2024-05-18' })).toBe(FLAG.dateLong);
    expect(flags({ start: '2024-05-17' })).toBe(FLAG.dateLong);
    expect(flags({ end: '2024-05-17' })).toBe(FLAG.dateLong);
    expect(flags({ start: '2024-05-17T10:00:00Z', end: '2024-05-18T11:00:00Z' })).toBe(0);
  });

  it('stands in side rows with all others when there are several, the column holding their bounds', () => {
    const location = ['2024-05-17', '2024-01-02', '2024-03-04'].map((day) => ({
      location: { reference: 'Location/l' },
      period: { start: `${day}T10:00:00Z`, end: `${day}T11:00:00Z` },
    }));
    const values = extract({ resourceType: 'Encounter', status: 'finished', class: { code: 'AMB' }, location });
    expect(values.fl).toBe(FLAG.date2Many | FLAG.date2Long);
    expect(values.dateRows.map(({ s }) => s)).toEqual([2, 1, 0]);
    const lows = values.dateRows.map(({ lo }) => lo);
    expect(values.dates[1]).toEqual({ lo: lows[1], hi: values.dateRows[0]!.hi });
  });
});

describe('a quantity', () => {
  it('stands in the columns as written and in its canonical unit when it is a point', () => {
    const values = extractText(
      JSON.stringify({ ...observation, valueQuantity: quantity(82) }).replace(':82,', ':82.50,'),
    );
    expect(values.num).toBe('82.50');
    expect(Number(values.numC)).toBe(82500);
    expect(values.cu).not.toBeNull();
    expect(values.numRows).toEqual([]);
    expect(values.fl).toBe(0);
  });

  it('stands in a side row when it is only a bound', () => {
    const values = extract({ ...observation, valueQuantity: quantity(5, { comparator: '<' }) });
    expect(values.num).toBeNull();
    expect(values.fl).toBe(FLAG.numMany);
    expect(values.numRows).toMatchObject([{ lo: '-Infinity', hi: '5' }]);
    expect(values.numRows[0]!.s & 3).toBe(3);
  });

  it('stands in a side row of its own slot inside of components, lowest and highest marked', () => {
    const component = [120, 80, 95].map((value) => ({ code: { text: 'y' }, valueQuantity: quantity(value) }));
    const values = extract({ ...observation, component });
    expect(values.num).toBeNull();
    expect(values.fl).toBe(0);
    expect(values.numRows.map(({ s }) => s & 3)).toEqual([2, 1, 0]);
  });
});

it('keeps codings beyond the first beside the hot date', () => {
  const coding = ['1', '2', '3'].map((code) => ({ system: 'http://loinc.org', code }));
  const values = extract({ ...observation, code: { coding }, effectiveDateTime: '2024-05-17' });
  expect(values.fl).toBe(FLAG.codeMore);
  expect(values.tokRows.map(({ t }) => t)).toEqual([1715904000000000n, 1715904000000000n]);
  expect(values.tokRows.map(({ c }) => c)).not.toContain(values.code1);
  for (const { c } of values.tokRows) expect(values.h).toContain(c);
});

it('keeps where a place is', () => {
  const position = { longitude: 13.4, latitude: 52.5 };
  expect(extract({ resourceType: 'Location', position }).geoRows).toMatchObject([{ lat: 52.5, lon: 13.4 }]);
});

it('keeps pairs of a composite under the element that they are from', () => {
  const component = ['8480-6', '8462-4'].map((code, index) => ({
    code: { coding: [{ system: 'http://loinc.org', code }] },
    valueQuantity: quantity(120 - 40 * index),
  }));
  const rows = extract({ ...observation, component }).numRows.filter(({ c }) => c !== null);
  expect(new Set(rows.map(({ el, lo }) => `${el} ${lo}`))).toEqual(new Set(['0 120', '1 80']));
});

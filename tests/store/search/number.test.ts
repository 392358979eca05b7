import { describe, expect, it } from 'vitest';
import { parseAsked } from '../../../store/search/measure.ts';
import { isClosed, numberMeasure } from '../../../store/search/number.ts';

describe('numberMeasure', () => {
  it('keeps a number as it was written', () =>
    expect(numberMeasure('1.00')).toMatchObject({ lo: '1.00', hi: '1.00', clo: '1.00', open: 0, cu: 0n }));
  it('writes exponents out', () => expect(numberMeasure('5.4e-3')!.lo).toBe('0.0054'));
  it('has nothing for what is no number', () => expect(numberMeasure('abc')).toBeUndefined());
});

describe('isClosed', () => {
  it('tells ranges with two ends from others', () => {
    expect(isClosed(parseAsked('5', 'probability'))).toBe(true);
    expect(isClosed(parseAsked('gt5', 'probability'))).toBe(false);
  });
});

import { describe, expect, it } from 'vitest';
import { compare, decimalText, parseDecimal } from '../../../store/search/decimal.ts';
import { conversionOf } from '../../../store/search/unit.ts';

const canonical = (value: string, code: string) => conversionOf(code)!.convert(parseDecimal(value)!);

describe('conversionOf', () => {
  it.each([
    ['5.4', 'g', '5400', 'mg'],
    ['1', 'kg', '2.2046226218487757', '[lb_av]'],
    ['120', '/min', '2', '/s'],
    ['37.0', 'Cel', '310.15', 'K'],
    ['98.6', '[degF]', '37', 'Cel'],
    ['1', '[in_i]', '2.54', 'cm'],
    ['5', '10*3/uL', '5', '10*9/L'],
    ['50', '%', '0.5', '1'],
    ['72', '{beats}/min', '72', '/min'],
    ['1', 'm[iU]/mL', '1', '[iU]/L'],
    ['90', 'mg/dL', '0.9', 'g/L'],
  ])('finds %s %s to be %s %s', (value, code, otherValue, otherCode) => {
    expect(conversionOf(code)!.kind).toBe(conversionOf(otherCode)!.kind);
    const [one, other] = [canonical(value, code), canonical(otherValue, otherCode)];
    expect(Number(decimalText(one))).toBeCloseTo(Number(decimalText(other)), 10);
  });

  it('is exact where the factor is', () => {
    expect(compare(canonical('5.4', 'g'), canonical('5400', 'mg'))).toBe(0);
    expect(compare(canonical('1', '[in_i]'), canonical('2.54', 'cm'))).toBe(0);
    expect(decimalText(canonical('123456789.123456789', 'mg'))).toBe('123456.789123456789');
  });

  it.each([
    ['mg', 'mL'],
    ['mmol/L', 'mg/dL'],
    ['[iU]/L', "[arb'U]/L"],
    ['mmol/L', '10*9/L'],
    ['meq/L', 'mmol/L'],
    ['Cel', 'm'],
  ])('does not convert %s to %s', (one, other) => expect(conversionOf(one)!.kind).not.toBe(conversionOf(other)!.kind));

  it.each(['', 'bogus', '[pH]', 'B[SPL]', 'mg per day', 'x'.repeat(100), "'; drop table res"])(
    'has no scale for %j',
    (code) => expect(conversionOf(code)).toBeUndefined(),
  );
});

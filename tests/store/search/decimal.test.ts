import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  add,
  compare,
  decimalText,
  multiply,
  negate,
  parseDecimal,
  round,
  writtenRange,
} from '../../../store/search/decimal.ts';

const decimal = (text: string) => parseDecimal(text)!;

describe('parseDecimal', () => {
  it.each([
    ['0', '0'],
    ['1.00', '1.00'],
    ['-0.10', '-0.10'],
    ['1e2', '100'],
    ['5.40e-3', '0.00540'],
    ['1.234567890123456789', '1.234567890123456789'],
    ['+7', '7'],
  ])('reads %s as %s', (text, plain) => expect(decimalText(decimal(text))).toBe(plain));

  it.each(['', 'abc', '1.', '.5', '1,5', '1e', 'NaN', 'Infinity', '0x10', ' 1', '1e9999', `1${'0'.repeat(1001)}`])(
    'finds no number in %j',
    (text) => expect(parseDecimal(text)).toBeUndefined(),
  );
});

describe('arithmetic', () => {
  it('loses no digits', () => {
    expect(decimalText(add(decimal('0.1'), decimal('0.2')))).toBe('0.3');
    expect(decimalText(multiply(decimal('123456789012345678'), decimal('1.1')))).toBe('135802467913580245.8');
  });

  it('agrees with whole numbers', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.bigInt(), fc.integer({ min: -9, max: 9 }), (a, b, scale) => {
        const [one, other] = [
          { digits: a, scale: 0 },
          { digits: b * 10n ** 9n, scale: 9 },
        ];
        expect(compare(add(one, other), { digits: a + b, scale: 0 })).toBe(0);
        expect(compare(one, other)).toBe(a < b ? -1 : a > b ? 1 : 0);
        expect(compare(add({ digits: a, scale }, negate({ digits: a, scale })), decimal('0'))).toBe(0);
      }),
    );
  });

  it('rounds half away from zero', () => {
    expect(decimalText(round(decimal('1.25'), 2))).toBe('1.3');
    expect(decimalText(round(decimal('-1.25'), 2))).toBe('-1.3');
    expect(decimalText(round(decimal('99.9'), 2))).toBe('100');
    expect(decimalText(round(decimal('1.2'), 5))).toBe('1.2');
  });
});

describe('writtenRange', () => {
  it.each([
    ['100', '99.5', '100.5'],
    ['100.00', '99.995', '100.005'],
    ['1e2', '95', '105'],
    ['1.0e2', '95', '105'],
    ['5.4', '5.35', '5.45'],
    ['5.40e-3', '0.005395', '0.005405'],
    ['0', '-0.5', '0.5'],
    ['-5', '-5.5', '-4.5'],
  ])('makes %s the range from %s to %s', (text, lo, hi) => {
    const range = writtenRange(text, decimal(text));
    expect([decimalText(range.lo), decimalText(range.hi)]).toEqual([lo, hi]);
  });
});

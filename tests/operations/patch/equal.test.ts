import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sameJson } from '../../../operations/patch/equal.ts';
import { parseJson } from '../../../resources/json.ts';

function same(a: string, b: string): boolean {
  const left = parseJson(`{"it":${a}}`);
  const right = parseJson(`{"it":${b}}`);
  return sameJson({ value: left.value }, left.digits, { value: right.value }, right.digits);
}

describe('sameJson', () => {
  it.each([
    ['1', '1.00'],
    ['100', '1e2'],
    ['0.10', '1.0E-1'],
    ['0', '-0.000'],
    ['12345678901234567890.10', '12345678901234567890.1'],
    ['{"a":1,"b":[2.0]}', '{"b":[2],"a":1.0}'],
    ['null', 'null'],
  ])('%s is %s', (a, b) => {
    expect(same(a, b)).toBe(true);
  });

  it.each([
    ['1', '"1"'],
    ['1', '-1'],
    ['1', '10'],
    ['0.1', '0.01'],
    ['12345678901234567890', '12345678901234567891'],
    ['null', '{}'],
    ['{}', 'null'],
    ['[]', '{}'],
    ['[1,2]', '[2,1]'],
    ['{"a":1}', '{"a":1,"b":1}'],
    ['{"a":1}', '{"b":1}'],
    ['{"constructor":1}', '{"a":1}'],
    ['true', '1'],
  ])('%s is not %s', (a, b) => {
    expect(same(a, b)).toBe(false);
  });

  it('decides on numbers as exact arithmetic does', () => {
    const decimal = fc.tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.nat(6));
    fc.assert(
      fc.property(decimal, decimal, fc.nat(6), ([a, scaleA], [b, scaleB], zeros) => {
        const equal = a * 10n ** BigInt(scaleB) === b * 10n ** BigInt(scaleA);
        expect(same(`${a}e-${scaleA}`, `${b}e-${scaleB}`)).toBe(equal);
        expect(same(`${a}`, `${a}.${'0'.repeat(zeros + 1)}`)).toBe(true);
      }),
    );
  });
});

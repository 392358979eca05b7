import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eclTerm } from '../../terminology/ecl.ts';
import { holds } from '../../terminology/membership.ts';
import { systemOf } from '../../terminology/system.ts';
import { expressions, heart } from './heart.ts';

const system = systemOf(heart);

function codes(expression: string): string[] {
  const term = eclTerm(expression, system);
  if (!('kind' in term)) throw new Error(term.because);
  return [...system.list()!]
    .map(({ code }) => code)
    .filter((code) => holds(term, code))
    .sort();
}

describe('what expressions mean', () => {
  for (const [expression, wanted] of expressions) {
    it(expression, () => expect(codes(expression)).toEqual(wanted));
  }
});

it('says what it does not understand, and where', () => {
  for (const [expression, text] of [
    ['', 'at its end: the identifier of a concept is expected'],
    ['< 22298006 AND', 'at its end: the identifier'],
    ['< 22298006 nonsense', 'at character 12 (nonsense): nothing more is expected here'],
    ['22298006 |open', 'does not end with |'],
    ['22298006 AND 80891009 OR 64572001', 'AND and OR stand beside each other'],
    ['(22298006', ') is expected'],
    ['22298006 : 363698007', '= or != is expected'],
    ['22298006 : [1..3] 363698007 = *', 'cardinalities are not offered'],
    ['22298006 : R 363698007 = *', 'reversed attributes are not offered'],
    ['22298006 . 363698007', 'dotted attributes are not offered'],
    ['22298006 {{ term = "x" }}', 'nothing more is expected here'],
    ['22298006 : 363698007 > 5', 'a number is expected'],
    ['22298006 : 363698007 = "x', 'does not end with a quote'],
    ['< (22298006 AND 80891009)', 'before brackets is offered for concepts that are joined by OR'],
    [`${'('.repeat(60)}22298006`, 'nested more than 50 deep'],
    ['1'.repeat(10_001), 'has more than 10000 characters'],
  ] as const) {
    expect(eclTerm(expression, system), expression).toMatchObject({ because: expect.stringContaining(text) });
  }
});

it('never throws, whatever it is given', () =>
  fc.assert(
    fc.property(
      fc.array(
        fc.constantFrom(
          '<',
          '<<',
          '(',
          ')',
          '22298006',
          ':',
          '=',
          '!=',
          '*',
          '{',
          '}',
          ' AND ',
          ' OR ',
          '|x|',
          ',',
          '#1',
          '"',
          '^',
        ),
      ),
      (signs) => {
        eclTerm(signs.join(''), system);
      },
    ),
  ));

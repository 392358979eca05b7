import { describe, expect, it } from 'vitest';
import { decimalText } from '../../../store/search/decimal.ts';
import { isPrefix, parseAsked, rangeMatches } from '../../../store/search/measure.ts';
import { toStatement } from '../../../store/sql.ts';
import { faultOf } from '../../setup/fault.ts';

describe('parseAsked', () => {
  it('reads prefix and number', () => {
    const asked = parseAsked('gt5.40', 'value-quantity');
    expect([asked.prefix, decimalText(asked.value)]).toEqual(['gt', '5.40']);
    expect(parseAsked('5', 'x').prefix).toBe('eq');
  });

  it('gives ap a tenth on either side', () => {
    const { lo, hi } = parseAsked('ap-100', 'x');
    expect([lo, hi].map(decimalText)).toEqual(['-110.0', '-90.0']);
  });

  it.each(['', 'gt', 'xx5', 'five', 'gt 5', '5 mg', 'eq5eq'])('refuses %j by name', (text) => {
    const fault = faultOf(() => parseAsked(text, 'probability'));
    expect(fault.kind).toBe('invalid-value');
    expect(fault.findings[0]!.expression).toBe('probability');
  });
});

describe('rangeMatches', () => {
  const text = (asked: string, ends?: string) =>
    toStatement(
      rangeMatches(parseAsked(asked, 'x'), { lo: 'x.lo', hi: 'x.hi', ...(ends ? { ends } : {}) }, (value) => value),
    );

  it('binds the ends of the range that digits make', () =>
    expect(text('5.4')).toEqual({ text: '(x.lo >= $1::numeric AND x.hi < $2::numeric)', values: ['5.35', '5.45'] }));

  it('takes the number itself for other prefixes than eq, ne and ap', () => {
    for (const prefix of ['gt', 'lt', 'ge', 'le', 'sa', 'eb']) {
      expect(new Set(text(`${prefix}5.4`, 'x.s').values)).toEqual(new Set(['5.4']));
    }
  });

  it('asks whether an end belongs to the range only where it can be open', () => {
    expect(text('ge5').text).not.toContain('&');
    expect(text('ge5', 'x.s').text).toContain('x.s & 8');
  });
});

describe('isPrefix', () => {
  it('knows the nine of R4', () => {
    expect(['eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap'].every(isPrefix)).toBe(true);
    expect(isPrefix('xx')).toBe(false);
  });
});

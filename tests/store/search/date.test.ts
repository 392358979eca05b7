import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dateInterval, dateMatches, parseDate } from '../../../store/search/date.ts';
import { type Interval, MINUS_INFINITY, PLUS_INFINITY } from '../../../store/search/index-values.ts';
import { toStatement } from '../../../store/sql.ts';
import { faultOf } from '../../setup/fault.ts';

const us = (iso: string) => BigInt(Date.parse(iso)) * 1000n;
const interval = (value: unknown, type: string, zone = 'UTC') => dateInterval(value, type, zone);

describe('dateInterval', () => {
  it('makes a partial date the range that it stands for', () => {
    expect(interval('2024', 'date')).toEqual({ lo: us('2024-01-01'), hi: us('2025-01-01') });
    expect(interval('2024-02', 'date')).toEqual({ lo: us('2024-02-01'), hi: us('2024-03-01') });
    expect(interval('2024-02-29', 'date')).toEqual({ lo: us('2024-02-29'), hi: us('2024-03-01') });
  });

  it('takes the zone of the server for what has none', () =>
    expect(interval('2024-05-17', 'date', 'America/New_York')!.lo).toBe(us('2024-05-17T04:00:00Z')));

  it('ends a Period where its end ends', () =>
    expect(interval({ start: '2024-05-17', end: '2024-05-18' }, 'Period')).toEqual({
      lo: us('2024-05-17'),
      hi: us('2024-05-19'),
    }));

  it('leaves a Period open where an end is missing', () => {
    expect(interval({ start: '2024' }, 'Period')).toEqual({ lo: us('2024-01-01'), hi: PLUS_INFINITY });
    expect(interval({ end: '2024' }, 'Period')).toEqual({ lo: MINUS_INFINITY, hi: us('2025-01-01') });
    expect(interval({}, 'Period')).toBeUndefined();
  });

  it('keeps the start of a Period that ends before it starts', () =>
    expect(interval({ start: '2024-05-17', end: '2023' }, 'Period')).toEqual(interval('2024-05-17', 'date')));

  it('takes the outer limits of a Timing', () => {
    const timing = {
      event: ['2024-05-20', '2024-05-17'],
      repeat: { boundsPeriod: { start: '2024-05-18', end: '2024-06' } },
    };
    expect(interval(timing, 'Timing')).toEqual({ lo: us('2024-05-17'), hi: us('2024-07-01') });
    expect(interval({ repeat: { frequency: 2 } }, 'Timing')).toBeUndefined();
  });

  it('has nothing for what is no date', () => {
    expect(interval('yesterday', 'dateTime')).toBeUndefined();
    expect(interval(5, 'date')).toBeUndefined();
  });
});

describe('parseDate', () => {
  const clock = { zone: 'UTC', now: Date.parse('2024-06-01T00:00:00Z') };

  it('reads the prefix and the precision', () => {
    expect(parseDate('ge2024-05', 'date', clock)).toEqual({ prefix: 'ge', lo: us('2024-05-01'), hi: us('2024-06-01') });
    expect(parseDate('2024-05-17T10:30Z', 'date', clock).hi).toBe(us('2024-05-17T10:31:00Z'));
  });

  it('widens ap by a tenth of the distance to now', () =>
    expect(parseDate('ap2024-05-22', 'date', clock).lo).toBe(
      us('2024-05-22') - (us('2024-06-01') - us('2024-05-23')) / 10n,
    ));

  it.each([
    '***',
    '!',
    '05',
    '',
    'gt',
    '2024-13',
    '2024-02-30',
    '2024-05-17T25:00',
    'xx2024',
    '2020-01-01T10:00 02:00',
  ])('refuses %j by name', (text) => {
    const fault = faultOf(() => parseDate(text, 'birthdate', clock));
    expect([fault.kind, fault.findings[0]!.expression]).toEqual(['invalid-value', 'birthdate']);
  });

  it('never fails otherwise, whatever the text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          const { lo, hi } = parseDate(text, 'date', clock);
          expect(lo < hi).toBe(true);
        } catch (error) {
          expect(
            faultOf(() => {
              throw error;
            }).kind,
          ).toBe('invalid-value');
        }
      }),
    );
  });
});

describe('dateMatches', () => {
  // The definitions of R4, as they read: https://hl7.org/fhir/R4/search.html#prefix
  const contains = (outer: Interval, inner: Interval) => outer.lo <= inner.lo && inner.hi <= outer.hi;
  const spec: Record<string, (asked: Interval, stored: Interval) => boolean> = {
    eq: contains,
    ne: (asked, stored) => !contains(asked, stored),
    gt: (asked, stored) => stored.hi > asked.hi,
    lt: (asked, stored) => stored.lo < asked.lo,
    ge: (asked, stored) => stored.hi > asked.hi || contains(asked, stored),
    le: (asked, stored) => stored.lo < asked.lo || contains(asked, stored),
    sa: (asked, stored) => stored.lo >= asked.hi,
    eb: (asked, stored) => stored.hi <= asked.lo,
    ap: (asked, stored) => stored.lo < asked.hi && stored.hi > asked.lo,
  };

  it.each(Object.keys(spec))('compares by R4 with %s', (prefix) => {
    const day = 86_400_000_000n;
    const range = fc
      .tuple(fc.bigInt(-50n, 50n), fc.bigInt(1n, 30n))
      .map(([lo, length]) => ({ lo: lo * day, hi: (lo + length) * day }));
    fc.assert(
      fc.property(range, range, (asked, stored) => {
        const { text, values } = toStatement(dateMatches({ prefix: prefix as 'eq', ...asked }, 'lo', 'hi'));
        expect(evaluate(text, values as string[], stored)).toBe(spec[prefix]!(asked, stored));
      }),
    );
  });

  /** The little SQL that dates need, over times as numbers. */
  function evaluate(text: string, values: readonly string[], { lo, hi }: Interval): boolean {
    const number = (us: bigint) => String(Number(us / 1000n));
    const script = text
      .replace(/\$(\d+)::timestamptz/g, (_, n: string) => String(Date.parse(values[Number(n) - 1]!)))
      .replace(/\blo\b/g, `(${number(lo)})`)
      .replace(/\bhi\b/g, `(${number(hi)})`)
      .replace(/\bAND\b/g, '&&')
      .replace(/\bOR\b/g, '||')
      .replace(/\bNOT\b/g, '!');
    return new Function(`return ${script}`)() as boolean;
  }
});

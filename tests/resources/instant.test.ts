import { describe, expect, it } from 'vitest';
import { intervalOf } from '../../resources/index.ts';

/** As ISO text, microseconds told where there are any. */
const read = (text: string, zone = 'UTC') => {
  const interval = intervalOf(text, zone);
  return interval && [isoOf(interval.lo), isoOf(interval.hi)];
};

function isoOf(us: bigint): string {
  const iso = new Date(Number(us / 1000n)).toISOString();
  return us % 1000n === 0n ? iso : `${iso.slice(0, -1)}${String(us % 1000n).padStart(3, '0')}Z`;
}

describe('intervalOf', () => {
  it.each([
    ['2024', '2024-01-01T00:00:00.000Z', '2025-01-01T00:00:00.000Z'],
    ['2024-02', '2024-02-01T00:00:00.000Z', '2024-03-01T00:00:00.000Z'],
    ['2024-12', '2024-12-01T00:00:00.000Z', '2025-01-01T00:00:00.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z', '2024-03-01T00:00:00.000Z'],
    ['1969-12-31', '1969-12-31T00:00:00.000Z', '1970-01-01T00:00:00.000Z'],
    ['2024-05-17T10:30Z', '2024-05-17T10:30:00.000Z', '2024-05-17T10:31:00.000Z'],
    ['2024-05-17T10:30:15Z', '2024-05-17T10:30:15.000Z', '2024-05-17T10:30:16.000Z'],
    ['2024-05-17T10:30:15+02:00', '2024-05-17T08:30:15.000Z', '2024-05-17T08:30:16.000Z'],
    ['2024-05-17T23:30:15-05:30', '2024-05-18T05:00:15.000Z', '2024-05-18T05:00:16.000Z'],
    ['2024-05-17T10:30:15.5Z', '2024-05-17T10:30:15.500Z', '2024-05-17T10:30:15.600Z'],
    ['2024-05-17T10:30:15.123456Z', '2024-05-17T10:30:15.123456Z', '2024-05-17T10:30:15.123457Z'],
  ])('%s covers what its precision says', (text, from, to) => expect(read(text)).toEqual([from, to]));

  it('widens fractions finer than a microsecond to the whole one', () => {
    expect(read('2024-05-17T10:30:15.123456789012345678Z')).toEqual(read('2024-05-17T10:30:15.123456Z'));
  });

  it('takes a leap second for the second after it', () => {
    expect(read('2016-12-31T23:59:60Z')).toEqual(read('2017-01-01T00:00:00Z'));
  });

  it('covers the years 0001 to 9999', () => {
    expect(intervalOf('0001', 'UTC')!.lo).toBe(-62_135_596_800_000_000n);
    expect(intervalOf('9999-12-31T23:59:59.999999Z', 'UTC')!.hi).toBe(253_402_300_800_000_000n);
  });

  it('takes a date without a zone for one of the zone given', () => {
    expect(read('2024-05-17', 'Europe/Berlin')).toEqual(['2024-05-16T22:00:00.000Z', '2024-05-17T22:00:00.000Z']);
    expect(read('2024', 'America/New_York')).toEqual(['2024-01-01T05:00:00.000Z', '2025-01-01T05:00:00.000Z']);
    expect(read('2024-05-17T10:30', 'Asia/Kolkata')).toEqual(['2024-05-17T05:00:00.000Z', '2024-05-17T05:01:00.000Z']);
  });

  it('gives the day on which clocks are turned its 23 or 25 hours', () => {
    const hours = (text: string) => {
      const { lo, hi } = intervalOf(text, 'Europe/Berlin')!;
      return Number((hi - lo) / 3_600_000_000n);
    };
    expect(hours('2024-03-31')).toBe(23);
    expect(hours('2024-10-27')).toBe(25);
    expect(hours('2024-10-28')).toBe(24);
  });

  it('takes the earlier of two times that clocks show twice', () => {
    expect(read('2024-10-27T02:30', 'Europe/Berlin')![0]).toBe('2024-10-27T00:30:00.000Z');
  });

  it.each([
    '',
    '***',
    '!',
    '05',
    '24',
    '0000',
    '2024-',
    '2024-13',
    '2024-00',
    '2024-2',
    '2024-02-30',
    '2023-02-29',
    '1900-02-29',
    '2024-05-17T',
    '2024-05-17T10',
    '2024-05-17T24:00Z',
    '2024-05-17T10:60Z',
    '2024-05-17T10:30:61Z',
    '2024-05-17T10:30:15.Z',
    '2024-05-17T10:30:15+0200',
    '2024-05-17T10:30:15 02:00',
    '2024-05-17T10:30:15+15:00',
    '2024-05-17T10:30:15Z ',
    '2024-05-17 10:30',
    '20240517',
    '-2024',
    '２０２４',
    '2024x05',
  ])('refuses %j', (text) => expect(read(text)).toBeUndefined());
});

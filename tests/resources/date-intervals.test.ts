/** Ranges of dates do not depend on where the server stands: this file runs in three zones. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { intervalOf } from '../../resources/index.ts';

const DAY_US = 86_400_000_000n;
const instants = fc.integer({ min: -62_000_000_000_000, max: 253_402_300_799_999 });

/** `toISOString` writes years beyond four digits with a sign; none here is. */
const iso = (ms: number) => new Date(ms).toISOString();

it('reads every instant as the platform does', () => {
  fc.assert(
    fc.property(instants, (ms) => {
      const { lo, hi } = intervalOf(iso(ms), 'UTC')!;
      expect(lo).toBe(BigInt(ms) * 1000n);
      expect(hi - lo).toBe(1000n);
    }),
  );
});

it('gives an instant and its date the same day', () => {
  fc.assert(
    fc.property(instants, (ms) => {
      const day = intervalOf(iso(ms).slice(0, 10), 'UTC')!;
      const instant = intervalOf(iso(ms), 'UTC')!;
      expect(day.hi - day.lo).toBe(DAY_US);
      expect(day.lo <= instant.lo && instant.hi <= day.hi).toBe(true);
    }),
  );
});

it('holds the day in its month and the month in its year, and leaves no gap between years', () => {
  fc.assert(
    fc.property(instants, (ms) => {
      const [day, month, year] = [10, 7, 4].map((length) => intervalOf(iso(ms).slice(0, length), 'UTC')!);
      expect(month!.lo <= day!.lo && day!.hi <= month!.hi).toBe(true);
      expect(year!.lo <= month!.lo && month!.hi <= year!.hi).toBe(true);
    }),
  );
  for (let year = 1; year < 2500; year += 7) {
    const text = (one: number) => String(one).padStart(4, '0');
    expect(intervalOf(text(year), 'UTC')!.hi).toBe(intervalOf(text(year + 1), 'UTC')!.lo);
  }
});

it('reads an offset as so much earlier or later', () => {
  const offsets = fc.tuple(fc.constantFrom('+', '-'), fc.integer({ min: 0, max: 13 }), fc.integer({ min: 0, max: 59 }));
  fc.assert(
    fc.property(instants, offsets, (ms, [sign, hours, minutes]) => {
      const text = iso(ms).replace('Z', `${sign}${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`);
      const shift = BigInt(hours * 60 + minutes) * 60_000_000n;
      expect(intervalOf(text, 'UTC')!.lo).toBe(BigInt(ms) * 1000n - (sign === '+' ? shift : -shift));
    }),
  );
});

it('places midnight where the clocks of the zone show it', () => {
  const days = fc.integer({ min: 0, max: 25_000 });
  const zones = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Pacific/Auckland', 'UTC');
  fc.assert(
    fc.property(days, zones, (day, zone) => {
      const text = iso(day * 86_400_000).slice(0, 10);
      const { lo, hi } = intervalOf(text, zone)!;
      const shown = (us: bigint) =>
        new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' }).format(
          Number(us / 1000n),
        );
      expect(shown(lo)).toBe(`${text} 00:00:00`);
      expect(shown(hi - 1_000_000n)).toBe(`${text} 23:59:59`);
    }),
  );
});

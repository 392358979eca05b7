/**
 * Dates as ranges of time: 2024-05 is all of May. Calculated without Date objects, since every write passes here.
 * https://hl7.org/fhir/R4/datatypes.html#dateTime, https://hl7.org/fhir/R4/search.html#date
 */

/** [lo, hi) in microseconds since 1970. */
export interface InstantInterval {
  lo: bigint;
  hi: bigint;
}

/**
 * The time that a date, dateTime or instant covers, by the precision in which it is written. Fractions finer than a
 * microsecond widen to the whole one; a leap second is the second after it, as in POSIX.
 * Minutes without seconds are taken too, because search values may be so.
 * @param zone IANA name: what dates and times without a zone mean
 * @returns undefined for text that is no date of the years 0001 to 9999
 */
export function intervalOf(text: string, zone: string): InstantInterval | undefined {
  const { length } = text;
  const year = digits(text, 0, 4);
  if (year < 1) return undefined;
  if (length === 4) return local(daysFromCivil(year, 1, 1), daysFromCivil(year + 1, 1, 1), zone);
  const month = text.charCodeAt(4) === DASH ? digits(text, 5, 7) : -1;
  if (month < 1 || month > 12) return undefined;
  const first = daysFromCivil(year, month, 1);
  if (length === 7) return local(first, first + daysInMonth(year, month), zone);
  const day = text.charCodeAt(7) === DASH ? digits(text, 8, 10) : -1;
  if (day < 1 || day > daysInMonth(year, month)) return undefined;
  const days = first + day - 1;
  if (length === 10) return local(days, days + 1, zone);
  return text.charCodeAt(10) === LETTER_T ? timeOf(text, days, zone) : undefined;
}

const DASH = 45;
const COLON = 58;
const POINT = 46;
const PLUS = 43;
const LETTER_T = 84;
const LETTER_Z = 90;

/** The number in text[from, to); -1 where there is anything but digits. */
function digits(text: string, from: number, to: number): number {
  if (to > text.length) return -1;
  let number = 0;
  for (let at = from; at < to; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return -1;
    number = number * 10 + digit;
  }
  return number;
}

/** Days since 1970 in the proleptic Gregorian calendar: years begin in March, so that the leap day is the last. */
function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return (
    era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
  );
}

function daysInMonth(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}

/** `T10:30:15.5+02:00` behind a date of so many days. */
function timeOf(text: string, days: number, zone: string): InstantInterval | undefined {
  const hour = digits(text, 11, 13);
  const minute = text.charCodeAt(13) === COLON ? digits(text, 14, 16) : -1;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59) return undefined;
  const hasSeconds = text.charCodeAt(16) === COLON;
  const second = hasSeconds ? digits(text, 17, 19) : 0;
  if (second < 0 || second > 60) return undefined;
  let at = hasSeconds ? 19 : 16;
  let micros = 0;
  let width = hasSeconds ? 1_000_000 : 60_000_000;
  if (hasSeconds && text.charCodeAt(19) === POINT) {
    const start = at + 1;
    at = endOfDigits(text, start);
    if (at === start) return undefined;
    const kept = Math.min(at, start + 6);
    width = POWERS[6 - (kept - start)]!;
    micros = digits(text, start, kept) * width;
  }
  const seconds = days * 86_400 + hour * 3600 + minute * 60 + second;
  if (at === text.length) return interval(seconds - localOffset(seconds, zone), micros, width);
  const offset = offsetAt(text, at);
  return offset === undefined ? undefined : interval(seconds - offset, micros, width);
}

const POWERS = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000];

function endOfDigits(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) >= 48 && text.charCodeAt(at) <= 57) at++;
  return at;
}

/** Seconds east of UTC of the `Z` or `+02:00` that ends the text. */
function offsetAt(text: string, at: number): number | undefined {
  const sign = text.charCodeAt(at);
  if (sign === LETTER_Z) return text.length === at + 1 ? 0 : undefined;
  if ((sign !== PLUS && sign !== DASH) || text.length !== at + 6 || text.charCodeAt(at + 3) !== COLON) return undefined;
  const hours = digits(text, at + 1, at + 3);
  const minutes = digits(text, at + 4, at + 6);
  if (hours < 0 || minutes < 0 || minutes > 59 || hours * 60 + minutes > 14 * 60) return undefined;
  const seconds = hours * 3600 + minutes * 60;
  return sign === PLUS ? seconds : -seconds;
}

function local(fromDays: number, toDays: number, zone: string): InstantInterval {
  const from = fromDays * 86_400;
  const to = toDays * 86_400;
  return { lo: toMicros(from - localOffset(from, zone), 0), hi: toMicros(to - localOffset(to, zone), 0) };
}

function interval(seconds: number, micros: number, width: number): InstantInterval {
  const lo = toMicros(seconds, micros);
  return { lo, hi: lo + BigInt(width) };
}

function toMicros(seconds: number, micros: number): bigint {
  const number = seconds * 1_000_000 + micros;
  // Exact as a double up to the year 2255.
  return Number.isSafeInteger(number) ? BigInt(number) : BigInt(seconds) * 1_000_000n + BigInt(micros);
}

/** Seconds east of UTC of a zone when its clocks show so many seconds since 1970. */
function localOffset(seconds: number, zone: string): number {
  if (zone === 'UTC') return 0;
  const hour = Math.floor(seconds / 3600);
  const offsets = offsetsByZone.get(zone) ?? new Map<number, number>();
  if (offsets.size === 0) offsetsByZone.set(zone, offsets);
  let offset = offsets.get(hour);
  if (offset === undefined) {
    offset = findOffset(seconds, zone);
    if (offsets.size >= OFFSETS_MAX) offsets.clear();
    // Clocks are turned at times that are no multiple of a quarter of an hour only long ago.
    if (findOffset(hour * 3600, zone) === offset && findOffset(hour * 3600 + 3599, zone) === offset)
      offsets.set(hour, offset);
  }
  return offset;
}

const OFFSETS_MAX = 20_000;
const offsetsByZone = new Map<string, Map<number, number>>();
const formats = new Map<string, Intl.DateTimeFormat>();

/**
 * What clocks show twice, when they are turned back, is the earlier time; what they skip is as if they had not been
 * turned yet.
 */
function findOffset(seconds: number, zone: string): number {
  const before = offsetOfInstant(seconds - 86_400, zone);
  if (offsetOfInstant(seconds - before, zone) === before) return before;
  const after = offsetOfInstant(seconds + 86_400, zone);
  return offsetOfInstant(seconds - after, zone) === after ? after : before;
}

/** Seconds east of UTC at an instant. */
function offsetOfInstant(seconds: number, zone: string): number {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(zone, format);
  }
  const parts: Record<string, number> = {};
  let isBefore = false;
  for (const { type, value } of format.formatToParts(seconds * 1000)) {
    if (type === 'era') isBefore = value.startsWith('B');
    else parts[type] = Number(value);
  }
  const year = isBefore ? 1 - parts.year! : parts.year!;
  const days = daysFromCivil(year, parts.month!, parts.day!);
  return days * 86_400 + parts.hour! * 3600 + parts.minute! * 60 + parts.second! - seconds;
}

/** Microseconds since 1970 as binds of SQL. */
import { type Sql, sql } from '../sql.ts';

/** Year 1, and the end of year 9999: no date of FHIR is beyond them. */
const FIRST = -62_135_596_800_000_000n;
const LAST = 253_402_300_800_000_000n;

/** As Postgres reads a timestamptz; what lies beyond the years of FHIR has no end. */
export function timestampText(us: bigint): string {
  if (us < FIRST) return '-infinity';
  if (us > LAST) return 'infinity';
  const fraction = ((us % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const iso = new Date(Number((us - fraction) / 1000n)).toISOString();
  return `${iso.replace(/^\+0*/, '').slice(0, -5)}.${String(fraction).padStart(6, '0')}Z`;
}

/** A bind of type timestamptz. */
export function timestamp(us: bigint): Sql {
  return sql`${timestampText(us)}::timestamptz`;
}

/** Times between Postgres and FHIR. */

/** Postgres' text of a timestamptz in UTC → FHIR instant with milliseconds: `2026-11-21 09:05:07.12+00` → `2026-11-21T09:05:07.120Z`. */
export function toInstant(text: string): string {
  const time = text.slice(11, text.length - 3);
  const padded = time.length === 8 ? `${time}.000` : time.padEnd(12, '0').slice(0, 12);
  return `${text.slice(0, 10)}T${padded}Z`;
}

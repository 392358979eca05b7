import { expect, it } from 'vitest';
import { toInstant } from '../../store/time.ts';

it.each([
  ['2026-11-21 09:05:07+00', '2026-11-21T09:05:07.000Z'],
  ['2026-11-21 09:05:07.1+00', '2026-11-21T09:05:07.100Z'],
  ['2026-11-21 09:05:07.123+00', '2026-11-21T09:05:07.123Z'],
  ['2026-11-21 09:05:07.123456+00', '2026-11-21T09:05:07.123Z'],
])('%s of Postgres is %s', (text, instant) => expect(toInstant(text)).toBe(instant));

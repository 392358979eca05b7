import { describe, expect, it } from 'vitest';
import { MINUS_INFINITY, PLUS_INFINITY } from '../../../store/search/index-values.ts';
import { timestamp, timestampText } from '../../../store/search/timestamp.ts';
import { toStatement } from '../../../store/sql.ts';

describe('timestampText', () => {
  it.each([
    [0n, '1970-01-01T00:00:00.000000Z'],
    [1n, '1970-01-01T00:00:00.000001Z'],
    [-1n, '1969-12-31T23:59:59.999999Z'],
    [1_716_000_000_123_456n, '2024-05-18T02:40:00.123456Z'],
    [-62_135_596_800_000_000n, '0001-01-01T00:00:00.000000Z'],
    [253_402_300_800_000_000n, '10000-01-01T00:00:00.000000Z'],
    [MINUS_INFINITY, '-infinity'],
    [PLUS_INFINITY, 'infinity'],
  ])('writes %s as %s', (us, text) => expect(timestampText(us)).toBe(text));

  it('is a bind', () => expect(toStatement(timestamp(0n)).text).toBe('$1::timestamptz'));
});

import { describe, expect, it } from 'vitest';
import {
  etagOf,
  noneMatchHolds,
  parseIfMatch,
  unmodifiedSince,
  versionNumber,
} from '../../operations/preconditions.ts';

describe('If-Match', () => {
  it('takes the ETag as the server gave it, weak or strong', () => {
    expect(parseIfMatch(etagOf(3))).toBe(3);
    expect(parseIfMatch('"3"')).toBe(3);
    expect(parseIfMatch(undefined)).toBeUndefined();
    expect(parseIfMatch('*')).toBe('*');
  });

  it.each(['1', 'W/1', '"1', 'W/"1" W/"2"', ''])('refuses %j, which is no ETag', (header) => {
    expect(() => parseIfMatch(header)).toThrow('not an ETag');
  });

  it('never matches a version that no resource can have', () => {
    expect(parseIfMatch('W/"abc"')).toBe(-1);
    expect(parseIfMatch('W/"0"')).toBe(-1);
    expect(versionNumber('007')).toBe(-1);
  });
});

describe('If-None-Match', () => {
  it('holds for the current version, also in a list, and for *', () => {
    expect(noneMatchHolds('W/"2"', 2)).toBe(true);
    expect(noneMatchHolds('W/"1", W/"2"', 2)).toBe(true);
    expect(noneMatchHolds('*', 2)).toBe(true);
    expect(noneMatchHolds('W/"1"', 2)).toBe(false);
  });
});

describe('If-Modified-Since', () => {
  const lastUpdated = '2024-03-05T10:20:30.456Z';

  it('does not count the fraction of a second, which HTTP dates cannot tell', () => {
    expect(unmodifiedSince('Tue, 05 Mar 2024 10:20:30 GMT', lastUpdated)).toBe(true);
    expect(unmodifiedSince('Tue, 05 Mar 2024 10:20:29 GMT', lastUpdated)).toBe(false);
  });

  it('is ignored where it is no date', () => {
    expect(unmodifiedSince('yesterday', lastUpdated)).toBe(false);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bindMessage, hasLong } from '../../store/bind.ts';

/** Reads a Bind message as Postgres does. */
function read(message: Buffer) {
  expect(message.toString('latin1', 0, 1)).toBe('B');
  expect(message.readInt32BE(1)).toBe(message.length - 1);
  const portalEnd = message.indexOf(0, 5);
  const nameEnd = message.indexOf(0, portalEnd + 1);
  const portal = message.toString('latin1', 5, portalEnd);
  const name = message.toString('latin1', portalEnd + 1, nameEnd);
  let at = nameEnd + 1;
  const int16 = () => {
    at += 2;
    return message.readInt16BE(at - 2);
  };
  const formats = Array.from({ length: int16() }, int16);
  const values = Array.from({ length: int16() }, () => {
    const length = message.readInt32BE(at);
    at += 4 + Math.max(length, 0);
    return length < 0 ? null : message.subarray(at - length, at);
  });
  const results = Array.from({ length: int16() }, int16);
  expect(at).toBe(message.length);
  return { portal, name, formats, values, results };
}

const value = fc.oneof(
  fc.constant(null),
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  fc.integer({ min: 16_000, max: 17_000 }).map((length) => Buffer.alloc(length, 7)),
);

describe('the message that gives a statement its values', () => {
  it('holds every value in its order, bytes as bytes and text as text', () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 12 }), (values) => {
        const told = read(Buffer.concat(bindMessage('s42', values)));
        expect(told).toMatchObject({ portal: '', name: 's42', results: [0] });
        expect(told.formats).toEqual(values.map((one) => (Buffer.isBuffer(one) ? 1 : 0)));
        expect(told.values.map((one) => one && Buffer.from(one))).toEqual(
          values.map((one) => (typeof one === 'string' ? Buffer.from(one) : one)),
        );
      }),
    );
  });

  it('takes long bytes along without a copy of them', () => {
    const long = Buffer.alloc(100_000, 1);
    expect(bindMessage('s1', ['a', long, null])).toContain(long);
    expect(hasLong(['a', long])).toBe(true);
    expect(hasLong(['a'.repeat(100_000), Buffer.alloc(100), null])).toBe(false);
  });
});

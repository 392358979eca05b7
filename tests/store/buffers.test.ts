import { describe, expect, it } from 'vitest';
import { release, trimmed } from '../../store/buffers.ts';

describe('memory outside the heap', () => {
  it('is given back at once', () => {
    const long = Buffer.allocUnsafeSlow(1_000_000);
    release(long);
    expect(long.buffer.byteLength).toBe(0);
  });

  it('is left alone where small buffers share it', () => {
    const [one, other] = [Buffer.from('one'), Buffer.from('other')];
    release(one);
    expect(one.toString()).toBe('one');
    expect(other.toString()).toBe('other');
  });

  it('is exactly as long as what is kept in it', () => {
    const long = Buffer.alloc(1_000_000, 7);
    const kept = trimmed(long.subarray(0, 1000));
    expect(kept).toEqual(Buffer.alloc(1000, 7));
    expect(kept.buffer.byteLength).toBe(1000);
    expect(long.buffer.byteLength).toBe(0);
    expect(trimmed(Buffer.from('short')).toString()).toBe('short');
  });
});

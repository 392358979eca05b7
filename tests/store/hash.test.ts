import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Hasher } from '../../store/hash.ts';

const key = Uint8Array.from({ length: 16 }, (_, index) => index);
const hasher = new Hasher(key);
const bytes = (length: number) => String.fromCharCode(...Array.from({ length }, (_, index) => index));
const unsigned = (text: string) => BigInt.asUintN(64, hasher.hash(text));

describe('Hasher', () => {
  // https://www.aumasson.jp/siphash/siphash.pdf, appendix A, and the vectors of the reference implementation.
  it.each([
    [0, 0x726fdb47dd0e0e31n],
    [1, 0x74f839c593dc67fdn],
    [2, 0x0d6c8009d9a94f5an],
    [3, 0x85676696d7fb7e2dn],
    [4, 0xcf2794e0277187b7n],
    [5, 0x18765564cd99a68dn],
    [6, 0xcbc9466e58fee3cen],
    [7, 0xab0200f58b01d137n],
    [8, 0x93f5f5799a932462n],
    [9, 0x9e0082df0ba9e4b0n],
    [15, 0xa129ca6149be45e5n],
  ])('gives the published hash of %i bytes', (length, hash) => expect(unsigned(bytes(length))).toBe(hash));

  it('gives 64 bits with a sign, as the database has them', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const hash = hasher.hash(text);
        expect(BigInt.asIntN(64, hash)).toBe(hash);
      }),
    );
  });

  it('hashes text as UTF-8, whatever was hashed before', () => {
    const fresh = (text: string) => new Hasher(key).hash(text);
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 60 })), (texts) => {
        for (const text of texts) expect(hasher.hash(text)).toBe(fresh(text));
      }),
    );
    expect(hasher.hash('é')).not.toBe(hasher.hash('e\u0301'));
    expect(hasher.hash('a'.repeat(100_000))).toBe(fresh('a'.repeat(100_000)));
    expect(hasher.hash('ü'.repeat(100_000))).toBe(fresh('ü'.repeat(100_000)));
  });

  it('gives other hashes under another key', () => {
    expect(new Hasher(Uint8Array.from(key, (byte) => byte ^ 1)).hash('Patient/1')).not.toBe(hasher.hash('Patient/1'));
  });

  it('puts the halves of a hash together again', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        hasher.digest(text);
        const { low, high } = hasher;
        expect(hasher.join(low, high)).toBe(hasher.hash(text));
      }),
    );
  });

  it('refuses a key of another length', () => {
    expect(() => new Hasher(new Uint8Array(8))).toThrow('must have 16 bytes, not 8');
  });
});

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { guardLocks, identitiesOf, identityStatement, ownLocks } from '../../store/identity.ts';
import type { Criteria, Prepared } from '../../store/records.ts';

const hasher = { hash: (text: string) => createHash('sha256').update(text).digest().readBigInt64BE() };
const criteria = (...query: (readonly [string, string])[]): Criteria => ({ type: 'Patient', query, where: 'test' });
/** Each identity stands beside its bucket. */
const identities = (one: Criteria) => identitiesOf(hasher, one).filter((_, i) => i % 2 === 0);
const value = (text: string) => hasher.hash(`lock|Patient|${text}`);

describe('criteria', () => {
  it('lock the values of the identifiers that they name, whatever their systems', () => {
    expect(identities(criteria(['identifier', 'urn:mrn|123']))).toEqual([value('123')]);
    expect(identities(criteria(['identifier', '|123']))).toEqual([value('123')]);
    expect(identities(criteria(['identifier', 'a|1,b|2,3'], ['name', 'x']))).toEqual([
      value('1'),
      value('2'),
      value('3'),
    ]);
    expect(identities(criteria(['identifier:of-type', 'http://x|MR|446053']))).toEqual([value('446053')]);
  });

  it('lock a value with escapes in it as it stands in the resource', () => {
    expect(identities(criteria(['identifier', 'a|1\\,2\\|3\\\\4']))).toEqual([value('1,2|3\\4')]);
  });

  it('that name no identifier lock themselves, in whatever order they stand', () => {
    const one = identities(criteria(['name', 'Bakker'], ['birthdate', '1970-01-01']));
    expect(one).toHaveLength(1);
    expect(identities(criteria(['birthdate', '1970-01-01'], ['name', 'Bakker']))).toEqual(one);
    expect(identities(criteria(['birthdate', '1970-01-02'], ['name', 'Bakker']))).not.toEqual(one);
    expect(identities(criteria(['identifier', 'urn:mrn|']))).toHaveLength(1);
  });

  it('are refused when there are too many of them', () => {
    const many = Array.from({ length: 6000 }, (_, i) => criteria(['identifier', String(i)]));
    expect(() => guardLocks(hasher, many)).toThrow('One transaction may have 5000 different criteria');
  });
});

describe('own identifiers', () => {
  const content = (...locks: bigint[]) => ({ type: 'Patient', values: { locks } }) as unknown as Prepared;

  it('are locked as they are', () => {
    expect(ownLocks(hasher, [content(3n, 1n), content(1n)])).toEqual([3n, 1n]);
  });

  it('of a large set are locked by their buckets, which conditional writes hold too', () => {
    const large = ownLocks(
      hasher,
      Array.from({ length: 2000 }, (_, i) => content(BigInt(i))),
    );
    expect(large).toHaveLength(64);
    for (const text of ['1', '2', 'abc']) {
      const [, bucket] = identitiesOf(hasher, criteria(['identifier', text]));
      expect(large).toContain(bucket);
    }
  });
});

describe('the statement that locks', () => {
  it('asks in one order, and holds alone what is asked both ways', () => {
    expect(identityStatement({ exclusive: [5n, -1n], shared: [3n, 5n] })?.values).toEqual([
      [-1n, 3n, 5n],
      ['true', 'false', 'true'],
    ]);
  });

  it('is none where nothing is to lock', () => {
    expect(identityStatement({ exclusive: [], shared: [] })).toBeUndefined();
  });
});

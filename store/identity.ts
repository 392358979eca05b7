/**
 * Identities: what conditional writes lock before they search, so that two of them, or one of them and an
 * unconditional write, never both store what only one may.
 *
 * Locks are taken in a statement of their own, before the one that searches: a statement's snapshot is older than the
 * locks that it takes itself (eight of eight clients stored the same resource when that was tried).
 * A conditional write holds its identities alone; every write holds those of its own identifiers together with others.
 */
import { Fault } from '../resources/index.ts';
import type { Criteria, Identified } from './records.ts';
import type { Statement } from './session.ts';

export interface Locks {
  /** Held alone. */
  readonly exclusive: readonly bigint[];
  /** Held together with others that share them. */
  readonly shared: readonly bigint[];
}

interface Hasher {
  hash(text: string): bigint;
}

/** Identities that one transaction holds by themselves; a larger one holds all buckets of its types instead. */
const OWN_LOCKS_MAX = 1000;
/** Identities of criteria in one transaction. */
const GUARD_LOCKS_MAX = 5000;
const BUCKETS = 64;

/**
 * What criteria lock: the identifiers that they name, or where they name none, the criteria themselves.
 * Each comes with its bucket, which large sets of unconditional writes share.
 * @throws Fault `too-costly`
 */
export function guardLocks(hasher: Hasher, criteria: readonly Criteria[]): bigint[] {
  const locks = criteria.map((one) => identitiesOf(hasher, one));
  const identities = new Set(locks.flatMap((pairs) => pairs.filter((_, i) => i % 2 === 0))).size;
  if (identities <= GUARD_LOCKS_MAX) return [...new Set(locks.flat())];
  throw new Fault('too-costly', `One transaction may have ${GUARD_LOCKS_MAX} different criteria, not ${identities}.`, {
    hint: 'Send it in several parts.',
  });
}

/** What writes lock for their own identifiers. */
export function ownLocks(hasher: Hasher, contents: Iterable<Identified>): bigint[] {
  const locks = new Set<bigint>();
  const types = new Set<string>();
  for (const { type, values } of contents) {
    if (values.locks.length > 0) types.add(type);
    for (const lock of values.locks) locks.add(lock);
  }
  if (locks.size <= OWN_LOCKS_MAX) return [...locks];
  // Postgres keeps all locks in a table of fixed size, so a large set takes the few that stand for all.
  return [...types].flatMap((type) => Array.from({ length: BUCKETS }, (_, n) => bucket(hasher, type, n)));
}

/** The statement that waits for all of them, in the order that everybody keeps; undefined where there are none. */
export function identityStatement({ exclusive, shared }: Locks): Statement | undefined {
  const alone = new Set(exclusive);
  // Sorted as numbers by the array itself: a comparing function took longer than the statement.
  const keys = [...BigInt64Array.from(new Set([...exclusive, ...shared])).sort()];
  if (keys.length === 0) return undefined;
  return {
    text: `select count(case when x then pg_advisory_xact_lock(k)::text else pg_advisory_xact_lock_shared(k)::text end)
      from unnest($1::int8[], $2::bool[]) l(k, x)`,
    values: [keys, keys.map((key) => String(alone.has(key)))],
  };
}

/** Identities in criteria, each followed by its bucket. */
export function identitiesOf(hasher: Hasher, { type, query }: Criteria): bigint[] {
  const identifiers = query
    .filter(([name]) => name === 'identifier' || name === 'identifier:of-type')
    .flatMap(([, value]) => valuesOf(value));
  const identities = identifiers.map((value) => hasher.hash(`lock|${type}|${value}`));
  if (identities.length === 0) identities.push(hasher.hash(`criteria|${normalised(type, query)}`));
  return identities.flatMap((identity) => [identity, bucket(hasher, type, Number(BigInt.asUintN(6, identity)))]);
}

/** The values of a token parameter without their systems; those that name only a system are left out. */
function valuesOf(text: string): string[] {
  return split(text, ',')
    .map((token) => split(token, '|').at(-1)!)
    .map((value) => value.replace(/\\([\\,$|])/g, '$1'))
    .filter((value) => value !== '');
}

/** Parts between separators that no backslash escapes. */
function split(text: string, separator: string): string[] {
  const parts: string[] = [];
  let part = '';
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (char === '\\' && at + 1 < text.length) part += char + text[++at]!;
    else if (char === separator) {
      parts.push(part);
      part = '';
    } else part += char;
  }
  parts.push(part);
  return parts;
}

function normalised(type: string, query: Criteria['query']): string {
  const pairs = query.map(([name, value]) => JSON.stringify([name, value])).sort();
  return `${type}?${pairs.join('&')}`;
}

function bucket(hasher: Hasher, type: string, n: number): bigint {
  return hasher.hash(`bucket|${type}|${n}`);
}

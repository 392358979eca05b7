/** From content and what is stored to jobs of a batch, and from their outcome to what callers are told. */
import {
  type Access,
  allows,
  assemble,
  Fault,
  metaRest,
  parseJson,
  stripTop,
  type Verb,
} from '../../resources/index.ts';
import type { Parts } from '../parts.ts';
import type { Draft, Prepared, Version } from '../records.ts';
import { uuid7 } from '../uuid.ts';
import type { Job, Outcome } from './batch.ts';
import { type Current, type SideValues, sidesOf } from './current.ts';
import { EVERY_SIDE, METHOD_NAME, METHOD_NUMBER, sidesMask } from './rows.ts';

export function keyOf(type: string, id: string): string {
  return `${type}/${id}`;
}

/** Strips what the server owns, extracts the index values, gives an id. Pure but for the clock of new ids. */
export function prepare(parts: Pick<Parts, 'extractor' | 'now'>, draft: Draft): Prepared {
  const id = draft.id ?? uuid7(parts.now());
  return {
    type: draft.type,
    id,
    method: draft.method,
    body: stripTop(draft.parsed),
    meta: metaRest(draft.parsed),
    values: parts.extractor.extract(draft.type, id, draft.parsed, draft.references),
  };
}

export function updateJob(parts: Pick<Parts, 'extractor'>, content: Prepared, before: Current, nowMs: number): Job {
  return {
    do: 'update',
    content,
    version: before.version + 1,
    // Two versions of a resource never have the same time, even where the clock stands still or went back.
    lastUpdated: Math.max(nowMs, before.lastUpdated + 1),
    before: before.deleted ? undefined : (before.sides ?? extractSides(parts, content.type, content.id, before)),
  };
}

/**
 * @param expected the version that must be current; undefined for any. Where the process remembers what it wrote, it is
 *   that one: then it is known which side tables have rows, and where it is out of date the deletion is lost, not wrong
 */
export function deleteJob(
  { extractor, cache }: Pick<Parts, 'extractor' | 'cache'>,
  type: string,
  id: string,
  expected: number | undefined,
  nowMs: number,
): Job {
  const rid = extractor.rid(type, id);
  const job = { do: 'delete', type, id, rid, lastUpdated: nowMs, token: rid ^ extractor.hash(ANY_REFERENCE) } as const;
  const known = cache.get(keyOf(type, id));
  if (known?.sides && (expected ?? known.version) === known.version)
    return { ...job, expected: known.version, sides: sidesMask(known.sides) };
  return { ...job, expected, sides: EVERY_SIDE };
}

/** The version that a written job made. */
export function writtenVersion(job: Exclude<Job, { do: 'delete' }>): Version {
  const { type, id, method, meta, body } = job.content;
  const version = job.do === 'update' ? job.version : 1;
  const lastUpdated = new Date(job.lastUpdated).toISOString();
  return {
    type,
    id,
    version,
    lastUpdated,
    method,
    deleted: false,
    text: assemble(type, id, version, lastUpdated, meta, body),
  };
}

export function deletedVersion(type: string, id: string, version: number, lastUpdated: string): Version {
  return { type, id, version, lastUpdated, method: 'DELETE', deleted: true, text: '' };
}

/** What the process remembers of a job that was written. */
export function writtenCurrent(job: Exclude<Job, { do: 'delete' }>): Current {
  const { method, body, meta, values } = job.content;
  return {
    version: job.do === 'update' ? job.version : 1,
    lastUpdated: job.lastUpdated,
    deleted: false,
    method: METHOD_NUMBER[method],
    body,
    meta,
    sides: sidesOf(values),
  };
}

/** A current version → what callers are told of it. */
export function currentVersion(type: string, id: string, current: Current): Version {
  const { version, deleted, meta, body, method } = current;
  const lastUpdated = new Date(current.lastUpdated).toISOString();
  const text = deleted ? '' : assemble(type, id, version, lastUpdated, meta, body);
  return { type, id, version, lastUpdated, method: METHOD_NAME[method] as Version['method'], deleted, text };
}

/** @throws Fault `forbidden` where no grant of the caller covers the verb on the type */
export function requireGrant(access: Access, verb: Verb, type: string): void {
  if (allows(access, verb, type)) return;
  throw new Fault('forbidden', `${access.actor} may not ${verb} ${type}.`, { hint: 'Ask for a grant that covers it.' });
}

/** A refused deletion: at most ten referrers that the caller may see are named. */
export function referencedFault(
  parts: Pick<Parts, 'types'>,
  access: Access,
  type: string,
  id: string,
  { by }: Extract<Outcome, { became: 'referenced' }>,
): Fault {
  const visible = by
    .map((one) => ({ type: parts.types.name(one.type), id: one.id }))
    .filter((one) => allows(access, 'read', one.type));
  const named = visible.slice(0, NAMED_MAX).map((one) => `${one.type}/${one.id}`);
  const others = by.length > named.length ? (named.length > 0 ? ' and others' : 'resources that you may not see') : '';
  return new Fault(
    'referenced',
    `${type}/${id} cannot be deleted: ${named.join(', ')}${others} refer${by.length === 1 ? 's' : ''} to it.`,
    {
      hint: 'Delete or change what refers to it first, or send all of it as one transaction.',
      about: `${type}/${id}`,
    },
  );
}

/** What every resource is indexed by that refers to another one from anywhere: see store/search/extract.ts. */
const ANY_REFERENCE = 'ref|*';
const NAMED_MAX = 10;

function extractSides(parts: Pick<Parts, 'extractor'>, type: string, id: string, current: Current): SideValues {
  const text = assemble(
    type,
    id,
    current.version,
    new Date(current.lastUpdated).toISOString(),
    current.meta,
    current.body,
  );
  // References are told by tokens of `res`, never by side rows, so none need be collected here.
  return sidesOf(parts.extractor.extract(type, id, parseJson(text), []));
}

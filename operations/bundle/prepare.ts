/** Resources of a transaction → content ready for writing. Pure, so that a large Bundle is prepared on another thread. */
import { Fault, type JsonLimits, parseJson } from '../../resources/index.ts';
import type { Draft, Prepared } from '../../store/index.ts';
import { judged } from '../receive.ts';
import { placed, placeOf } from './entries.ts';
import { type Links, parseConditional, replaceLinks } from './links.ts';

/** One resource to prepare: its text as it came, and what it becomes. */
export interface PrepareJob {
  /** Index of its entry, for faults. */
  readonly index: number;
  readonly text: string;
  readonly type: string;
  readonly id: string;
  readonly method: Draft['method'];
  /** Whether its references are wanted in the result. */
  readonly wantsReferences: boolean;
}

export interface PreparedEntry {
  readonly content: Prepared;
  /** Literal references in it, with their places in the Bundle: only where targets must exist, since finding places takes a walk. */
  readonly references: readonly PlacedReference[];
}

export interface PlacedReference {
  readonly reference: string;
  readonly path: string;
}

/** What turns a draft into rows; `store.records` is one, and so is the store's preparer on another thread. */
export interface Preparer {
  prepare(draft: Draft): Prepared;
}

/** Resolves links, parses, judges and prepares one resource. @throws Fault placed at `Bundle.entry[index]` */
export function prepareEntry(job: PrepareJob, links: Links, preparer: Preparer, limits: JsonLimits): PreparedEntry {
  const where = `Bundle.entry[${job.index}]`;
  try {
    const own = !holdsOwnLinks(job.type);
    const parsed = parseJson(own ? replaceLinks(job.text, job.type, links) : job.text, limits);
    const { references } = judged(job.type, parsed);
    if (job.method === 'PUT') requireSameId(parsed.value, job);
    if (own) for (const reference of references) requireResolved(reference);
    const content = preparer.prepare({ type: job.type, id: job.id, method: job.method, parsed, references });
    return {
      content,
      references: job.wantsReferences
        ? references.map(({ reference, path }) => ({ reference, path: placeOf(path, where, where) }))
        : [],
    };
  } catch (error) {
    throw placed(error, where, `${where}.resource`);
  }
}

/** A Bundle that is stored as it is (a document, a message) has links between its own entries, which stay as they are. */
export function holdsOwnLinks(type: string | undefined): boolean {
  return type === 'Bundle';
}

/** A PUT names its resource twice; where the body has an id it must be the one of the URL. */
function requireSameId(value: { id?: unknown }, job: PrepareJob): void {
  if (value.id === undefined || value.id === job.id) return;
  throw new Fault(
    'invalid-request',
    `The resource has the id ${JSON.stringify(value.id).slice(0, 70)}, but the entry is for ${job.type}/${job.id}.`,
    {
      expression: `${job.type}.id`,
      hint: 'Both must be the same.',
    },
  );
}

function requireResolved(found: PlacedReference): void {
  const { reference } = found;
  if (/^urn:(uuid|oid):/.test(reference)) {
    throw new Fault('invalid-reference', `No entry of the transaction has the fullUrl ${reference.slice(0, 100)}.`, {
      expression: found.path,
      hint: 'Add the entry that it refers to, or correct the reference.',
    });
  }
  if (parseConditional(reference)) {
    throw new Fault('invalid-reference', `${reference.slice(0, 200)} could not be resolved.`, {
      expression: found.path,
    });
  }
}

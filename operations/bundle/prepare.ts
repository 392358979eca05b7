/** Resources of a transaction → content ready for writing. Pure, so that a large Bundle is prepared on another thread. */
import { Fault, type JsonLimits, parseJson } from '../../resources/index.ts';
import type { Draft, Encoded, Encoder, Prepared } from '../../store/index.ts';
import { judged } from '../receive.ts';
import { placed, placeOf } from './entries.ts';
import { parseConditional, replaceLinks } from './links.ts';
import type { Links } from './typed-links.ts';

/** One resource to prepare: its text as it came, and what it becomes. */
export interface PrepareJob {
  /** Index of its entry, for faults. */
  readonly index: number;
  readonly text: string;
  readonly type: string;
  readonly id: string;
  readonly method: Draft['method'];
  /** A new resource of which nothing is wanted back: it is encoded at once, and there is no content in the result. */
  readonly isEncoded: boolean;
  /** Whether its references are wanted in the result. */
  readonly wantsReferences: boolean;
}

export interface PreparedEntry {
  readonly content: Prepared | undefined;
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
  encoder(lastUpdated: number): Encoder;
}

/** All resources of a transaction, prepared. */
export interface PreparedSet {
  /** In the order of the jobs. */
  readonly entries: readonly PreparedEntry[];
  readonly encoded: Encoded | undefined;
}

/** What is the same for all resources of a transaction. */
export interface Preparation {
  readonly links: Links;
  readonly limits: JsonLimits;
  /** Milliseconds since 1970, of what is encoded. */
  readonly lastUpdated: number;
}

/**
 * Prepares the resources of a transaction one by one; between two of them the caller may let others have a turn.
 * @throws Fault placed at the first entry that is wrong
 */
export function* prepareInTurn(
  jobs: readonly PrepareJob[],
  { links, limits, lastUpdated }: Preparation,
  preparer: Preparer,
): Generator<undefined, PreparedSet> {
  const encoder = jobs.some(({ isEncoded }) => isEncoded) ? preparer.encoder(lastUpdated) : undefined;
  let textToCome = jobs.reduce((sum, { isEncoded, text }) => (isEncoded ? sum + text.length : sum), 0);
  const keep = (draft: Draft, text: string): undefined => {
    encoder!.add(draft, textToCome);
    textToCome -= text.length;
  };
  const entries: PreparedEntry[] = [];
  for (const job of jobs) {
    entries.push(prepareEntry(job, links, job.isEncoded ? (draft) => keep(draft, job.text) : preparer.prepare, limits));
    yield;
  }
  return { entries, encoded: encoder?.finish() };
}

/**
 * Resolves links, parses, judges and prepares one resource.
 * @param take what becomes of it then
 * @throws Fault placed at `Bundle.entry[index]`
 */
export function prepareEntry(
  job: PrepareJob,
  links: Links,
  take: (draft: Draft) => Prepared | undefined,
  limits: JsonLimits,
): PreparedEntry {
  try {
    const own = !holdsOwnLinks(job.type);
    const parsed = parseJson(own ? replaceLinks(job.text, job.type, links) : job.text, limits);
    const { references } = judged(job.type, parsed);
    if (job.method === 'PUT') requireSameId(parsed.value, job);
    if (own) for (const reference of references) requireResolved(reference);
    const content = take({ type: job.type, id: job.id, method: job.method, parsed, references });
    if (!job.wantsReferences) return content === undefined ? NOTHING : { content, references: [] };
    const where = `Bundle.entry[${job.index}]`;
    return {
      content,
      references: references.map(({ reference, path }) => ({ reference, path: placeOf(path, where, where) })),
    };
  } catch (error) {
    const where = `Bundle.entry[${job.index}]`;
    throw placed(error, where, `${where}.resource`);
  }
}

const NOTHING: PreparedEntry = Object.freeze({ content: undefined, references: [] });

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

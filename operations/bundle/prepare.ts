/** Resources of a transaction → content ready for writing. Pure, so that a large Bundle is prepared on another thread. */
import { type Judgement, type JudgeOptions, judge, type Needs } from '../../profiles/index.ts';
import { Fault, type Finding, type JsonLimits, type Parsed, parseJson } from '../../resources/index.ts';
import type { Draft, Encoded, Encoder, Prepared } from '../../store/index.ts';
import { lacks, ROUNDS_MAX } from '../judging.ts';
import { accepted, requireType } from '../receive.ts';
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
  /** Whether what is less than an error is wanted in the result. */
  readonly wantsNotes: boolean;
}

export interface PreparedEntry {
  readonly content: Prepared | undefined;
  /** Literal references in it, with their places in the Bundle: only where targets must exist, since finding places takes a walk. */
  readonly references: readonly PlacedReference[];
  /** What it was warned of, with its places in the Bundle. */
  readonly notes: readonly Finding[];
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

/** A resource that could not be judged yet. */
export interface Lacking {
  readonly lacking: Needs;
}

/** Codes of large sets that are asked for together. */
const CODES_TOGETHER_MAX = 10_000;

/** What is the same for all resources of a transaction. */
export interface Preparation {
  readonly links: Links;
  readonly limits: JsonLimits;
  /** Milliseconds since 1970, of what is encoded. */
  readonly lastUpdated: number;
}

/**
 * Prepares the resources of a transaction one by one; between two of them the caller may let others have a turn.
 * @param judging with the library of the thread that it runs on
 * @yields what the library lacks, to be put into it before the next one is asked for; mostly nothing
 * @throws Fault placed at the first entry that is wrong
 */
export function* prepareInTurn(
  jobs: readonly PrepareJob[],
  { links, limits, lastUpdated }: Preparation,
  preparer: Preparer,
  judging: JudgeOptions,
): Generator<Needs | undefined, PreparedSet> {
  const encoder = jobs.some(({ isEncoded }) => isEncoded) ? preparer.encoder(lastUpdated) : undefined;
  let textToCome = jobs.reduce((sum, { isEncoded, text }) => (isEncoded ? sum + text.length : sum), 0);
  const keep = (draft: Draft, text: string): undefined => {
    encoder!.add(draft, textToCome);
    textToCome -= text.length;
  };
  const entries: PreparedEntry[] = [];
  let surveyed = false;
  for (const [i, job] of jobs.entries()) {
    const take = job.isEncoded ? (draft: Draft) => keep(draft, job.text) : preparer.prepare;
    for (let round = 1; ; round++) {
      const prepared = prepareEntry(job, links, take, limits, judging, round > ROUNDS_MAX);
      if (!('lacking' in prepared)) {
        entries.push(prepared);
        break;
      }
      // Codes of large sets differ from resource to resource: those of all are asked for together.
      const others: boolean = prepared.lacking.codes.length > 0 && !surveyed;
      surveyed ||= others;
      yield others ? yield* needsOfAll(jobs.slice(i), links, limits, judging) : prepared.lacking;
    }
    yield;
  }
  return { entries, encoded: encoder?.finish() };
}

/**
 * Resolves links, parses, judges and prepares one resource.
 * @param take what becomes of it then, if the judge lacked nothing
 * @param takesAnyway also where it did: then what is lacking is not checked
 * @throws Fault placed at `Bundle.entry[index]`
 */
export function prepareEntry(
  job: PrepareJob,
  links: Links,
  take: (draft: Draft) => Prepared | undefined,
  limits: JsonLimits,
  judging: JudgeOptions,
  takesAnyway = false,
): PreparedEntry | Lacking {
  try {
    const own = !holdsOwnLinks(job.type);
    const { parsed, judgement } = judgedText(
      own ? replaceLinks(job.text, job.type, links) : job.text,
      job,
      limits,
      judging,
    );
    if (lacks(judgement.needs) && !takesAnyway) return { lacking: judgement.needs };
    const { references } = accepted(judgement);
    if (job.method === 'PUT') requireSameId(parsed.value, job);
    if (own) for (const reference of references) requireResolved(reference);
    const content = take({ type: job.type, id: job.id, method: job.method, parsed, references });
    if (!job.wantsReferences && !job.wantsNotes) {
      return content === undefined ? NOTHING : { content, references: [], notes: [] };
    }
    return { content, ...told(job, judgement) };
  } catch (error) {
    const where = `Bundle.entry[${job.index}]`;
    throw placed(error, where, `${where}.resource`);
  }
}

const NOTHING: PreparedEntry = Object.freeze({ content: undefined, references: [], notes: [] });

/** A Bundle that is stored as it is (a document, a message) has links between its own entries, which stay as they are. */
export function holdsOwnLinks(type: string | undefined): boolean {
  return type === 'Bundle';
}

function judgedText(
  text: string,
  { type }: PrepareJob,
  limits: JsonLimits,
  judging: JudgeOptions,
): { readonly parsed: Parsed; readonly judgement: Judgement } {
  const parsed = parseJson(text, limits);
  requireType(type, parsed);
  return { parsed, judgement: judge(type, parsed, judging) };
}

/** What the judge will lack of any of them; those that cannot be judged are told of when it is their turn. */
function* needsOfAll(
  jobs: readonly PrepareJob[],
  links: Links,
  limits: JsonLimits,
  judging: JudgeOptions,
): Generator<undefined, Needs> {
  const structures = new Set<string>();
  const valueSets = new Set<string>();
  const codes = new Map<string, Needs['codes'][number]>();
  for (const job of jobs) {
    const needs = needsOf(job, links, limits, judging);
    for (const structure of needs?.structures ?? []) structures.add(structure);
    for (const valueSet of needs?.valueSets ?? []) valueSets.add(valueSet);
    for (const code of needs?.codes ?? []) codes.set(JSON.stringify([code.valueSet, code.system, code.code]), code);
    if (codes.size >= CODES_TOGETHER_MAX) break;
    yield;
  }
  return { structures: [...structures], valueSets: [...valueSets], codes: [...codes.values()] };
}

function needsOf(job: PrepareJob, links: Links, limits: JsonLimits, judging: JudgeOptions): Needs | undefined {
  try {
    const prepared = prepareEntry(job, links, () => undefined, limits, judging);
    return 'lacking' in prepared ? prepared.lacking : undefined;
  } catch (error) {
    if (error instanceof Fault) return undefined;
    throw error;
  }
}

function told(job: PrepareJob, { references, findings }: Judgement): Pick<PreparedEntry, 'references' | 'notes'> {
  const where = `Bundle.entry[${job.index}]`;
  return {
    references: job.wantsReferences
      ? references.map(({ reference, path }) => ({ reference, path: placeOf(path, where, where) }))
      : [],
    notes: job.wantsNotes
      ? findings.map((finding) => ({ ...finding, expression: placeOf(finding.expression, where, where) }))
      : [],
  };
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

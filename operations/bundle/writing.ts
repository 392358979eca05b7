/** What was decided → resources to prepare, and then writes for the store. Pure. */
import type { Prepared, Write, Written } from '../../store/index.ts';
import type { Call } from '../call.ts';
import { writeCondition } from '../interactions/update.ts';
import type { Act } from './decide.ts';
import { type PlannedEntry, within } from './entries.ts';
import type { PreparedSet, PrepareJob } from './prepare.ts';

/** An entry that changes something. */
export type Writing = Exclude<Act, { do: 'get' | 'nothing' }>;

/** A patched resource, and the version that was patched. */
export interface Patch {
  readonly text: string;
  readonly version: number;
}

export interface Wants {
  /** Whether the references of each resource are wanted. */
  readonly wantsReferences: boolean;
  /** Whether the resources are wanted as they were stored. */
  readonly wantsContent: boolean;
  /** Whether what is less than an error is wanted. */
  readonly wantsNotes: boolean;
}

/** Fewer creates are written as single ones are, and remembered for the updates that may follow. */
const ENCODED_MIN = 32;

/** The resources to prepare, in the order of the entries. @param patches by entry index */
export function jobsOf(
  acts: readonly Act[],
  patches: ReadonlyMap<number, Patch>,
  { wantsReferences, wantsContent, wantsNotes }: Wants,
): PrepareJob[] {
  const encodes = !wantsContent && acts.filter(isNew).length >= ENCODED_MIN;
  const jobs: PrepareJob[] = [];
  for (const act of acts) {
    if (act.do !== 'create' && act.do !== 'update' && act.do !== 'patch') continue;
    const { entry, type, id } = act;
    const text = act.do === 'patch' ? patches.get(entry.index)!.text : entry.resource!;
    const method = act.do === 'patch' ? 'PATCH' : entry.target.interaction === 'create' ? 'POST' : 'PUT';
    const isEncoded = encodes && isNew(act);
    jobs.push({ index: entry.index, text, type, id, method, isEncoded, wantsReferences, wantsNotes });
  }
  return jobs;
}

/**
 * The writes beside what was encoded.
 * @returns the entries that are written, with their writes in the same order, and the indexes of those that were encoded
 * @throws Fault placed at the entry, for a condition that cannot be read
 */
export function writesOf(
  acts: readonly Act[],
  jobs: readonly PrepareJob[],
  { entries }: PreparedSet,
  patches: ReadonlyMap<number, Patch>,
): { writing: Writing[]; writes: Write[]; created: Set<number> } {
  const writing: Writing[] = [];
  const writes: Write[] = [];
  const created = new Set<number>();
  let nth = 0;
  for (const act of acts) {
    if (act.do === 'get' || act.do === 'nothing') continue;
    const job = act.do === 'delete' ? undefined : nth++;
    if (job !== undefined && jobs[job]!.isEncoded) {
      created.add(act.entry.index);
      continue;
    }
    writing.push(act);
    writes.push(writeOf(act, job === undefined ? undefined : entries[job]!.content, patches));
  }
  return { writing, writes, created };
}

/** What is told of a resource that was encoded. @param lastUpdated ISO instant */
export function firstVersion({ type, id }: Writing, lastUpdated: string): Written {
  const version = { type, id, version: 1, lastUpdated, method: 'POST', deleted: false, text: '' } as const;
  return { version, created: true, changed: true };
}

/** An entry as the call that it would be alone. */
export function entryCall(entry: PlannedEntry): Call {
  return { ...entry.target, query: entry.query, headers: entry.headers, prefer: {} };
}

/** Under an id of our own (that of a conditional update may be the client's) and without conditions to be judged. */
function isNew({ do: what, entry: { target, headers } }: Act): boolean {
  if (what !== 'create' || target.interaction !== 'create') return false;
  return headers.ifMatch === undefined && headers.ifNoneMatch === undefined;
}

function writeOf(act: Writing, content: Prepared | undefined, patches: ReadonlyMap<number, Patch>): Write {
  const { index } = act.entry;
  const where = `Bundle.entry[${index}]`;
  const condition = within(where, () => writeCondition(entryCall(act.entry)), `${where}.request`);
  if (act.do === 'delete') return { do: 'delete', type: act.type, id: act.id, condition };
  if (act.do === 'create') return { do: 'create', content: content! };
  return {
    do: 'update',
    content: content!,
    condition: act.do === 'patch' ? { ifMatch: condition.ifMatch ?? patches.get(index)!.version } : condition,
  };
}

/** Create, update and delete of one resource: batched where that can be, alone where others hold what it needs. */
import { type Access, type Context, Fault } from '../resources/index.ts';
import { rowsOf } from './database.ts';
import type { Parts } from './parts.ts';
import { newestStatement, toCurrent } from './read.ts';
import type { Condition, Draft, Prepared, Version, Write, Written } from './records.ts';
import { isTaken } from './sqlstate.ts';
import { commitSet } from './transaction.ts';
import type { Job } from './write/batch.ts';
import type { Current } from './write/current.ts';
import { absentFault, decideUpdate } from './write/decide.ts';
import {
  currentVersion,
  deletedVersion,
  deleteJob,
  keyOf,
  prepare,
  referencedFault,
  requireGrant,
  updateJob,
  writtenCurrent,
  writtenVersion,
} from './write/jobs.ts';

/** Batched attempts before a write that others keep overtaking is done alone, holding its row. */
const BATCHED_ATTEMPTS_MAX = 2;

type Storing = Exclude<Job, { do: 'delete' }>;

/**
 * Stores a new resource. One trip.
 * @throws Fault `conflict` where the draft has an id that is taken
 */
export async function create(parts: Parts, access: Access, draft: Draft, context: Context): Promise<Version> {
  requireGrant(access, 'create', draft.type);
  if (draft.id !== undefined) {
    const written = await storeUnder(
      parts,
      access,
      prepare(parts, draft),
      { ifNoneMatchAny: true },
      context,
      takenFault,
    );
    return written.version;
  }
  for (let attempt = 1; ; attempt++) {
    const content = prepare(parts, draft);
    await parts.dictionary.ensure(parts.types.place(draft.type).n, content.values);
    const job: Storing = { do: 'create', content, lastUpdated: context.now() };
    try {
      const outcome = await parts.queue.write(job, context);
      if (outcome.became === 'written') return remember(parts, job);
      const [written] = await alone(parts, access, { do: 'create', content }, context);
      return written!.version;
    } catch (error) {
      // The id, or its hash, was used before: as likely as never, and cured by another one.
      if (!isTaken(error) || attempt === 3) throw error;
    }
  }
}

/** Stores content under its id. One trip where the current version is at hand, else two. @throws Fault `version-conflict`, `precondition-failed` */
export async function update(
  parts: Parts,
  access: Access,
  draft: Draft,
  condition: Condition,
  context: Context,
): Promise<Written> {
  requireGrant(access, 'update', draft.type);
  return storeUnder(parts, access, prepare(parts, draft), condition, context);
}

/** Deletes. One trip. @returns undefined where there was nothing to delete @throws Fault `referenced`, `version-conflict` */
export function remove(
  parts: Parts,
  access: Access,
  type: string,
  id: string,
  condition: Condition,
  context: Context,
): Promise<Version | undefined> {
  requireGrant(access, 'delete', type);
  const { ifMatch } = condition;
  const expected = typeof ifMatch === 'number' ? ifMatch : undefined;
  return parts.keyed.run(keyOf(type, id), async () => {
    const outcome = await parts.queue.write(deleteJob(parts, type, id, expected, context.now()), context);
    parts.cache.forget(keyOf(type, id));
    switch (outcome.became) {
      case 'deleted':
        return deletedVersion(type, id, outcome.version, outcome.lastUpdated);
      case 'referenced':
        throw referencedFault(parts, access, type, id, outcome);
      case 'absent':
        if (ifMatch !== undefined) throw absentFault(type, id);
        return undefined;
      default:
        return (await alone(parts, access, { do: 'delete', type, id, condition }, context))[0]?.version;
    }
  });
}

/** The newest version as the database has it now. One trip. */
export async function readCurrent(
  parts: Parts,
  type: string,
  id: string,
  context: Context,
): Promise<Current | undefined> {
  const [row] = await rowsOf(parts.database.keys, newestStatement(parts.types.place(type), id), context);
  return row && toCurrent(row);
}

/** @param onTaken the fault to throw in place of If-None-Match's where a resource is there already */
async function storeUnder(
  parts: Parts,
  access: Access,
  content: Prepared,
  condition: Condition,
  context: Context,
  onTaken?: (content: Prepared) => Fault,
): Promise<Written> {
  const key = keyOf(content.type, content.id);
  await parts.dictionary.ensure(parts.types.place(content.type).n, content.values);
  return parts.keyed.run(key, async () => {
    let known = parts.cache.get(key);
    for (let attempt = 1; attempt <= BATCHED_ATTEMPTS_MAX; attempt++) {
      const { decision, current } = await decided(parts, content, condition, known, context, onTaken);
      if (decision.do === 'nothing') return unchanged(content, decision.current);
      const job: Storing =
        decision.do === 'create'
          ? { do: 'given', content, lastUpdated: context.now() }
          : (updateJob(parts, content, decision.before, context.now()) as Storing);
      const outcome = await parts.queue.write(job, context);
      if (outcome.became === 'written') {
        return { version: remember(parts, job), created: current?.deleted ?? true, changed: true };
      }
      parts.cache.forget(key);
      known = undefined;
    }
    const [written] = await alone(parts, access, { do: 'update', content, condition }, context);
    return written!;
  });
}

/**
 * What the update comes to. A version remembered may be out of date: it may start a write, which Postgres then refuses,
 * but neither refuse nor answer anything by itself.
 */
async function decided(
  parts: Parts,
  content: Prepared,
  condition: Condition,
  known: Current | undefined,
  context: Context,
  onTaken: ((content: Prepared) => Fault) | undefined,
) {
  if (known) {
    try {
      const decision = decideUpdate(content, condition, known);
      if (decision.do === 'update') return { decision, current: known };
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
    }
  }
  const current = await readCurrent(parts, content.type, content.id, context);
  if (onTaken && current && !current.deleted) throw onTaken(content);
  // What was remembered is this very version: its side rows need not be extracted again.
  const best = known && current && known.version === current.version && !current.deleted ? known : current;
  return { decision: decideUpdate(content, condition, best), current: best };
}

/** One write in a transaction of its own, which waits for the row and the identities that others hold. */
async function alone(
  parts: Parts,
  access: Access,
  write: Write,
  context: Context,
): Promise<readonly (Written | undefined)[]> {
  const written = await commitSet(parts, access, { guards: [], writes: [write] }, context);
  return written === 'stale' ? [] : written;
}

function remember(parts: Parts, job: Storing): Version {
  parts.cache.set(keyOf(job.content.type, job.content.id), writtenCurrent(job));
  return writtenVersion(job);
}

function unchanged({ type, id }: Prepared, current: Current): Written {
  return { version: currentVersion(type, id, current), created: false, changed: false };
}

function takenFault({ type, id }: Prepared): Fault {
  return new Fault('conflict', `${type}/${id} exists already.`, {
    hint: 'Update it with PUT, or leave the id to the server.',
    expression: `${type}.id`,
  });
}

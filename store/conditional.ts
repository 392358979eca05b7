/** Conditional interactions: search and write as one. https://hl7.org/fhir/R4/http.html#ccreate */
import { type Access, type Context, Fault } from '../resources/index.ts';
import { guardLocks, identitiesOf, identityStatement, ownLocks } from './identity.ts';
import type { Trip } from './lane.ts';
import type { Parts } from './parts.ts';
import { toCurrent, toVersion } from './read.ts';
import type { Criteria, Decision, Draft, Prepared, Version, Written } from './records.ts';
import { Overtaken, retrying } from './retrying.ts';
import type { Row } from './session.ts';
import { BEGIN, COMMIT, finish } from './transaction.ts';
import { type BatchOptions, type Job, type Outcome, toBatch } from './write/batch.ts';
import type { Current } from './write/current.ts';
import { decideUpdate, requireCondition } from './write/decide.ts';
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
import { readCurrent } from './write.ts';

type Storing = Exclude<Job, { do: 'delete' }>;

/** What one attempt learns for the next. */
interface Lessons {
  /** Identities of the content, known only once it was decided on: taken with the others from the second attempt on. */
  own: bigint[];
  /** The deletion that stands where a resource was to be created. */
  revived: Current | undefined;
}

interface Match {
  readonly version: Version;
  readonly row: Row;
}

/**
 * Locks the identities of the criteria, searches in a later snapshot, and does what `decide` says, in one transaction of
 * two trips. Where somebody was faster all of it is done again, `decide` included.
 * @returns what was written; where `decide` says `return`, the first match
 * @throws what `decide` throws; Faults of the criteria and of the write
 */
export function conditional(
  parts: Parts,
  access: Access,
  criteria: Criteria,
  context: Context,
  decide: (matches: readonly Version[]) => Decision | Promise<Decision>,
): Promise<Written> {
  requireGrant(access, 'search', criteria.type);
  const identities = guardLocks(parts.extractor, [criteria]);
  const lessons: Lessons = { own: [], revived: undefined };
  // Those of this process wait here, where waiting takes no connection.
  return parts.keyed.runAll(identities, () =>
    retrying(
      context,
      () =>
        parts.database.transactions.use(context, async (trip) => {
          const matches = await search(parts, access, criteria, 2, [...identities], lessons.own, context, trip);
          const decision = await decide(matches.map(({ version }) => version));
          return carryOut(parts, access, criteria, matches, decision, lessons, context, trip);
        }),
      parts.generations,
    ),
  );
}

/**
 * Deletes all matches, in one transaction.
 * @returns how many
 * @throws Fault `too-costly` where there are more than `max`, `referenced`; then nothing is deleted
 */
export async function deleteMatches(
  parts: Parts,
  access: Access,
  criteria: Criteria,
  max: number,
  context: Context,
): Promise<number> {
  requireGrant(access, 'search', criteria.type);
  requireGrant(access, 'delete', criteria.type);
  const identities = identitiesOf(parts.extractor, criteria);
  return parts.keyed.runAll(identities, () =>
    retrying(context, () =>
      parts.database.transactions.use(context, async (trip) => {
        const matches = await search(parts, access, criteria, max + 1, identities, [], context, trip);
        if (matches.length > max) {
          throw new Fault('too-costly', `More than ${max} of ${criteria.type} match; nothing was deleted.`, {
            hint: 'Narrow the criteria.',
          });
        }
        const planned = matches.map(({ version: { type, id, version } }) => ({
          job: deleteJob(parts, type, id, version, context.now()),
          written: undefined,
        }));
        await finish(parts, access, planned, trip);
        for (const { version } of matches) parts.cache.forget(keyOf(version.type, version.id));
        return planned.length;
      }),
    ),
  );
}

/** For each of the criteria the ids of up to two matches, all in one trip. */
export async function match(
  parts: Parts,
  access: Access,
  criteria: readonly Criteria[],
  context: Context,
): Promise<readonly (readonly string[])[]> {
  if (criteria.length === 0) return [];
  for (const { type } of criteria) requireGrant(access, 'search', type);
  const statements = criteria.map((one) => parts.matcher.statement(access, one, 2, context));
  const results = await parts.database.searches.run(statements, context);
  return criteria.map((one, i) => holding(parts, one, results[i]!, context).map(({ version }) => version.id));
}

async function search(
  parts: Parts,
  access: Access,
  criteria: Criteria,
  limit: number,
  exclusive: readonly bigint[],
  shared: readonly bigint[],
  context: Context,
  trip: Trip,
): Promise<Match[]> {
  const found = parts.matcher.statement(access, criteria, limit, context);
  const results = await trip([BEGIN, identityStatement({ exclusive, shared })!, found]);
  return holding(parts, criteria, results[2]!, context);
}

function holding(parts: Parts, criteria: Criteria, rows: readonly Row[], context: Context): Match[] {
  return rows
    .map((row) => ({ row, version: toVersion(criteria.type, row) }))
    .filter(({ version }) => parts.matcher.holds(criteria, version, context));
}

async function carryOut(
  parts: Parts,
  access: Access,
  criteria: Criteria,
  matches: readonly Match[],
  decision: Decision,
  lessons: Lessons,
  context: Context,
  trip: Trip,
): Promise<Written> {
  const [first] = matches;
  if (decision.do === 'return' || decision.do === 'delete') {
    if (!first) throw new Error('Nothing matched, so there is nothing to return or delete.');
    if (decision.do === 'delete') return deleteFirst(parts, access, first.version, context, trip);
    await trip([COMMIT]);
    return { version: first.version, created: false, changed: false };
  }
  requireGrant(access, decision.do, criteria.type);
  const content = prepare(parts, decision.draft);
  await parts.dictionary.ensure(parts.types.place(content.type).n, content.values);
  const target = matches.find(({ version }) => version.id === content.id);
  const current = target ? toCurrent(target.row) : lessons.revived;
  if (decision.do === 'create') return storeNew(parts, decision.draft, content, lessons, context, trip);
  const decided = decideUpdate(content, decision.condition ?? {}, current);
  if (decided.do === 'nothing') {
    await trip([COMMIT]);
    return { version: currentVersion(content.type, content.id, decided.current), created: false, changed: false };
  }
  if (decided.do === 'create') return storeNew(parts, decision.draft, content, lessons, context, trip);
  const job = updateJob(parts, content, decided.before, context.now()) as Storing;
  return store(parts, job, decided.before.deleted, lessons, trip);
}

/** Under a new id, or under one that the client chose: where that was deleted before, it is brought back. */
async function storeNew(
  parts: Parts,
  draft: Draft,
  content: Prepared,
  lessons: Lessons,
  context: Context,
  trip: Trip,
): Promise<Written> {
  if (draft.id === undefined) {
    return store(parts, { do: 'create', content, lastUpdated: context.now() }, true, lessons, trip);
  }
  if (lessons.revived) {
    return store(parts, updateJob(parts, content, lessons.revived, context.now()) as Storing, true, lessons, trip);
  }
  try {
    return await store(parts, { do: 'given', content, lastUpdated: context.now() }, true, lessons, trip);
  } catch (error) {
    if (!(error instanceof Overtaken)) throw error;
    const current = await readCurrent(parts, content.type, content.id, context);
    if (current && !current.deleted) {
      throw new Fault('conflict', `${content.type}/${content.id} exists already, and the criteria do not select it.`, {
        expression: `${content.type}.id`,
        hint: 'Leave the id out, or correct the criteria.',
      });
    }
    lessons.revived = current;
    throw error;
  }
}

async function store(parts: Parts, job: Storing, created: boolean, lessons: Lessons, trip: Trip): Promise<Written> {
  const { content } = job;
  const outcome = await writeAndCommit(parts, job, trip);
  if (outcome.became !== 'written') {
    lessons.own = ownLocks(parts.extractor, [content]);
    throw new Overtaken('its row, its id or one of its identities was held by somebody else');
  }
  parts.cache.set(keyOf(content.type, content.id), writtenCurrent(job));
  return { version: writtenVersion(job), created, changed: true };
}

async function deleteFirst(
  parts: Parts,
  access: Access,
  version: Version,
  context: Context,
  trip: Trip,
): Promise<Written> {
  const { type, id } = version;
  requireGrant(access, 'delete', type);
  requireCondition(type, id, {}, version);
  const job = deleteJob(parts, type, id, version.version, context.now());
  const outcome = await writeAndCommit(parts, job, trip);
  parts.cache.forget(keyOf(type, id));
  if (outcome.became === 'referenced') throw referencedFault(parts, access, type, id, outcome);
  if (outcome.became !== 'deleted') throw new Overtaken('the match was changed by somebody else');
  const deleted = deletedVersion(type, id, outcome.version, outcome.lastUpdated);
  return { version: deleted, created: false, changed: true };
}

/** Sends a write and commits in the same trip: where it was not done, the commit ends a transaction that wrote nothing. */
async function writeAndCommit(parts: Parts, job: Job, trip: Trip): Promise<Outcome> {
  const jobs = await parts.generations.renewed([job]);
  const options: BatchOptions = {
    rowTypes: parts.rowTypes,
    place: (type) => parts.types.place(type),
    proof: 'rids',
    referred: parts.referred,
    building: parts.generations.building,
  };
  const batch = toBatch(jobs, options);
  const [outcome] = batch.read(await trip([...batch.statements, COMMIT]));
  return outcome!;
}

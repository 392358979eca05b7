/** Writes of several requests → the statements of one trip, and its answer → what became of each. */
import type { Prepared } from '../records.ts';
import type { Row, Statement } from '../session.ts';
import { toInstant } from '../time.ts';
import type { TypePlace } from '../types.ts';
import { addContained, replaceContained } from './contained.ts';
import type { SideValues } from './current.ts';
import { deleteStatement, learnUnknown, type Referred, writeDeletion } from './deletions.ts';
import { difference } from './difference.ts';
import { RowSet, type RowTypes, type Stamp, writerOf } from './rows.ts';
import { createGivenStatement, createStatement, type Proof, updateStatement } from './statements.ts';
import { TargetTypes } from './targets.ts';

/** One resource to be written, with everything decided. */
export type Job =
  /** Under an id that this server made. */
  | { readonly do: 'create'; readonly content: Prepared; readonly lastUpdated: number }
  /** Under an id that a client chose. */
  | { readonly do: 'given'; readonly content: Prepared; readonly lastUpdated: number }
  | {
      readonly do: 'update';
      readonly content: Prepared;
      readonly version: number;
      readonly lastUpdated: number;
      /** Side rows of the version before; undefined where it was a deletion. */
      readonly before: SideValues | undefined;
    }
  | {
      readonly do: 'delete';
      readonly type: string;
      readonly id: string;
      readonly rid: bigint;
      readonly expected: number | undefined;
      readonly lastUpdated: number;
      /** The token that every resource has that refers to this one. */
      readonly token: bigint;
      /** Bit n: it may have rows in the n-th side table. */
      readonly sides: number;
    };

export type Outcome =
  | { readonly became: 'written' }
  /** Somebody else had its row, its identity or its id, or was faster. */
  | { readonly became: 'lost' }
  | { readonly became: 'deleted'; readonly version: number; readonly lastUpdated: string }
  /** There was no current resource to delete. */
  | { readonly became: 'absent' }
  | { readonly became: 'referenced'; readonly by: readonly { readonly type: number; readonly id: string }[] };

export interface Batch {
  readonly statements: readonly Statement[];
  /** Outcomes in the order of the jobs. */
  read(results: readonly (readonly Row[])[]): Outcome[];
}

export interface BatchOptions {
  readonly rowTypes: RowTypes;
  readonly place: (type: string) => TypePlace;
  /** `all`: the transaction fails (40001) unless every row is written, and identities are held already. */
  readonly proof: Proof;
  readonly referred: Referred;
  /** Types of which a search parameter is being built. */
  readonly building?: ReadonlySet<string>;
}

interface Group {
  readonly indexes: number[];
  statement(): Statement;
  outcomes(rows: readonly Row[], jobs: readonly Job[]): Outcome[];
}

/** @param jobs at most one for each resource, sorted by type and id, so that batches wait for each other in one order */
export function toBatch(jobs: readonly Job[], options: BatchOptions): Batch {
  const groups = new Map<string, Group>();
  for (const [i, job] of jobs.entries()) {
    const place = options.place(typeOf(job));
    const key = job.do === 'create' || job.do === 'given' ? job.do : `${job.do} ${place.partition}`;
    let group = groups.get(key);
    if (!group) {
      group = job.do === 'delete' ? deleteGroup(options, place) : contentGroup(job.do, options, place);
      groups.set(key, group);
    }
    group.indexes.push(i);
    addTo(group as Group & { add(job: Job): void }, job);
  }
  const ordered = [...groups.values()];
  const before = holdStatements(jobs.map(typeOf), options);
  return {
    statements: [...before, ...ordered.map((group) => group.statement())],
    read(all) {
      const results = all.slice(before.length);
      const outcomes = new Array<Outcome>(jobs.length);
      for (const [g, group] of ordered.entries()) {
        const of = group.indexes.map((i) => jobs[i]!);
        group.outcomes(results[g]!, of).forEach((outcome, i) => {
          outcomes[group.indexes[i]!] = outcome;
        });
      }
      return outcomes;
    },
  };
}

/**
 * While a parameter of a type is built, its writers and the builder take turns: what the writers' statement replaces is
 * then what its snapshot shows. In a statement of its own, since a statement's snapshot is older than the locks it takes.
 */
export function holdStatements(
  types: readonly string[],
  { place, building }: Pick<BatchOptions, 'place' | 'building'>,
): Statement[] {
  if (!building || building.size === 0) return [];
  const held = [...new Set(types)].filter((type) => building.has(type)).map((type) => place(type).n);
  if (held.length === 0) return [];
  const text = 'select pg_advisory_xact_lock_shared($1, n) from unnest($2::int[]) n';
  return [{ text, values: [BUILDING_LOCK, held.sort((a, b) => a - b)] }];
}

/** Any number that nothing else locks together with the number of a type. */
export const BUILDING_LOCK = 7_268_004;

function typeOf(job: Job): string {
  return job.do === 'delete' ? job.type : job.content.type;
}

function addTo(group: Group & { add(job: Job): void }, job: Job): void {
  group.add(job);
}

const written: Outcome = Object.freeze({ became: 'written' });
const lost: Outcome = Object.freeze({ became: 'lost' });
const absent: Outcome = Object.freeze({ became: 'absent' });

function contentGroup(kind: 'create' | 'given' | 'update', options: BatchOptions, first: TypePlace) {
  const { rowTypes, place, proof } = options;
  const types = new TargetTypes(first);
  let generation = Number.POSITIVE_INFINITY;
  const rows = new RowSet(rowTypes);
  const tryLocks = proof === 'rids';
  return {
    indexes: [] as number[],
    add(job: Exclude<Job, { do: 'delete' }>): void {
      const { content } = job;
      const at = place(content.type);
      const typeNumber = at.n;
      types.add(at);
      const version = job.do === 'update' ? job.version : 1;
      const stamp: Stamp = { typeNumber, version, lastUpdated: job.lastUpdated };
      generation = Math.min(generation, content.values.generation ?? 0);
      rows.add(content, stamp, tryLocks);
      const container = { typeNumber, id: content.id, rid: content.values.rid };
      if (job.do === 'update') {
        const { removed, added } = difference(job.before, content.values);
        rows.removeSides(content.values.rid, removed);
        rows.addSides(typeNumber, content.values, added);
        replaceContained(rows, container, job.before, content.values, place);
      } else {
        rows.addSides(typeNumber, content.values);
        addContained(rows, container, content.values, place);
      }
    },
    statement(): Statement {
      const [resources, locks, ...sides] = rows.parameters();
      const values = [resources!, locks!, generation, ...sides];
      const text =
        kind === 'create'
          ? createStatement(rows.inserts, proof)
          : kind === 'given'
            ? createGivenStatement(rows.inserts, proof)
            : updateStatement(types.targets, rows.inserts, rows.removes, proof);
      return { text, values: proof === 'all' ? [...values, rows.resources.length] : values };
    },
    outcomes(result: readonly Row[], jobs: readonly Job[]): Outcome[] {
      if (proof === 'all') return jobs.map(() => written);
      if (kind === 'create') return withoutBusy(jobs, result[0]?.[0]);
      const won = new Set(result.map(([rid]) => rid));
      return jobs.map((job) => (won.has(String((job as { content: Prepared }).content.values.rid)) ? written : lost));
    },
  } as Group;
}

/** @param busy Postgres' text of the array of identities that were busy */
function withoutBusy(jobs: readonly Job[], busy: string | null | undefined): Outcome[] {
  if (!busy) return jobs.map(() => written);
  const taken = new Set(busy.slice(1, -1).split(',').map(BigInt));
  return jobs.map((job) => {
    const { locks } = (job as { content: Prepared }).content.values;
    return locks.some((lock) => taken.has(lock)) ? lost : written;
  });
}

function deleteGroup({ rowTypes, place, referred }: BatchOptions, first: TypePlace): Group {
  const rows = writerOf(rowTypes, 'in_gone');
  const types = new TargetTypes(first);
  let sides = 0;
  return {
    indexes: [] as number[],
    add(job: Extract<Job, { do: 'delete' }>): void {
      const at = place(job.type);
      types.add(at);
      writeDeletion(rows, at.n, job);
      sides |= job.sides;
    },
    statement(): Statement {
      const asks = referred === 'ignore' ? undefined : referred.ofAll(types.numbers);
      const values = [rows.finish(), ...(asks ? [asks.numbers, types.numbers] : [])];
      return { text: deleteStatement(types.targets, sides, asks), values };
    },
    outcomes(result: readonly Row[], jobs: readonly Job[]): Outcome[] {
      const byRid = new Map<string, Row[]>();
      if (referred !== 'ignore') learnUnknown(referred, result, types.numbers);
      for (const row of result) {
        const rid = row[1]!;
        const known = byRid.get(rid);
        if (known) known.push(row);
        else byRid.set(rid, [row]);
      }
      return jobs.map((job) => deleteOutcome(byRid.get(String((job as { rid: bigint }).rid))));
    },
  } as Group;
}

function deleteOutcome(rows: readonly Row[] | undefined): Outcome {
  if (!rows) return absent;
  const done = rows.find(([what]) => what === 'done');
  if (done) return { became: 'deleted', version: Number(done[2]), lastUpdated: toInstant(done[3]!) };
  const by = rows.filter(([what]) => what === 'referrer').map((row) => ({ type: Number(row[2]), id: row[3]! }));
  return by.length > 0 ? { became: 'referenced', by } : lost;
}

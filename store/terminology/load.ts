/**
 * Fills the tables with the concepts of one version of a code system: rows come in any order and are staged; then ranks and
 * hierarchy are worked out, indexes are made, and the version becomes visible at once and whole. A large one has a table of
 * its own, which is dropped at once when it is not needed any more.
 */
import { createHash } from 'node:crypto';
import type { CodeSystem, CodeSystemConcept } from 'fhir/r4.js';
import type { Context } from '../../resources/index.ts';
import type { Database } from '../database.ts';
import type { Trip } from '../lane.ts';
import type { Statement } from '../session.ts';
import { bandAfter, orderBand, rankBand } from './bands.ts';
import { beginningsOf } from './beginnings.ts';
import { Hierarchy } from './hierarchy.ts';

/** A concept to be stored. */
export interface ConceptRow extends Omit<CodeSystemConcept, 'concept'> {
  /** Codes directly above it; those that the system does not have are left out. */
  readonly parents: readonly string[];
  readonly inactive: boolean;
  readonly abstract: boolean;
  /** Words by which it is found, in small letters, without accents. */
  readonly words: readonly string[];
}

export interface SystemToLoad {
  readonly url: string;
  readonly version: string | undefined;
  /** Tells what it was made of: the same is loaded once. */
  readonly identity: string;
  readonly about: CodeSystem;
  readonly isCaseless: boolean;
  /** Whether it gets a table of its own; for what has tens of thousands of concepts. */
  readonly isLarge: boolean;
}

const BATCH = 5_000;

/**
 * Loads a system; one that is there already is left as it is. Whoever loads the same one beside this waits for it.
 * @param rows of each code the first one counts
 * @returns its number
 */
export async function loadConcepts(
  database: Pick<Database, 'house'>,
  system: SystemToLoad,
  rows: AsyncIterable<readonly ConceptRow[]> | Iterable<readonly ConceptRow[]>,
  context: Context,
): Promise<number> {
  return database.house.use(context, async (trip) => {
    const lock = createHash('sha256').update(system.identity).digest().readBigInt64BE();
    const [, known] = await trip([
      { text: 'begin' },
      { text: 'select pg_advisory_xact_lock($1::int8)', values: [lock] },
      { text: `select n from concept_system where identity = $1 and state <> 'loading'`, values: [system.identity] },
    ]).then(([, , found]) => [undefined, found!] as const);
    if (known.length > 0) {
      await trip([{ text: 'commit' }]);
      return Number(known[0]![0]);
    }
    const [, inserted] = await trip([
      { text: 'delete from concept_system where identity = $1', values: [system.identity] },
      {
        text: `insert into concept_system (url, version, identity, state, about) values ($1, $2, $3, 'loading', $4::jsonb) returning n`,
        values: [system.url, system.version, system.identity, JSON.stringify(system.about)],
      },
    ]);
    const n = Number(inserted![0]![0]);
    const hierarchy = await stage(trip, system, rows);
    await finish(trip, n, system, hierarchy);
    return n;
  });
}

/** Drops a version with its rows. */
export async function dropConcepts(database: Pick<Database, 'house'>, n: number, context: Context): Promise<void> {
  const [rows] = await database.house.run(
    [{ text: 'delete from concept_system where n = $1::int returning partition', values: [n] }],
    context,
  );
  const partition = rows![0]?.[0];
  const number = Math.trunc(n);
  const statements = partition
    ? [{ text: `drop table if exists concept_${number}, concept_property_${number}` }]
    : ['concept_common', 'concept_property_common'].map((table) => ({
        text: `delete from ${table} where system = $1::int`,
        values: [n],
      }));
  await database.house.run(statements, context);
}

async function stage(
  trip: Trip,
  { isCaseless }: SystemToLoad,
  rows: AsyncIterable<readonly ConceptRow[]> | Iterable<readonly ConceptRow[]>,
): Promise<Hierarchy> {
  await trip([
    {
      text: `create temp table staged (s int, key text, code text, display text, definition text, inactive bool, abstract bool,
        property jsonb, designation jsonb, words text) on commit drop`,
    },
  ]);
  const hierarchy = new Hierarchy();
  for await (const batch of rows) {
    for (let from = 0; from < batch.length; from += BATCH) {
      const fresh = batch.slice(from, from + BATCH).flatMap((row) => {
        const key = isCaseless ? row.code.toLowerCase() : row.code;
        const s = hierarchy.add(
          key,
          row.parents.map((one) => (isCaseless ? one.toLowerCase() : one)),
        );
        return s === undefined ? [] : [{ s, key, row }];
      });
      if (fresh.length > 0) await trip([stagingStatement(fresh)]);
    }
  }
  return hierarchy;
}

function stagingStatement(rows: readonly { s: number; key: string; row: ConceptRow }[]): Statement {
  const text = (list: readonly unknown[] | undefined) => (list?.length ? JSON.stringify(list) : '');
  return {
    text: `insert into staged select s, key, code, nullif(display, ''), nullif(definition, ''), inactive = 'true', abstract = 'true',
      nullif(property, '')::jsonb, nullif(designation, '')::jsonb, words
      from unnest($1::int[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[])
      u(s, key, code, display, definition, inactive, abstract, property, designation, words)`,
    values: [
      rows.map(({ s }) => s),
      rows.map(({ key }) => key),
      rows.map(({ row }) => row.code),
      rows.map(({ row }) => row.display ?? ''),
      rows.map(({ row }) => row.definition ?? ''),
      rows.map(({ row }) => String(row.inactive)),
      rows.map(({ row }) => String(row.abstract)),
      rows.map(({ row }) => text(row.property)),
      rows.map(({ row }) => text(row.designation)),
      rows.map(({ row }) => beginningsOf(row.words).join(' ')),
    ],
  };
}

async function finish(trip: Trip, n: number, { isLarge }: SystemToLoad, hierarchy: Hierarchy): Promise<void> {
  await trip([{ text: 'create temp table placed (s int, parents int[], above int[], below int) on commit drop' }]);
  for (const batch of hierarchy.placed(BATCH)) {
    await trip([
      {
        text: `insert into placed select s, parents::int[], above::int[], below
          from unnest($1::int[], $2::text[], $3::text[], $4::int[]) u(s, parents, above, below)`,
        values: [
          batch.map(({ s }) => s),
          batch.map(({ parents }) => `{${parents.join()}}`),
          batch.map(({ above }) => `{${above.join()}}`),
          batch.map(({ below }) => below),
        ],
      },
    ]);
  }
  const table = isLarge ? `concept_${n}` : 'concept_common';
  const properties = isLarge ? `concept_property_${n}` : 'concept_property_common';
  await trip([
    ...(isLarge ? created(n) : []),
    { text: 'analyze staged' },
    { text: 'analyze placed' },
    { text: `set local work_mem = '128MB'` },
    { text: `set local maintenance_work_mem = '256MB'` },
    {
      // In the order of the rank, so that what a search finds of one band lies together.
      text: `insert into ${table} select ${n}, s.s, s.rank, s.key, s.code, s.display, s.definition, s.inactive, s.abstract,
          p.parents, p.above, p.below, s.property, s.designation,
          array_to_tsvector(array_remove(string_to_array(s.words, ' '), '')
            || array['${rankBand(n)}' || ${bandAfter('s.ranked - 1')}, '${orderBand(n)}' || ${bandAfter('s.s - 1')}])
        from (select *, length * 1000000 + row_number() over (partition by length order by display, s) as rank,
            row_number() over (order by length, display, s) as ranked
          from (select *, coalesce(least(length(display), 2000), 0) as length from staged) x) s
        join placed p using (s) order by s.rank`,
    },
    {
      text: `insert into ${properties} select ${n}, p.value ->> 'code', coalesce(p.value ->> 'valueCode', p.value #>> '{valueCoding,code}',
        p.value ->> 'valueString', p.value ->> 'valueInteger', p.value ->> 'valueBoolean', p.value ->> 'valueDateTime',
        p.value ->> 'valueDecimal', ''), s.s from staged s, jsonb_array_elements(s.property) p
        where s.property is not null`,
    },
    ...(isLarge ? attached(n) : []),
    {
      text: `update concept_system set state = 'ready', concepts = ${hierarchy.size}, partition = $1 where n = ${n}`,
      values: [isLarge ? table : null],
    },
    { text: 'commit' },
  ]);
  await trip([{ text: `analyze ${table}` }, { text: `analyze ${properties}` }]);
}

function created(n: number): Statement[] {
  return [
    {
      text: `create table concept_${n} (like concept including defaults, check (system = ${n}))
        with (toast_tuple_target = 256)`,
    },
    { text: `create table concept_property_${n} (like concept_property including defaults, check (system = ${n}))` },
  ];
}

/** Indexes are made when the rows are there, which takes a tenth of the time. */
function attached(n: number): Statement[] {
  return [
    `create unique index on concept_${n} (system, key)`,
    `create unique index on concept_${n} (system, n)`,
    `create unique index on concept_${n} (system, rank)`,
    `create index on concept_${n} using gin (above, words) with (fastupdate = off)`,
    `create index on concept_property_${n} (system, property, left(value, 200), n)`,
    `create index on concept_property_${n} (system, n)`,
    `alter table concept attach partition concept_${n} for values in (${n})`,
    `alter table concept_property attach partition concept_property_${n} for values in (${n})`,
  ].map((text) => ({ text }));
}

/** Closure tables that clients keep: which concepts they have named, and which entries they were told with which version. */
import type { Context } from '../../resources/index.ts';
import type { Database } from '../database.ts';
import type { Statement } from '../session.ts';

export interface ClosureConcept {
  readonly system: string;
  /** '' where none was named. */
  readonly version: string;
  readonly code: string;
}

/** How the code stands to the target. */
export interface ClosureEntry {
  readonly system: string;
  readonly code: string;
  readonly target: string;
  readonly equivalence: 'equivalent' | 'subsumes' | 'specializes';
}

export interface Closure {
  /** It changes when the table is begun anew. */
  readonly n: number;
  readonly version: number;
  readonly concepts: readonly ClosureConcept[];
}

/** The room of closure tables. */
export interface Closures {
  /** Begins a table, anew where there is one of this name. One trip. */
  begin(name: string, context: Context): Promise<void>;
  /** undefined where there is none of this name. One trip. */
  read(name: string, context: Context): Promise<Closure | undefined>;
  /**
   * Adds concepts, and entries under the next version. One trip.
   * @returns whether it did: not where somebody added something since the table was read
   */
  add(
    closure: Closure,
    concepts: readonly ClosureConcept[],
    entries: readonly ClosureEntry[],
    context: Context,
  ): Promise<boolean>;
  /** The entries that were told after a version, in the order in which they came. One trip. */
  entries(closure: Closure, after: number, context: Context): Promise<readonly ClosureEntry[]>;
}

/** Days for which a table stays that nobody asks for. */
const UNUSED_DAYS = 365;

export function openClosures({ database }: { readonly database: Pick<Database, 'house'> }): Closures {
  return {
    async begin(name, context) {
      await database.house.run(
        [
          { text: 'delete from closure where used < now() - make_interval(days => $1::int)', values: [UNUSED_DAYS] },
          { text: 'select pg_advisory_xact_lock(hashtextextended($1, 0))', values: [`closure ${name}`] },
          { text: 'delete from closure where name = $1', values: [name] },
          { text: 'insert into closure (name) values ($1)', values: [name] },
        ],
        context,
      );
    },

    async read(name, context) {
      const [found, concepts] = await database.house.run(
        [
          { text: 'update closure set used = now() where name = $1 returning n, version', values: [name] },
          {
            text: `select c.system, c.version, c.code from closure_concept c join closure t on t.n = c.closure
              where t.name = $1 order by c.n`,
            values: [name],
          },
        ],
        context,
      );
      const [row] = found!;
      if (!row) return undefined;
      return {
        n: Number(row[0]),
        version: Number(row[1]),
        concepts: concepts!.map(([system, version, code]) => ({ system: system!, version: version!, code: code! })),
      };
    },

    async add(closure, concepts, entries, context) {
      const [rows] = await database.house.run([addStatement(closure, concepts, entries)], context);
      return rows!.length > 0;
    },

    async entries({ n }, after, context) {
      const text = `select system, code, target, equivalence from closure_entry
        where closure = $1::int and since > $2::int order by n`;
      const [rows] = await database.house.run([{ text, values: [n, after] }], context);
      return rows!.map(([system, code, target, equivalence]) => ({
        system: system!,
        code: code!,
        target: target!,
        equivalence: equivalence as ClosureEntry['equivalence'],
      }));
    },
  };
}

function addStatement(
  { n, version }: Closure,
  concepts: readonly ClosureConcept[],
  entries: readonly ClosureEntry[],
): Statement {
  return {
    text: `with t as (update closure set version = version + 1 where n = $1::int and version = $2::int returning n, version),
              c as (insert into closure_concept (closure, system, version, code)
                select t.n, u.system, u.version, u.code from t, unnest($3::text[], $4::text[], $5::text[]) u(system, version, code)),
              e as (insert into closure_entry (closure, since, system, code, target, equivalence)
                select t.n, t.version, u.system, u.code, u.target, u.equivalence
                from t, unnest($6::text[], $7::text[], $8::text[], $9::text[]) u(system, code, target, equivalence))
              select n from t`,
    values: [
      n,
      version,
      concepts.map((one) => one.system),
      concepts.map((one) => one.version),
      concepts.map((one) => one.code),
      entries.map((one) => one.system),
      entries.map((one) => one.code),
      entries.map((one) => one.target),
      entries.map((one) => one.equivalence),
    ],
  };
}

/**
 * Concept maps that are stored: which there are, and what they say of a code. Their elements stand in tables, made inside
 * Postgres when they are first asked for, so that a map of a hundred thousand elements is never read as a whole.
 */
import type { ConceptMap, ConceptMapGroupElement, ConceptMapGroupElementTarget } from 'fhir/r4.js';
import type { Access, Context } from '../../resources/index.ts';
import type { Database } from '../database.ts';
import { type Definitions, markOf, type StoredDefinition } from '../definitions.ts';
import { currentRows } from '../search/plan/scope.ts';
import { literal, name, sql, toStatement } from '../sql.ts';
import { toInstant } from '../time.ts';
import type { TypeNumbers } from '../types.ts';

/** A current ConceptMap that the caller may see. */
export interface StoredMap extends StoredDefinition<ConceptMap> {
  /** Without narrative, and with groups that have no elements. */
  readonly resource: ConceptMap;
}

/** A code to be found in one group of a stored map. */
export interface MapQuestion {
  readonly map: StoredMap;
  readonly group: number;
  /** The code as it is compared. */
  readonly key: string;
}

/** A target of an element; undefined where the element has none. */
export interface MappedElement extends Pick<ConceptMapGroupElement, 'code' | 'display'> {
  readonly target?: ConceptMapGroupElementTarget;
}

/** The room of concept maps. */
export interface ConceptMaps {
  /** All that are current and that the caller may see. One trip. */
  all(access: Access, context: Context): Promise<readonly StoredMap[]>;
  /** Counts the changes of concept maps of which this process has heard. */
  generation(): number;
  /**
   * What maps say of codes, or of codes that are targets. One trip, and more where a map is asked for the first time.
   * @param isCaseless whether case says nothing in the codes of a system
   * @returns for each question its elements, in the order of the map; undefined where somebody changed one of the maps since
   */
  elements(
    questions: readonly MapQuestion[],
    side: 'source' | 'target',
    isCaseless: (system: string) => boolean,
    context: Context,
  ): Promise<readonly (readonly MappedElement[])[] | undefined>;
}

/** Maps that one caller may see; whoever has more than that names the one that is meant by its id or url. */
const MAPS_MAX = 10_000;
/** Elements of all questions together. */
const ELEMENTS_MAX = 10_000;
/** Numbers of maps that are remembered. */
const KNOWN_MAX = 10_000;

export function openConceptMaps({
  database,
  types,
  definitions,
}: {
  readonly database: Pick<Database, 'searches' | 'house'>;
  readonly types: TypeNumbers;
  readonly definitions: Pick<Definitions, 'generation'>;
}): ConceptMaps {
  const known = new Map<string, number>();

  async function numbers(maps: readonly StoredMap[], isCaseless: (system: string) => boolean, context: Context) {
    for (const map of maps) {
      const identity = identityOf(map);
      if (known.has(identity)) continue;
      const n = await build(database, types, map, isCaseless, context);
      if (n === undefined) return false;
      if (known.size >= KNOWN_MAX) known.clear();
      known.set(identity, n);
    }
    return true;
  }

  return {
    async all(access, context) {
      const [rows] = await database.searches.run([headsStatement(access, types)], context);
      return rows!.map(([id, version, lastUpdated, pinned, text]) => ({
        type: 'ConceptMap' as const,
        id: id!,
        version: Number(version),
        lastUpdated: toInstant(lastUpdated!),
        ...(pinned === 't' && { pinned: true as const }),
        resource: { ...JSON.parse(text!), resourceType: 'ConceptMap', id },
      }));
    },

    generation: () => definitions.generation('ConceptMap'),

    async elements(questions, side, isCaseless, context) {
      if (questions.length === 0) return [];
      const maps = new Map(questions.map(({ map }) => [identityOf(map), map]));
      for (let attempt = 1; attempt <= 2; attempt++) {
        if (!(await numbers([...maps.values()], isCaseless, context))) return undefined;
        const asked = questions.map(({ map }) => known.get(identityOf(map))!);
        const statement = { text: ELEMENTS[side], values: elementValues(questions, asked) };
        const there = { text: 'select n from concept_map where n = any($1::int[])', values: [[...new Set(asked)]] };
        const [rows, current] = await database.searches.run([statement, there], context);
        if (current!.length === maps.size) return grouped(rows!, questions.length);
        // Its rows were removed, since there is a newer version or since it is gone.
        for (const identity of maps.keys()) known.delete(identity);
      }
      return undefined;
    },
  };
}

function identityOf({ id, version }: StoredMap): string {
  return markOf('ConceptMap', id, version);
}

function headsStatement(access: Access, types: TypeNumbers) {
  const { n, partition } = types.place('ConceptMap');
  const { from, where, typed } = currentRows({ access, types }, ['ConceptMap'], 'o', 'row');
  const groups = sql`(SELECT coalesce(jsonb_agg(g.value - 'element' ORDER BY g.ord), '[]')
    FROM jsonb_array_elements(coalesce(v.resource -> 'group', '[]')) WITH ORDINALITY g(value, ord))`;
  return toStatement(sql`SELECT o.id, o.ver::text, v.last_updated::text,
      EXISTS (SELECT FROM guide_pin p WHERE p.type = ${literal(n)} AND p.id = o.id),
      ((v.resource - 'text' - 'group') || jsonb_build_object('group', ${groups}))::text
    FROM ${from} JOIN ${name(`ver_${partition}`)} v ON v.type = ${literal(n)} AND v.id = o.id AND v.ver = o.ver
    WHERE ${typed} AND ${where} ORDER BY o.id LIMIT ${MAPS_MAX}`);
}

/**
 * Makes the rows of a map, and removes those of maps that are not current any more. Whoever makes the same ones waits at the
 * identity. @returns its number; undefined where the version is not the current one any more
 */
async function build(
  database: Pick<Database, 'house'>,
  types: TypeNumbers,
  map: StoredMap,
  isCaseless: (system: string) => boolean,
  context: Context,
): Promise<number | undefined> {
  const { n: type, partition } = types.place('ConceptMap');
  const identity = identityOf(map);
  const groups = map.resource.group ?? [];
  const caseless = (member: 'source' | 'target') =>
    groups.flatMap((group, index) => (isCaseless(group[member] ?? '') ? [index] : []));
  const current = `select from res_${partition} r where r.type = ${type} and not r.deleted and r.id = $2 and r.ver = $3`;
  const [, , , found] = await database.house.run(
    [
      {
        text: `delete from concept_map m where not exists (select from res_${partition} r where r.type = ${type}
          and not r.deleted and r.id = split_part(m.identity, '/', 2) and r.ver = split_part(m.identity, '/', 4)::int)`,
      },
      {
        text: `with m as (insert into concept_map (identity) select $1 where exists (${current})
            on conflict (identity) do nothing returning n)
          insert into concept_map_target (map, grp, n, source, target, element)
          select m.n, g.ord - 1, row_number() over (order by g.ord, e.ord, t.ord),
            case when g.ord - 1 = any($4::int[]) then lower(e.value ->> 'code' collate pg_c_utf8) else e.value ->> 'code' end,
            case when g.ord - 1 = any($5::int[]) then lower(t.value ->> 'code' collate pg_c_utf8) else t.value ->> 'code' end,
            (e.value - 'target') || case when t.value is null then '{}' else jsonb_build_object('target', t.value) end
          from m cross join ver_${partition} v
          cross join lateral jsonb_array_elements(coalesce(v.resource -> 'group', '[]')) with ordinality g(value, ord)
          cross join lateral jsonb_array_elements(g.value -> 'element') with ordinality e(value, ord)
          left join lateral jsonb_array_elements(e.value -> 'target') with ordinality t(value, ord) on true
          where v.type = ${type} and v.id = $2 and v.ver = $3 and e.value ? 'code'`,
        values: [identity, map.id, map.version, caseless('source'), caseless('target')],
      },
      { text: 'analyze concept_map_target' },
      { text: 'select n from concept_map where identity = $1', values: [identity] },
    ],
    context,
  );
  return found![0] && Number(found![0][0]);
}

const elementsBy = (side: 'source' | 'target') => `select u.i, t.element::text
  from unnest($1::int[], $2::int[], $3::text[], $4::int[]) u(map, grp, key, i)
  join concept_map_target t on t.map = u.map and t.grp = u.grp and left(t.${side}, 200) = left(u.key, 200) and t.${side} = u.key
  order by u.i, t.n limit ${ELEMENTS_MAX}`;
const ELEMENTS = { source: elementsBy('source'), target: elementsBy('target') };

function elementValues(questions: readonly MapQuestion[], numbers: readonly number[]) {
  return [numbers, questions.map(({ group }) => group), questions.map(({ key }) => key), questions.map((_, i) => i)];
}

function grouped(rows: readonly (readonly (string | null)[])[], count: number): MappedElement[][] {
  const answers = Array.from({ length: count }, (): MappedElement[] => []);
  for (const [index, text] of rows) answers[Number(index)]!.push(JSON.parse(text!));
  return answers;
}

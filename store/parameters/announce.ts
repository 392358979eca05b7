/**
 * From the SearchParameters that are stored to the parameters that are indexed. What they say is looked at as a whole
 * whenever one of them changed, whichever way it was written; what is announced twice is announced once.
 */
import { type CustomDefinition, customParameters } from '../../resources/index.ts';
import { nobody } from '../database.ts';
import type { Lane } from '../lane.ts';
import type { Row, Statement } from '../session.ts';
import type { TypeNumbers } from '../types.ts';

/** The channel on which processes tell each other that something changed; 0004-search-parameters.sql knows it too. */
export const CHANNEL = 'vesta_parameters';
/** Any number that nothing else locks: one process after the other changes what is indexed. */
export const ANNOUNCE_LOCK: Statement = { text: 'select pg_advisory_xact_lock(7268003)' };
/** Stands for all types where a SearchParameter is kept and adds nothing to any. */
const ALL_TYPES = 0;

/** One row of table `param`, as it should be. */
interface Wanted {
  readonly type: number;
  readonly code: string;
  readonly id: string;
  readonly definition: string;
  readonly state: 'building' | 'unused';
  readonly reason: string | null;
}

/**
 * Brings table `param` to what the SearchParameters say that are stored now. Where that changes what writers have to
 * index, a new generation begins: whatever was prepared for the one before is refused from then on.
 * @returns whether anything changed
 * @throws Fault `database-unavailable`
 */
export async function announce(lane: Lane, types: TypeNumbers): Promise<boolean> {
  return lane.use(nobody, async (trip) => {
    const { n, partition } = types.place('SearchParameter');
    const stored = {
      text: `select o.id, v.resource::text,
        (select format('%s@%s, of which another version is pinned', g.name, g.version) from guide_member m
          join guide g on g.n = m.guide join guide_pin p on p.type = m.type and p.url = m.url and p.id <> m.id
          where m.type = o.type and m.id = o.id limit 1)
        from res_${partition} o
        join ver_${partition} v on v.type = o.type and v.id = o.id and v.ver = o.ver
        where o.type = ${n} and not o.deleted order by o.lu, o.id`,
    };
    const known = { text: 'select k, type, code, id, definition, state, reason from param order by k desc' };
    const [, , sources, rows] = await trip([{ text: 'begin' }, ANNOUNCE_LOCK, stored, known]);
    const statements = changes(sources!, rows!, types);
    await trip([...statements, { text: 'commit' }]);
    return statements.length > 0;
  });
}

function changes(sources: readonly Row[], known: readonly Row[], types: TypeNumbers): Statement[] {
  const { wanted, unused } = wantedOf(sources, types);
  const live = known.filter(([, , , , , state]) => state === 'building' || state === 'active');
  const kept = live.filter((row) => wanted.some((one) => keyOf(one) === rowKey(row)));
  const gone = live.filter((row) => !kept.includes(row));
  const keptKeys = new Set(kept.map(rowKey));
  const taken = new Map(kept.map(([, type, code, id]) => [`${type} ${code}`, id!]));
  const added: Wanted[] = [];
  for (const one of wanted) {
    if (keptKeys.has(keyOf(one))) continue;
    const place = `${one.type} ${one.code}`;
    const first = taken.get(place);
    if (first === undefined) added.push(one);
    else unused.push({ ...one, state: 'unused', reason: `SearchParameter/${first} defines ${one.code} already.` });
    if (first === undefined) taken.set(place, one.id);
  }
  const statements: Statement[] = [];
  if (gone.length > 0) {
    const ks = gone.map(([k]) => Number(k));
    statements.push({ text: `update param set state = 'removing' where k = any($1::int[])`, values: [ks] });
  }
  if (added.length > 0) statements.push(insertion(added));
  if (statements.length > 0) statements.push({ text: 'update param_state set generation = generation + 1' });
  statements.push(...unusedChanges(unused, known));
  if (statements.length > 0) statements.push({ text: 'select pg_notify($1, $2)', values: [CHANNEL, ''] });
  return statements;
}

function wantedOf(sources: readonly Row[], types: TypeNumbers): { wanted: Wanted[]; unused: Wanted[] } {
  const wanted: Wanted[] = [];
  const unused: Wanted[] = [];
  for (const [id, text, unpinned] of sources) {
    const resource = JSON.parse(text!);
    const { code, url } = resource;
    const { findings, definitions, unused: reasons } = customParameters(resource);
    const row = (type: number, definition: Partial<CustomDefinition>, reason: string | null): Wanted => {
      const state = reason === null ? 'building' : 'unused';
      return { type, code: String(code), id: id!, definition: JSON.stringify(definition), state, reason };
    };
    // It was stored before it was judged, or by another version of the program.
    if (findings.length > 0) unused.push(row(ALL_TYPES, { code, url }, findings[0]!.text));
    for (const [type, reason] of reasons) {
      unused.push(row(type === '*' ? ALL_TYPES : types.place(type).n, { code, url }, reason));
    }
    if (findings.length > 0) continue;
    for (const [type, definition] of definitions) {
      const { n } = types.place(type);
      if (unpinned) unused.push(row(n, definition, `It came with ${unpinned}.`));
      else wanted.push(row(n, definition, null));
    }
  }
  return { wanted, unused };
}

function unusedChanges(unused: readonly Wanted[], known: readonly Row[]): Statement[] {
  const before = known.filter(([, , , , , state]) => state === 'unused').map((row) => `${rowKey(row)} ${row[6]}`);
  const after = unused.map((one) => `${keyOf(one)} ${one.reason}`);
  if (before.sort().join('\n') === after.sort().join('\n')) return [];
  const removal = { text: `delete from param where state = 'unused'` };
  return unused.length === 0 ? [removal] : [removal, insertion(unused)];
}

function insertion(rows: readonly Wanted[]): Statement {
  return {
    text: `insert into param (type, code, id, definition, state, reason)
      select * from unnest($1::smallint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])`,
    values: [
      rows.map(({ type }) => type),
      rows.map(({ code }) => code),
      rows.map(({ id }) => id),
      rows.map(({ definition }) => definition),
      rows.map(({ state }) => state),
      rows.map(({ reason }) => reason ?? ''),
    ],
  };
}

/** What may not change without the index being built anew. */
function keyOf({ type, id, definition }: Wanted): string {
  return `${type} ${id} ${definition}`;
}

function rowKey([, type, , id, definition]: Row): string {
  return `${type} ${id} ${definition}`;
}

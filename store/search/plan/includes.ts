/** Resources that belong to the matches. https://hl7.org/fhir/R4/search.html#include */
import { resourceTypes } from '../../../resources/index.ts';
import { join, literal, type Sql, sql } from '../../sql.ts';
import { mayBeCanonical } from '../canonical.ts';
import type { Include, Search } from '../tree.ts';
import { isNamed, namesOf } from './canonical.ts';
import { slotKeys } from './conditions.ts';
import { asideHolders, referencesOf } from './custom.ts';
import { currentRows, type Scope } from './scope.ts';

/**
 * Definitions for WITH that end in `i` (type, id, ver): what is included with the rows of `p`, each once, none that is a
 * match itself, and one more than `limit` where there are more.
 */
export function planIncludes(search: Search, limit: number, scope: Scope): readonly Sql[] {
  const steps = search.includes.flatMap((include) => stepsOf(include, search, scope));
  const iterated = steps.filter(({ iterate }) => iterate);
  const first = sql`i0 AS MATERIALIZED (${union(steps.map(({ from }) => from(sql`p`)))})`;
  const cut = literal(limit + 1);
  const distinct = (from: Sql) => sql`i AS MATERIALIZED (SELECT DISTINCT f.type, f.id, f.ver FROM ${from} f
    WHERE NOT EXISTS (SELECT FROM p WHERE p.type = f.type AND p.id = f.id) LIMIT ${cut})`;
  if (iterated.length === 0) return [first, distinct(sql`i0`)];
  // Each resource is taken once (UNION), so circles end; the cut ends what is merely long.
  const one = sql`(SELECT w.type, w.id, w.ver, w.rid)`;
  const next = union(iterated.map(({ from }) => from(one)));
  return [
    first,
    sql`w0 AS MATERIALIZED (SELECT * FROM (WITH RECURSIVE w AS (SELECT * FROM i0 UNION SELECT y.* FROM w CROSS JOIN LATERAL (${next}) y)
      SELECT * FROM w LIMIT ${literal(2 * limit + 1000)}) all_of_them)`,
    distinct(sql`w0`),
  ];
}

/** The types of all that can be included; undefined where that may be any. */
export function includedTypes(includes: readonly Include[]): readonly string[] | undefined {
  const each = includes.map(({ reverse, source, parameter, target }) => {
    if (reverse) return source === undefined ? [] : [source];
    return target === undefined ? (parameter?.targets ?? []) : [target];
  });
  return each.some((types) => types.length === 0) ? undefined : [...new Set(each.flat())];
}

interface Step {
  readonly iterate: boolean;
  /** A SELECT of (type, id, ver, rid) of what the rows of `rows` lead to. */
  from(rows: Sql): Sql;
}

function union(selects: readonly Sql[]): Sql {
  return join(
    selects.map((select) => sql`(${select})`),
    sql` UNION ALL `,
  );
}

function stepsOf(include: Include, search: Search, scope: Scope): Step[] {
  return include.reverse ? [backStep(include, scope)] : [forthStep(include, search, scope)];
}

/** The reference tokens of a row, turned by the key of the parameter, are the rids of the targets. */
function forthStep({ iterate, source, parameter, target }: Include, search: Search, scope: Scope): Step {
  const allowed = target === undefined ? (parameter?.targets ?? []) : [target];
  const types = allowed.length > 0 ? allowed : resourceTypes();
  const reached = currentRows(scope, types, 'r', 'include', allowed.length === 0);
  const keys = keysOf(parameter, scope);
  const tokens = referencesOf(parameter, 's');
  const holders = source === undefined ? (iterate ? undefined : search.types) : [source];
  const held = currentRows(
    scope,
    holders ?? resourceTypes(),
    's',
    'include',
    holders === undefined || search.everything,
  );
  return {
    iterate,
    from: (rows) => {
      const those = (
        isIt: Sql,
      ) => sql`SELECT r.type, r.id, r.ver, r.rid FROM ${rows} b JOIN ${held.from} ON ${held.typed} AND s.type = b.type AND s.id = b.id
      CROSS JOIN LATERAL unnest(${tokens}) t CROSS JOIN LATERAL unnest(${keys}::int8[]) k
      JOIN ${reached.from} ON ${reached.typed} AND ${isIt} WHERE ${held.where} AND ${reached.where}`;
      const byRid = those(sql`r.rid = (t # k)`);
      if (!parameter || !mayBeCanonical(parameter)) return byRid;
      return sql`${byRid} UNION ALL ${those(isNamed('r', sql`SELECT t # k`, scope))}`;
    },
  };
}

/** Those that refer to a row hold its token. */
function backStep({ iterate, source, parameter, target }: Include, scope: Scope): Step {
  const types = source === undefined ? resourceTypes() : [source];
  const referring = currentRows(scope, types, 'r', 'include', source === undefined);
  const keys = keysOf(parameter, scope);
  const only = target === undefined ? sql`true` : sql`b.type = ${literal(scope.types.place(target).n)}`;
  return {
    iterate,
    from: (rows) => {
      const named =
        parameter && mayBeCanonical(parameter)
          ? sql`(SELECT a.type, n.rid FROM ${rows} a JOIN res h ON h.type = a.type AND h.id = a.id CROSS JOIN LATERAL (${namesOf('h', scope)}) n)`
          : rows;
      const tokens = sql`array(SELECT b.rid # k FROM ${named} b CROSS JOIN unnest(${keys}::int8[]) k WHERE ${only})`;
      const refers = parameter?.custom
        ? sql`${referring.typed} AND r.rid = any(array(${asideHolders(parameter, tokens)}))`
        : sql`r.h && ${tokens}`;
      return sql`SELECT r.type, r.id, r.ver, r.rid FROM ${referring.from} WHERE ${refers} AND ${referring.where}`;
    },
  };
}

/** Keys of the tokens: those of the parameter's slots, or the one that every reference has besides. */
function keysOf(parameter: Include['parameter'], scope: Scope): bigint[] {
  return parameter ? slotKeys(parameter, scope) : [scope.hasher.hash('ref|*')];
}

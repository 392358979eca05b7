/** `_list`: resources that a List names. https://hl7.org/fhir/R4/search.html#list */
import { literal, name, type Sql, sql } from '../../sql.ts';
import { type Condition, RANK } from '../condition.ts';
import { regexText } from '../patterns.ts';
import { currentRows, type Scope } from './scope.ts';

/**
 * Members of one of these Lists, as their entries say now: what is marked as deleted is none. A List that the caller may
 * not read has no members for them, nor has one that is not there.
 */
export function listCondition(ids: readonly string[], alias: string, scope: Scope): Condition {
  const lists = currentRows(scope, ['List'], 'l', 'one');
  const { partition, n } = scope.types.place('List');
  const type = literal(n);
  const texts = sql`SELECT x.item #>> '{}' AS reference FROM ${lists.from}
    JOIN ${name(`ver_${partition}`)} v ON v.type = ${type} AND v.id = l.id AND v.ver = l.ver
    CROSS JOIN LATERAL jsonb_path_query(v.resource, '$.entry[*] ? (!(@.deleted == true)).item.reference') x(item)
    WHERE ${lists.typed} AND l.id = any(${ids}::text[]) AND ${lists.where}`;
  const parts = sql`SELECT regexp_match(t.reference, ${patternOf(scope)}) AS part FROM (${texts}) t`;
  const members = (columns: Sql) => sql`SELECT ${columns} FROM (${parts}) p JOIN type y ON y.name = p.part[1]`;
  const [of, id] = [name(`${alias}.type`), name(`${alias}.id`)];
  return {
    filter: sql`(((${of}, ${id}) IN (${members(sql`y.n, p.part[2] COLLATE "C"`)})) IS TRUE)`,
    driver: { rank: RANK.key, where: sql`${id} = any(array(${members(sql`p.part[2] COLLATE "C"`)}))` },
  };
}

/** Literal references to resources of this server; a version counts as its resource. */
function patternOf({ base }: Scope): string {
  return `^(?:${regexText(base)}/)?([A-Za-z]+)/([A-Za-z0-9.-]{1,64})(?:/_history/[^/]+)?$`;
}

/** What references by canonical address lead to, in SQL. https://hl7.org/fhir/R4/references.html#canonical */
import { name, type Sql, sql } from '../../sql.ts';
import { CANONICAL } from '../canonical.ts';
import type { Scope } from './scope.ts';

/** All by which the row may be referred to, as a SELECT of `rid`: its rid, and what stands for its own address. */
export function namesOf(alias: string, scope: Scope): Sql {
  return sql`SELECT ${name(`${alias}.rid`)} AS rid UNION ALL SELECT c # ${key(scope)}::int8 FROM unnest(${name(`${alias}.h`)}) c`;
}

/** Whether the row has one of these addresses. @param addresses a SELECT of what stands for them */
export function isNamed(alias: string, addresses: Sql, scope: Scope): Sql {
  return sql`(${name(`${alias}.h`)} && array(SELECT q.a # ${key(scope)}::int8 FROM (${addresses}) q(a)))`;
}

function key({ hasher }: Scope): bigint {
  return hasher.hash(CANONICAL);
}

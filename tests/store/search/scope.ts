/** What plans stand on, without a database. */
import { createHash } from 'node:crypto';
import { type Access, openAccess, resourceTypes } from '../../../resources/index.ts';
import { parseSearch } from '../../../store/search/parse.ts';
import type { Scope } from '../../../store/search/plan.ts';
import type { Search } from '../../../store/search/tree.ts';
import { type Sql, toStatement } from '../../../store/sql.ts';
import { TypeNumbers } from '../../../store/types.ts';

export const hash = (text: string) => createHash('sha256').update(text).digest().readBigInt64BE();

/** Types with the numbers of the migrations; those without a partition of their own begin at 100. */
const OWN = ['Patient', 'Encounter', 'MedicationRequest', 'Observation', 'DiagnosticReport', 'Appointment'];
const rows = resourceTypes().map((type, index) => [
  String(OWN.includes(type) ? OWN.indexOf(type) + 1 : index + 100),
  type,
]);

export function scopeFor(access: Access = openAccess): Scope {
  return {
    access,
    hasher: { hash, rid: (type, id) => hash(`rid|${type}/${id}`) },
    types: new TypeNumbers(rows),
    zone: 'UTC',
    now: Date.parse('2026-01-01'),
    base: 'http://localhost:8080/fhir',
  };
}

/** The tree of `Patient?family=Smith`. */
export function treeOf(url: string): Search {
  const at = url.indexOf('?');
  const [type, query] = at < 0 ? [url, ''] : [url.slice(0, at), url.slice(at + 1)];
  const pairs = query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)] as const);
  const limits = { countDefault: 50, countMax: 1000 };
  return parseSearch({ type: type === '' ? undefined : type, query: pairs, handling: 'strict', limits });
}

export function textOf(fragment: Sql): string {
  return toStatement(fragment).text;
}

/** A term as a condition of SQL on the concepts `c` of one system. https://hl7.org/fhir/R4/valueset-filter-operator.html */
import { all, any, literal, type Sql, sql } from '../sql.ts';
import { attributesCondition } from './attributes.ts';
import type { ConceptFilter, Term } from './term.ts';

/** Which concept a code of a filter stands for: undefined where the system has none. */
export type NumberOf = (code: string) => number | undefined;

/**
 * The concepts of the system `n` of which a term holds. What is said of other versions of the system is decided by `others`.
 * @throws Error for an operator that is not known: terms are asked whether it is offered first
 */
export function conceptCondition(term: Term, n: number, isCaseless: boolean, numberOf: NumberOf): Sql {
  const of = (one: Term): Sql => conceptCondition(one, n, isCaseless, numberOf);
  switch (term.kind) {
    case 'all':
      return sql`true`;
    case 'none':
    case 'unknown':
      return sql`false`;
    case 'codes':
      return sql`c.key = any(${[...term.codes].map((code) => (isCaseless ? code.toLowerCase() : code))}::text[])`;
    case 'known':
      return sql`true`;
    case 'active':
      return sql`NOT c.inactive`;
    case 'filter':
      return filterCondition(term.filter, n, numberOf);
    case 'attributes':
      return attributesCondition(term.of, n, of);
    case 'not':
      return sql`(${of(term.of)}) IS NOT TRUE`;
    case 'and':
      return all(term.of.map(of));
    case 'or':
      return any(term.of.map(of));
  }
}

/** Operators on concepts that the tables answer; those on properties are offered for every property. */
export const CONCEPT_OPERATORS: ReadonlySet<string> = new Set([
  '=',
  'in',
  'not-in',
  'exists',
  'regex',
  'is-a',
  'descendent-of',
  'is-not-a',
  'generalizes',
  'child-of',
  'descendent-leaf',
]);

function filterCondition({ property, op, value }: ConceptFilter, n: number, numberOf: NumberOf): Sql {
  switch (property) {
    case 'concept':
    case 'code':
      return ofConcept(op, value, numberOf);
    case 'display':
      return ofValue(op, value, sql`c.display`);
    case 'definition':
      return ofValue(op, value, sql`c.definition`);
    case 'inactive':
      return ofValue(op, value, sql`c.inactive::text`);
    case 'notSelectable':
      return ofValue(op, value, sql`c.abstract::text`);
    case 'parent':
      return ofRelated(
        op,
        value,
        numberOf,
        (numbers) => sql`c.parents && ${numbers}::int[]`,
        sql`cardinality(c.parents) > 0`,
      );
    case 'child':
      return ofRelated(op, value, numberOf, (numbers) => childOf(numbers, n), sql`c.below > 0`);
    default:
      return ofProperty(property, op, value, n);
  }
}

function ofConcept(op: string, value: string, numberOf: NumberOf): Sql {
  if (op === '=' || op === 'in' || op === 'not-in' || op === 'exists' || op === 'regex')
    return ofValue(op, value, sql`c.code`);
  const number = numberOf(value);
  if (number === undefined) return op === 'is-not-a' ? sql`true` : sql`false`;
  const isA = sql`c.above @> array[${number}::int]`;
  switch (op) {
    case 'is-a':
      return isA;
    case 'descendent-of':
      return sql`(${isA} AND c.n <> ${number}::int)`;
    case 'is-not-a':
      return sql`NOT (${isA})`;
    case 'child-of':
      return sql`(${isA} AND c.parents @> array[${number}::int])`;
    case 'descendent-leaf':
      return sql`(${isA} AND c.below = 0 AND c.n <> ${number}::int)`;
    case 'generalizes':
      return sql`c.n = any((SELECT a.above FROM concept a WHERE a.system = c.system AND a.n = ${number}::int)::int[])`;
    default:
      throw new Error(`Concepts cannot be filtered by ${op}.`);
  }
}

function ofValue(op: string, value: string, column: Sql): Sql {
  switch (op) {
    case '=':
      return sql`${column} = ${value}`;
    case 'in':
      return sql`${column} = any(${listOf(value)}::text[])`;
    case 'not-in':
      return sql`(${column} = any(${listOf(value)}::text[])) IS NOT TRUE`;
    case 'exists':
      return value === 'true' ? sql`${column} IS NOT NULL` : sql`${column} IS NULL`;
    case 'regex':
      return sql`(length(${column}) <= 300 AND ${column} ~ ${`^(?:${value})$`})`;
    default:
      throw new Error(`Values cannot be filtered by ${op}.`);
  }
}

function ofRelated(
  op: string,
  value: string,
  numberOf: NumberOf,
  related: (numbers: number[]) => Sql,
  exists: Sql,
): Sql {
  const numbers = (op === '=' ? [value] : listOf(value)).flatMap((code) => numberOf(code) ?? []);
  switch (op) {
    case '=':
    case 'in':
      return related(numbers);
    case 'not-in':
      return sql`NOT (${related(numbers)})`;
    case 'exists':
      return value === 'true' ? exists : sql`NOT (${exists})`;
    default:
      throw new Error(`Relations cannot be filtered by ${op}.`);
  }
}

function childOf(numbers: readonly number[], n: number): Sql {
  return sql`c.n = any(array(SELECT unnest(d.parents) FROM concept d WHERE d.system = ${literal(n)} AND d.n = any(${numbers}::int[])))`;
}

function ofProperty(property: string, op: string, value: string, n: number): Sql {
  // Not IN: within a condition that is checked on what was found it would collect all concepts of the value first.
  const of = (test: Sql) =>
    sql`EXISTS (SELECT FROM concept_property p WHERE p.system = ${literal(n)} AND p.n = c.n AND p.property = ${property} AND ${test})`;
  const equal = (values: readonly string[]) =>
    sql`left(p.value, 200) = any(${values.map((one) => one.slice(0, 200))}::text[]) AND p.value = any(${values}::text[])`;
  switch (op) {
    case '=':
      return of(equal([value]));
    case 'in':
      return of(equal(listOf(value)));
    case 'not-in':
      return sql`NOT (${of(equal(listOf(value)))})`;
    case 'exists':
      return value === 'true' ? of(sql`true`) : sql`NOT (${of(sql`true`)})`;
    case 'regex':
      return of(sql`length(p.value) <= 300 AND p.value ~ ${`^(?:${value})$`}`);
    default:
      throw new Error(`Properties cannot be filtered by ${op}.`);
  }
}

function listOf(value: string): string[] {
  return value.split(',').map((one) => one.trim());
}

/** Tests of properties as a condition of SQL on the concepts `c` of one system. */
import { all, literal, type Sql, sql } from '../sql.ts';
import type { AttributeTest, Term, ValueTest } from './term.ts';

/**
 * The concepts of the system `n` that meet all tests in one group.
 * @param of the condition of a term; within a SELECT of its own `c` is the concept that this one is about
 */
export function attributesCondition(tests: readonly AttributeTest[], n: number, of: (term: Term) => Sql): Sql {
  // Each test by itself finds few concepts by the index; of these is seen which meet them in one group.
  const each = all(tests.map((test) => byIndex(test, n, of)));
  if (tests.length < 2) return each;
  const inGroup = tests.map(
    (test) => sql`EXISTS (SELECT FROM jsonb_array_elements(c.property) q(p) WHERE q.p ->> 'id' = g.id
      AND ${isNamed(test, sql`q.p ->> 'code'`, n, of)} AND ${isValue(test, VALUE, n, of)})`,
  );
  return sql`(${each} AND EXISTS (SELECT FROM
    (SELECT DISTINCT d.p ->> 'id' AS id FROM jsonb_array_elements(c.property) d(p) WHERE d.p ? 'id') g WHERE ${all(inGroup)}))`;
}

const VALUE = sql`coalesce(q.p ->> 'valueCode', q.p #>> '{valueCoding,code}', q.p ->> 'valueString', q.p ->> 'valueInteger',
  q.p ->> 'valueBoolean', q.p ->> 'valueDateTime', q.p ->> 'valueDecimal', '')`;

function byIndex(test: AttributeTest, n: number, of: (term: Term) => Sql): Sql {
  return sql`c.n IN (SELECT p.n FROM concept_property p WHERE p.system = ${literal(n)}
    AND ${isNamed(test, sql`p.property`, n, of)} AND ${isValue(test, sql`p.value`, n, of)})`;
}

function isNamed({ name }: AttributeTest, column: Sql, n: number, of: (term: Term) => Sql): Sql {
  const single = singleCode(name);
  return single === undefined ? among(column, name, n, of) : sql`${column} = ${single}`;
}

function isValue({ value, isNot }: AttributeTest, column: Sql, n: number, of: (term: Term) => Sql): Sql {
  if (!('kind' in value)) return compared(value, column);
  const single = singleCode(value);
  const is =
    single === undefined
      ? among(column, value, n, of)
      : sql`(left(${column}, 200) = left(${single}, 200) AND ${column} = ${single})`;
  return isNot ? sql`NOT ${is}` : is;
}

function among(column: Sql, term: Term, n: number, of: (term: Term) => Sql): Sql {
  return sql`(${column} IN (SELECT c.code FROM concept c WHERE c.system = ${literal(n)} AND ${of(term)}))`;
}

function compared(test: ValueTest, column: Sql): Sql {
  if ('text' in test) return test.comparison === '=' ? sql`${column} = ${test.text}` : sql`${column} <> ${test.text}`;
  const number = sql`CASE WHEN ${column} ~ '^-?[0-9]{1,30}([.][0-9]{1,30})?$' THEN (${column})::numeric END`;
  const value = sql`${String(test.number)}::numeric`;
  return sql`(${number} ${COMPARED[test.comparison]} ${value}) IS TRUE`;
}

const COMPARED: Readonly<Record<ValueTest['comparison'], Sql>> = {
  '=': sql`=`,
  '!=': sql`<>`,
  '<': sql`<`,
  '<=': sql`<=`,
  '>': sql`>`,
  '>=': sql`>=`,
};

/** The only code of which a term can hold; undefined where there may be more. */
function singleCode(term: Term): string | undefined {
  const isOne = term.kind === 'filter' && term.filter.property === 'concept' && term.filter.op === '=';
  return isOne ? term.filter.value : undefined;
}

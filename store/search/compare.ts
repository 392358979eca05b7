/**
 * Comparisons that only `_filter` knows: text that ends with, numbers whose imprecision covers, dates that overlap, codes
 * without case, something unequal among several values. https://hl7.org/fhir/R4/search_filter.html#ops
 */
import { Fault, intervalOf, type SearchParameter, type Slot } from '../../resources/index.ts';
import { any, join, literal, name, type Sql, sql } from '../sql.ts';
import { impliedSystems, parseToken } from './asked-token.ts';
import { anyOf } from './combine.ts';
import { type Condition, type PlanContext, RANK } from './condition.ts';
import { type AskedDate, dateCondition, updatedCondition } from './date.ts';
import { decimalText } from './decimal.ts';
import { unescaped } from './escape.ts';
import { contactText } from './identifier.ts';
import { parseAsked } from './measure.ts';
import { normalise } from './normal.ts';
import { measureCondition } from './number.ts';
import { likeText, regexText } from './patterns.ts';
import { inSlots, placesOf } from './places.ts';
import { where as whereToken } from './token.ts';
import type { Comparison } from './tree.ts';

/**
 * The condition of a test.
 * @param value as the kinds of parameters take it, escapes still in it
 * @throws Fault `invalid-value` for a value that is none of this type
 */
export function comparedCondition(
  parameter: SearchParameter,
  operator: Comparison,
  value: string,
  context: PlanContext,
): Condition {
  switch (parameter.type) {
    case 'string':
      return stringCondition(parameter, operator, value, context);
    case 'number':
      return impreciseCondition(parameter, value, context);
    case 'date':
      return periodCondition(parameter, operator, value, context);
    default:
      return operator === 'ne' ? otherToken(parameter, value, context) : caselessToken(parameter, value, context);
  }
}

/** Without case, as all strings of the index. */
function stringCondition(
  { code, slots }: SearchParameter,
  operator: Comparison,
  value: string,
  { alias }: PlanContext,
): Condition {
  const normal = normalise(unescaped(value));
  if (normal === '') {
    throw new Fault('invalid-value', `${code} ${operator} ${value.slice(0, 80)} holds nothing to search for.`, {
      expression: code,
      hint: 'Give at least one letter or digit.',
    });
  }
  const str = name(`${alias}.str`);
  const tags = [...new Set(slots.map(({ tag }) => tag!))];
  const marked = `\\^(?:${tags.join('|')}):`;
  switch (operator) {
    case 'eq': {
      const test = any(tags.map((tag) => sql`${str} LIKE ${`%^${tag}:${likeText(normal)}^%`}`));
      return { filter: sql`(${test} IS TRUE)`, driver: { rank: RANK.string, where: test } };
    }
    case 'ew': {
      const test = sql`${str} ~ ${`${marked}[^^]*${regexText(normal)}\\^`}`;
      return { filter: sql`((${test}) IS TRUE)`, driver: { rank: RANK.string, where: test } };
    }
    case 'ne':
      return { filter: sql`((${str} ~ ${`${marked}(?!${regexText(normal)}\\^)`}) IS TRUE)` };
    default: {
      const values = sql`regexp_matches(${str}, ${`${marked}([^^]*)`}, 'g') m`;
      const test = sql`(m[1] COLLATE "C") ${ORDERED[operator as keyof typeof ORDERED]} ${normal}`;
      return { filter: sql`((SELECT true FROM ${values} WHERE ${test} LIMIT 1) IS TRUE)` };
    }
  }
}

const ORDERED = { gt: sql`>`, lt: sql`<`, ge: sql`>=`, le: sql`<=` };

/** Numbers that, by the digits in which they are stored, may stand for the one asked for. */
function impreciseCondition(parameter: SearchParameter, value: string, { alias }: PlanContext): Condition {
  const v = sql`${decimalText(parseAsked(value, parameter.code).value)}::numeric`;
  const covers = (low: string, high: string) =>
    sql`(${v} >= ${name(low)} - ${half(low)} AND ${v} < ${name(high)} + ${half(high)})`;
  return measureCondition(placesOf(parameter), alias, {
    inColumn: (of) => covers(`${of}.num`, `${of}.num`),
    inRow: covers('x.lo', 'x.hi'),
    isClosed: true,
  });
}

/** Half of the last digit that is written; nothing for an end that is open. */
function half(column: string): Sql {
  return sql`coalesce(5 * (10::numeric ^ (-1 - scale(${name(column)}))), 0)`;
}

function periodCondition(
  parameter: SearchParameter,
  operator: Comparison,
  value: string,
  context: PlanContext,
): Condition {
  const interval = intervalOf(value, context.zone);
  if (!interval) {
    throw new Fault('invalid-value', `${parameter.code} ${operator} ${value.slice(0, 80)} is not a date.`, {
      expression: parameter.code,
      hint: 'Write 2024, 2024-05, 2024-05-17 or 2024-05-17T10:00:00Z (a + in a URL is %2B).',
    });
  }
  const asked: AskedDate[] = [{ prefix: operator === 'co' ? 'co' : 'po', ...interval }];
  return parameter.code === '_lastUpdated'
    ? updatedCondition(asked, context)
    : dateCondition(parameter, asked, context);
}

/** The token as it is written, by its hash, or in other letters, as the dictionary of the distinct codes has them. */
function caselessToken(parameter: SearchParameter, value: string, context: PlanContext): Condition {
  const exact = whereToken(parameter, [value], undefined, context);
  const { system, code } = parseToken(value, parameter.code);
  const listed = parameter.slots.filter(isListed);
  if (listed.length === 0 || code === undefined) return exact;
  const others = listed.map((slot) => {
    const { same, exactly } = written(slot, system, code);
    return sql`(${inSlots('d.k', [slot.k])} AND ${same} AND NOT ${exactly})`;
  });
  const among = holdsOneOf(any(others), context);
  return anyOf([exact, { filter: sql`((${among}) IS TRUE)`, driver: { rank: RANK.token, where: among } }], context);
}

/** A row with a token of which the dictionary says this. */
function holdsOneOf(test: Sql, { alias, typeNumber }: PlanContext): Sql {
  const tokens = sql`SELECT d.tok FROM dict d WHERE d.type = ${literal(typeNumber)} AND ${test}`;
  return sql`${name(`${alias}.h`)} && array(${tokens})`;
}

/** Whether an entry of the dictionary is this token, in whatever letters, and in these very letters. */
function written(slot: Slot, system: string | undefined, code: string | undefined): { same: Sql; exactly: Sql } {
  const has = (pattern: string) => ({
    same: sql`(lower(d.v) LIKE lower(${pattern}))`,
    exactly: sql`(d.v LIKE ${pattern})`,
  });
  if (!isCoded(slot)) {
    // Plain codes stand without a system, which is that of their element.
    const isOfAnother = system !== undefined && system !== '' && impliedSystems(slot)?.includes(system) === false;
    if (isOfAnother) return { same: sql`false`, exactly: sql`false` };
    return has(code === undefined ? '%' : likeText(code));
  }
  if (code === undefined) return has(`${likeText(system!)}|%`);
  return has(system === undefined ? `%|${likeText(code)}` : `${likeText(system)}|${likeText(code)}`);
}

/** Some coding, code or identifier is there that is another one. */
function otherToken(parameter: SearchParameter, value: string, context: PlanContext): Condition {
  const { system, code } = parseToken(value, parameter.code);
  const tests: Sql[] = [];
  const listed = parameter.slots.filter(isListed);
  if (listed.length > 0) {
    const others = listed.map((slot) => sql`(${inSlots('d.k', [slot.k])} AND NOT ${written(slot, system, code).same})`);
    // Displays of codes are entries of slots of their own.
    tests.push(holdsOneOf(any(others), context));
  }
  const kept = parameter.slots.filter(isKept);
  if (kept.length > 0) tests.push(otherIdentifier(kept, system, code, context));
  if (listed.length + kept.length < parameter.slots.length) {
    throw new Fault('invalid-value', `${parameter.code} has values that cannot be compared with ne.`, {
      expression: parameter.code,
      hint: `Write not (${parameter.code} eq …), which resources without a value hold too.`,
    });
  }
  return { filter: sql`(${any(tests)} IS TRUE)` };
}

function otherIdentifier(
  slots: readonly Slot[],
  system: string | undefined,
  code: string | undefined,
  { alias }: PlanContext,
): Sql {
  const forms = code === undefined ? [] : [...new Set([code, contactText(code)])];
  const parts = [
    ...(code === undefined ? [] : [sql`x.v = any(${forms}::text[])`]),
    ...(system === undefined ? [] : [sql`coalesce(x.s, '') = ${system}`]),
  ];
  const rows = sql`x_id x WHERE x.rid = ${name(`${alias}.rid`)} AND ${inSlots(
    'x.k',
    slots.map(({ k }) => k),
  )}`;
  return sql`(SELECT true FROM ${rows} AND NOT (${join(parts, sql` AND `)}) LIMIT 1)`;
}

function isListed(slot: Slot): boolean {
  return isCoded(slot) || slot.fhirTypes.some((type) => type === 'code' || type === 'boolean');
}

function isCoded({ fhirTypes }: Slot): boolean {
  return fhirTypes.some((type) => type === 'CodeableConcept' || type === 'Coding');
}

function isKept({ fhirTypes }: Slot): boolean {
  return fhirTypes.some((type) => type === 'Identifier' || type === 'ContactPoint');
}

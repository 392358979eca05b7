/**
 * `:in`, `:not-in`, `:above` and `:below` of tokens: sets of codes joined with the distinct codes of a slot.
 * https://hl7.org/fhir/R4/search.html#token
 */
import { Fault, type SearchParameter, type Slot } from '../../resources/index.ts';
import { join, literal, name, type Sql, sql } from '../sql.ts';
import { conceptCondition } from '../terminology/condition.ts';
import { fromEach } from './among.ts';
import { impliedSystems, parseToken } from './asked-token.ts';
import { type CodeSet, type CodeSetQuestion, type CodeSetTable, questionKey } from './code-sets.ts';
import { type Condition, type PlanContext, RANK } from './condition.ts';
import { unescaped } from './escape.ts';
import { FLAG } from './index-values.ts';
import { inSlots } from './places.ts';
import type { Criterion } from './tree.ts';

/** Everything that these criteria, and those inside them, ask of the terminology. @throws Fault `invalid-value` */
export function codeSetQuestions(criteria: readonly Criterion[]): CodeSetQuestion[] {
  return criteria.flatMap((criterion) => {
    switch (criterion.kind) {
      case 'values':
        return questionsOf(criterion);
      case 'chain':
        return codeSetQuestions([...criterion.targets.values()]);
      case 'has':
        return codeSetQuestions([criterion.inner]);
      case 'and':
      case 'or':
      case 'contains':
        return codeSetQuestions(criterion.of);
      case 'not':
        return codeSetQuestions([criterion.of]);
      default:
        return [];
    }
  });
}

/** Whether a modifier of a token parameter asks for a set of codes. */
export function asksForCodes(modifier: string | undefined): modifier is 'in' | 'not-in' | 'above' | 'below' {
  return modifier === 'in' || modifier === 'not-in' || modifier === 'above' || modifier === 'below';
}

/** Reading side: rows with a code of one of the sets; `:not-in` all others, those without a code too, as R4 says of `:not`. */
export function codesCondition(
  parameter: SearchParameter,
  values: readonly string[],
  modifier: 'in' | 'not-in' | 'above' | 'below',
  context: PlanContext,
): Condition {
  const sets = values.map((value) => setOf(questionOf(parameter, modifier, value), context));
  const condition = inSets(
    parameter.slots.filter(({ fhirTypes }) => fhirTypes.some((type) => CODED.has(type))),
    sets,
    context,
  );
  return modifier === 'not-in' ? { filter: sql`(${condition.filter} IS NOT TRUE)` } : condition;
}

const CODED: ReadonlySet<string> = new Set(['CodeableConcept', 'Coding', 'code']);

function questionsOf({ by, modifier, values, place }: Extract<Criterion, { kind: 'values' }>): CodeSetQuestion[] {
  if (!asksForCodes(modifier)) return [];
  return [...by.values()].flatMap((parameter) =>
    parameter.type === 'token' ? values.map((value) => questionOf(parameter, modifier, value, place)) : [],
  );
}

function questionOf(
  { code: parameter, slots }: SearchParameter,
  modifier: 'in' | 'not-in' | 'above' | 'below',
  value: string,
  expression = `${parameter}:${modifier}`,
): CodeSetQuestion {
  if (modifier === 'in' || modifier === 'not-in') return { kind: 'in', valueSet: unescaped(value), expression };
  const { system = impliedSystem(slots), code } = parseToken(value, expression);
  if (system && code !== undefined) return { kind: modifier, system, code, expression };
  throw new Fault('invalid-value', `${expression}=${value.slice(0, 80)} does not name a code of a code system.`, {
    expression,
    hint: 'Write system|code.',
  });
}

/** The one system that all plain codes of a parameter are from. */
function impliedSystem(slots: readonly Slot[]): string | undefined {
  const systems = new Set(slots.flatMap((slot) => impliedSystems(slot) ?? ['']));
  const [only] = systems;
  return systems.size === 1 && only !== '' ? only : undefined;
}

function setOf(question: CodeSetQuestion, { codeSets }: PlanContext): CodeSet {
  const set = codeSets?.get(questionKey(question));
  if (set) return set;
  throw new Fault(
    'not-supported',
    `${question.expression} can be asked in searches only, not as a criterion of a write.`,
    {
      expression: question.expression,
      hint: 'Search first, and write by id; or name the codes themselves.',
    },
  );
}

function inSets(slots: readonly Slot[], sets: readonly CodeSet[], context: PlanContext): Condition {
  const { alias, typeNumber, among } = context;
  const tokens = tokensOf(slots, sets, typeNumber);
  const h = name(`${alias}.h`);
  // A list of thousands of tokens compared with another would take them pair by pair; this looks them up.
  const inTokens = sql`((SELECT true FROM unnest(${h}) t WHERE t IN (${tokens}) LIMIT 1) IS TRUE)`;
  const [slot] = slots;
  if (slots.length > 1 || slot!.hot !== 'code1') {
    return { filter: inTokens, driver: { rank: RANK.token, where: sql`${h} && array(${tokens})` } };
  }
  const isFirst = sql`r.type = ${literal(typeNumber)} AND r.code1 = any(q.all_of_them)`;
  const firsts = fromEach(among, (table) => sql`SELECT r.rid FROM ${table} r WHERE ${isFirst}`);
  const isOther = sql`(${name(`${alias}.fl`)} & ${literal(FLAG.codeMore)} <> 0 AND ${inTokens})`;
  return {
    filter: sql`((${name(`${alias}.code1`)} IN (${tokens}) OR ${isOther}) IS TRUE)`,
    // One array for both, since making it is most of the work where sets are large (10,000 codes: 4 ms).
    driver: {
      rank: RANK.token,
      rids: sql`SELECT u.rid FROM (SELECT array(${tokens}) AS all_of_them OFFSET 0) q CROSS JOIN LATERAL (
        ${firsts}
        UNION ALL SELECT x.rid FROM x_tok x WHERE x.k = ${literal(slot!.k)} AND x.c = any(q.all_of_them)) u`,
    },
  };
}

/** The tokens of those distinct codes of the slots that are in the sets, as a SELECT. */
function tokensOf(slots: readonly Slot[], sets: readonly CodeSet[], typeNumber: number): Sql {
  const numbers = [...new Set(sets.map(({ n }) => n))];
  const from = sql`SELECT d.tok FROM code_set_code c JOIN dict d ON d.type = ${literal(typeNumber)}`;
  const isIn =
    numbers.length === 1 ? sql`WHERE c.set = ${numbers[0]}::int8` : sql`WHERE c.set = any(${numbers}::int8[])`;
  const codings = slots.filter(({ fhirTypes }) => fhirTypes.some((type) => type !== 'code'));
  const plain = slots.filter(({ fhirTypes }) => fhirTypes.includes('code'));
  const selects: Sql[] = plain.map((slot) => {
    const systems = impliedSystems(slot);
    const ofSystem = systems === undefined ? sql`` : sql` AND c.system = any(${systems}::text[])`;
    return sql`${from} AND ${inSlots('d.k', [slot.k])} AND d.v = c.code ${isIn}${ofSystem}`;
  });
  if (codings.length > 0) {
    const inThem = inSlots(
      'd.k',
      codings.map(({ k }) => k),
    );
    selects.push(sql`${from} AND ${inThem} AND left(d.v, 300) = left(c.v, 300) AND d.v = c.v ${isIn}`);
    if (sets.some(({ hasCaseless }) => hasCaseless)) {
      selects.push(sql`${from} AND ${inThem} AND lower(d.v) = lower(c.v) ${isIn} AND c.caseless`);
    }
  }
  const tables = sets.flatMap((set) => set.tables ?? []);
  selects.push(...tables.flatMap((table) => tokensOfTable(table, codings, plain, typeNumber)));
  return join(selects, sql` UNION ALL `);
}

/** The same of a system whose concepts stand in tables: joined with them, so that no code is copied. */
function tokensOfTable(
  { url, system, isCaseless, term, numberOf }: CodeSetTable,
  codings: readonly Slot[],
  plain: readonly Slot[],
  typeNumber: number,
): Sql[] {
  const holds = conceptCondition(term, system, isCaseless, numberOf);
  const select = (slots: readonly Slot[], code: Sql, more: Sql) => {
    const key = isCaseless ? sql`lower(${code})` : code;
    const where = inSlots(
      'd.k',
      slots.map(({ k }) => k),
    );
    return sql`SELECT d.tok FROM dict d JOIN concept c ON c.system = ${literal(system)} AND c.key = ${key}
      WHERE d.type = ${literal(typeNumber)} AND ${where}${more} AND ${holds}`;
  };
  const own = plain.filter((slot) => impliedSystems(slot)?.includes(url) ?? true);
  const prefix = `${url}|`;
  // The sign after | ends the range of the system's codes, as the index has them.
  const inRange = sql` AND left(d.v, 300) >= ${prefix} AND left(d.v, 300) < ${`${url}}`}`;
  return [
    ...(own.length > 0 ? [select(own, sql`d.v`, sql``)] : []),
    ...(codings.length > 0 ? [select(codings, sql`substr(d.v, ${prefix.length + 1}::int)`, inRange)] : []),
  ];
}

/** Search parameters of type token. https://hl7.org/fhir/R4/search.html#token */
import { Fault, type Slot } from '../../resources/index.ts';
import { any, literal, name, type Sql, sql } from '../sql.ts';
import { fromEach } from './among.ts';
import { type Asked, impliedCodes, impliedSystems, parseToken } from './asked-token.ts';
import {
  CodingCollector,
  caselessTexts,
  codeText,
  codingText,
  collectCode,
  collectDisplay,
  collectText,
  textSlot,
  textTag,
} from './coding.ts';
import { anyOf } from './combine.ts';
import { type Condition, type PlanContext, RANK, type Where } from './condition.ts';
import { splitUnescaped, unescaped } from './escape.ts';
import { collectContactPoint, collectIdentifier, contactText, idCondition, systemText } from './identifier.ts';
import type { Memory } from './memory.ts';
import { normalise } from './normal.ts';
import { likeText } from './patterns.ts';
import { inSlots } from './places.ts';
import type { Collect } from './sink.ts';
import { startsWith } from './string.ts';
import { tokenCondition } from './uri.ts';
import { codesCondition } from './value-set.ts';

/**
 * Writing side.
 * @param isClass whether scopes may name the codes of this slot
 */
export function collectToken(slot: Slot, fhirType: string, memory: Memory, isClass: boolean): Collect {
  switch (fhirType) {
    case 'CodeableConcept':
      return new CodingCollector(slot, memory, isClass).concept;
    case 'Coding':
      return new CodingCollector(slot, memory, isClass).coding;
    case 'Identifier':
      return collectIdentifierWithText(slot, memory);
    case 'ContactPoint':
      return collectContactPoint(slot, memory);
    case 'code':
    case 'boolean':
      return collectCode(slot, memory);
    default:
      return collectText(slot, fhirType);
  }
}

/** Reading side: `code`, `system|code`, `|code`, `system|`; `:not`, `:text`, `:of-type`, `:in`, `:not-in`, `:above`, `:below`. */
export const where: Where = (parameter, values, modifier, context) => {
  const { code, slots } = parameter;
  switch (modifier) {
    case 'text':
      return textCondition(slots, values, context, code);
    case 'of-type':
      return anyOf(
        values.map((value) => ofTypeCondition(slots, value, context, code)),
        context,
      );
    case 'not': {
      const { filter } = valuesCondition(slots, values, context, code);
      return { filter: sql`(${filter} IS NOT TRUE)` };
    }
    case 'in':
    case 'not-in':
    case 'above':
    case 'below':
      return codesCondition(parameter, values, modifier, context);
    default:
      return valuesCondition(slots, values, context, code);
  }
};

function valuesCondition(
  slots: readonly Slot[],
  values: readonly string[],
  context: PlanContext,
  code: string,
): Condition {
  const asked = values.map((value) => parseToken(value, code));
  const conditions: Condition[] = [];
  const tokens = asked.flatMap((one) => slots.flatMap((slot) => tokensOf(slot, one, context)));
  if (tokens.length > 0) conditions.push(hotCondition(slots, asked, tokens, context));
  const inRows = slots.filter((slot) => has(slot, 'Identifier', 'ContactPoint')).map(({ k }) => k);
  if (inRows.length > 0) {
    for (const { system, code: value } of asked) {
      if (value === undefined) continue;
      for (const written of writtenForms(slots, value)) {
        conditions.push(idCondition(inRows, { value: written, system: system === '' ? null : system }, context));
      }
    }
  }
  return conditions.length === 0 ? { filter: sql`false` } : anyOf(conditions, context);
}

/** Contact points are kept in one form of the many that people write. */
function writtenForms(slots: readonly Slot[], value: string): string[] {
  return slots.some((slot) => has(slot, 'ContactPoint')) ? [...new Set([value, contactText(value)])] : [value];
}

/** All tokens of `h` of which a resource that matches has one. */
function tokensOf(slot: Slot, { system, code }: Asked, { hash }: PlanContext): bigint[] {
  const tokens: bigint[] = [];
  const isCoded = has(slot, 'CodeableConcept', 'Coding');
  const isPlain = has(slot, 'code', 'boolean', 'id', 'string', 'uri');
  if (code === undefined) {
    if (isCoded || has(slot, 'Identifier', 'ContactPoint')) tokens.push(hash(systemText(slot, system!)));
    if (isPlain && isSystemOf(slot, system!))
      for (const one of impliedCodes(slot)) tokens.push(hash(codeText(slot, one)));
    return tokens;
  }
  if (has(slot, 'string')) tokens.push(hash(codeText(slot, code.toLowerCase())));
  if (system === undefined) {
    if (isCoded) tokens.push(...caselessTexts(slot, code).map(hash));
    return isCoded || isPlain ? [...tokens, hash(codeText(slot, code))] : tokens;
  }
  if (isCoded) tokens.push(hash(codingText(slot, system === '' ? undefined : system, code)));
  if (isPlain && (system === '' || isSystemOf(slot, system))) tokens.push(hash(codeText(slot, code)));
  return tokens;
}

/** Whether a plain code may be one of this system. */
function isSystemOf(slot: Slot, system: string): boolean {
  const systems = impliedSystems(slot);
  return systems === undefined ? has(slot, 'code') : systems.includes(system);
}

/**
 * A frequent code has its column: GIN would collect all its rows before the first can be used, the btree stops when
 * there are enough. Codings beyond the first stand in x_tok.
 */
function hotCondition(
  slots: readonly Slot[],
  asked: readonly Asked[],
  tokens: readonly bigint[],
  context: PlanContext,
): Condition {
  const condition = tokenCondition(tokens, context);
  const [slot] = slots;
  const isCode = asked.every(({ code }) => code !== undefined);
  if (slots.length > 1 || slot!.hot !== 'code1' || !isCode) return condition;
  const isWhole = asked.every(({ system }) => system !== undefined);
  const values = isWhole ? [...new Set(tokens)] : undefined;
  const bare = isWhole ? undefined : codingsOf(slot!, asked, context);
  const list = bare ? sql`array(SELECT ${bare} UNION SELECT unnest(${tokens}::int8[]))` : sql`${tokens}::int8[]`;
  // `system|a|b` may be the code b of a system with a bar, or a code with a bar.
  const isDoubtful = bare && sql`EXISTS (SELECT ${bare} AND d.v LIKE '%|%|%')`;
  const isFirst = sql`r.type = ${literal(context.typeNumber)} AND r.code1 = any(${list})`;
  const firsts = fromEach(context.among, (table) => sql`SELECT r.rid FROM ${table} r WHERE ${isFirst}`);
  const rids = sql`${firsts} UNION ALL SELECT x.rid FROM x_tok x WHERE x.k = ${literal(slot!.k)} AND x.c = any(${list})`;
  const { rows } = condition.driver!;
  const driver = { rank: RANK.token, rids, ...(rows !== undefined && { rows }) };
  return {
    filter: condition.filter,
    driver,
    hot: { column: 'code1', values, list, k: slot!.k, ...(isDoubtful && { isDoubtful }) },
  };
}

/**
 * What is selected of the tokens of codings, for codes of which some are asked for in any system: the distinct codes that are stored tell in
 * which there are. What ends like the code after its last bar is found by an index, whatever bars it has.
 */
function codingsOf({ k }: Slot, asked: readonly Asked[], { typeNumber }: PlanContext): Sql {
  const codes = asked.flatMap(({ system, code }) => (system === undefined ? [code!] : []));
  const patterns = codes.map((code) => `%|${likeText(code)}`);
  return sql`d.tok FROM dict d WHERE d.type = ${literal(typeNumber)} AND d.k = ${literal(k)}
    AND left(split_part(d.v, '|', -1), 100) = any(${codes.map(lastPart)}::text[]) AND d.v LIKE any(${patterns}::text[])`;
}

function lastPart(code: string): string {
  return [...code.slice(code.lastIndexOf('|') + 1)].slice(0, 100).join('');
}

/** Displays stand in the dictionary, texts of concepts that say something else in the resource's own text. */
function textCondition(
  slots: readonly Slot[],
  values: readonly string[],
  { alias, typeNumber }: PlanContext,
  code: string,
): Condition {
  const normals = values.map((value) => normalise(unescaped(value)));
  if (normals.includes('')) {
    throw new Fault('invalid-value', `${code}:text holds nothing to search for.`, { expression: `${code}:text` });
  }
  const displays = sql`SELECT d.tok FROM dict d WHERE d.type = ${literal(typeNumber)}
    AND ${inSlots('d.k', slots.map(textSlot))} AND ${any(normals.map((normal) => sql`d.norm LIKE ${`${likeText(normal)}%`}`))}`;
  const isDisplay: Sql = sql`${name(`${alias}.h`)} && array(${displays})`;
  const isText = any(normals.map((normal) => startsWith(slots.map(textTag), normal, alias)));
  const test = any([isDisplay, isText]);
  return { filter: sql`(${test} IS TRUE)`, driver: { rank: RANK.string, where: test } };
}

/** With what its type is called, for `:text`. */
function collectIdentifierWithText(slot: Slot, memory: Memory): Collect {
  const add = collectIdentifier(slot, memory, true);
  const addText = collectDisplay(slot, memory);
  return (identifier, sink) => {
    add(identifier, sink);
    if (typeof identifier.type?.text === 'string') addText(identifier.type.text, sink);
  };
}

function ofTypeCondition(slots: readonly Slot[], text: string, context: PlanContext, code: string): Condition {
  const [system, typeCode, value, ...more] = splitUnescaped(text, '|').map(unescaped);
  if (!system || !typeCode || !value || more.length > 0) {
    throw new Fault('invalid-value', `${code}:of-type=${text.slice(0, 80)} does not have three parts.`, {
      expression: `${code}:of-type`,
      hint: 'Write system|code|value: system and code of the type of the identifier, then its value.',
    });
  }
  const inRows = slots.filter((slot) => has(slot, 'Identifier')).map(({ k }) => k);
  return idCondition(inRows, { value, system: undefined, type: { system, code: typeCode } }, context);
}

function has({ fhirTypes }: Slot, ...wanted: readonly string[]): boolean {
  return wanted.some((type) => fhirTypes.includes(type));
}

/**
 * Composite parameters: values that stand together in one element. https://hl7.org/fhir/R4/search.html#combining
 *
 * A composite on an element that stands only once (`code-value-quantity` of Observation) is the AND of its parts. One on
 * a repeating element has index rows of its own: pairs of tokens as one token, a number with the hashes of its code
 * beside it. Composites that pair the same parts of the same element share them.
 */
import {
  type Component,
  type Digits,
  Fault,
  parseReference,
  type SearchParameter,
  type Slot,
  searchParameters,
  writtenNumber,
} from '../../resources/index.ts';
import { literal, name, type Sql, sql } from '../sql.ts';
import { allOf, anyOf } from './combine.ts';
import { type Condition, type PlanContext, RANK, type Where } from './condition.ts';
import * as date from './date.ts';
import { splitUnescaped, unescaped } from './escape.ts';
import type { NumRow } from './index-values.ts';
import { type Measure, parseAsked, rangeMatches } from './measure.ts';
import * as number from './number.ts';
import { codesAt, partsAt } from './parts.ts';
import * as quantity from './quantity.ts';
import * as string from './string.ts';
import * as token from './token.ts';

type Hash = (text: string) => bigint;

/** What the index keeps of one element. */
export interface CompositeValues {
  readonly tokens: readonly bigint[];
  readonly rows: readonly NumRow[];
}

const NOTHING: CompositeValues = { tokens: [], rows: [] };

/**
 * Writing side: one element of a composite's slot.
 * @param el which of the elements it is, from 0
 */
export function compositeValues(
  parameter: SearchParameter,
  slot: Slot,
  element: unknown,
  resource: unknown,
  el: number,
  digits: Digits | undefined,
  hash: Hash,
): CompositeValues {
  const k = rowSlot(parameter, slot);
  if (slot.single || k !== slot.k) return NOTHING;
  const [first, ...others] = componentsOf(parameter, slot);
  const codes = partsOf(first!, element, resource).flatMap(codesAt);
  if (codes.length === 0) return NOTHING;
  if (!isMeasured(others[0]!)) {
    const rights = others.flatMap((component) => formsAt(component, element, resource));
    const lefts = codes.flatMap(formsOf);
    return { tokens: lefts.flatMap((left) => rights.map((right) => hash(pairText(k, left, right)))), rows: [] };
  }
  const rows = others.flatMap((component, nth) =>
    measuresAt(component, element, resource, digits, hash).flatMap(({ open, ...measure }) =>
      codes.map(({ system, code }) => ({
        k,
        el: el * others.length + nth,
        c: hash(codeText(code)),
        cs: hash(codeText(code, system)),
        ...measure,
        s: open,
      })),
    ),
  );
  return { tokens: [], rows };
}

/** Reading side: `code$value`. */
export const where: Where = (parameter, values, _modifier, context) =>
  anyOf(
    values.flatMap((value) => {
      const parts = splitUnescaped(value, '$');
      if (parts.length !== parameter.components!.length || parts.includes('')) throw badParts(parameter, value);
      return parameter.slots.map((slot) => whereSlot(parameter, slot, parts, context));
    }),
    context,
  );

function whereSlot(parameter: SearchParameter, slot: Slot, parts: readonly string[], context: PlanContext): Condition {
  const components = componentsOf(parameter, slot);
  if (slot.single) return allOf(components.map((one, index) => whereComponent(slot, one, parts[index]!, context)));
  const k = rowSlot(parameter, slot);
  const code = parseCode(parts[0]!, parameter.code);
  if (!isMeasured(components[1]!)) return whereTokens(k, code, components[1]!, parts[1]!, context);
  const tests = components.slice(1).map((one, index) => measureTest(one, parts[index + 1]!, `x${index}`, context));
  const rows = sql`x_num x0 ${tests[1] ? sql`JOIN x_num x1 ON x1.rid = x0.rid AND x1.k = x0.k AND x1.el = x0.el + 1 AND x1.c = x0.c` : sql``}
    WHERE x0.k = ${literal(k)} AND x0.el % ${literal(tests.length)} = 0 AND x0.c = ${context.hash(codeText(code.code))}::int8
      AND ${code.system === undefined ? sql`true` : sql`x0.cs = ${context.hash(codeText(code.code, code.system))}::int8`}
      AND ${tests[0]!} AND ${tests[1] ?? sql`true`}`;
  return {
    filter: sql`((SELECT true FROM ${rows} AND x0.rid = ${name(`${context.alias}.rid`)} LIMIT 1) IS TRUE)`,
    driver: { rank: RANK.closedRange, rids: sql`SELECT x0.rid FROM ${rows}` },
  };
}

/**
 * The parts of a composite with the parameters that are on their elements: R4 itself names them the wrong way round for
 * DocumentReference.relationship.
 */
function componentsOf({ base, code, components }: SearchParameter, slot: Slot): readonly Component[] {
  const key = `${base}.${code} ${slot.k}`;
  let found = resolved.get(key);
  if (!found) {
    const parameters = searchParameters(base);
    found = components!.map((component) => {
      const paths = pathsOf(slot, component);
      const isThere = (one: SearchParameter | undefined) =>
        one?.slots.some(({ steps }) => paths.includes(pathOf(steps)));
      if (isThere(parameters.get(component.code))) return component;
      const other = [...parameters.values()].find((one) => one.type !== 'composite' && isThere(one));
      return other ? { ...component, code: other.code, type: other.type, targets: other.targets } : component;
    });
    resolved.set(key, found);
  }
  return found;
}

const resolved = new Map<string, readonly Component[]>();

function pathsOf(slot: Slot, { paths }: Component): string[] {
  return paths.map(({ fromResource, steps }) => pathOf(fromResource ? steps : [...slot.steps, ...steps]));
}

/** A part of a composite on an element that stands once: its own parameter, on the places inside this element only. */
function whereComponent(slot: Slot, component: Component, text: string, context: PlanContext): Condition {
  const parameter = searchParameters(context.type).get(component.code)!;
  const paths = pathsOf(slot, component);
  const slots = parameter.slots.filter((one) => paths.includes(pathOf(one.steps)));
  return KINDS[component.type as keyof typeof KINDS].where({ ...parameter, slots }, [text], undefined, context);
}

const KINDS = { token, string, date, number, quantity };

function pathOf(steps: Slot['steps']): string {
  return steps.flatMap((step) => (step.kind === 'child' ? [step.name] : [])).join('.');
}

function whereTokens(k: number, code: Code, component: Component, text: string, context: PlanContext): Condition {
  const left = formOf(code);
  const rights =
    component.type === 'reference'
      ? referenceForms(component, text, context)
      : [formOf(parseCode(text, component.code))];
  const tokens = rights.map((right) => context.hash(pairText(k, left, right)));
  const h = name(`${context.alias}.h`);
  return {
    filter: sql`((${h} && ${tokens}::int8[]) IS TRUE)`,
    driver: { rank: RANK.token, where: sql`${h} && ${tokens}::int8[]` },
  };
}

function measureTest({ type, code }: Component, text: string, alias: string, { hash }: PlanContext): Sql {
  const column = (suffix: string) => `${alias}.${suffix}`;
  const range = { lo: column('lo'), hi: column('hi'), ends: column('s') };
  if (type === 'number') return rangeMatches(parseAsked(text, code), range, (value) => value);
  const columns = {
    ...range,
    clo: column('clo'),
    chi: column('chi'),
    cu: column('cu'),
    uu: column('uu'),
    uc: column('uc'),
  };
  return quantity.quantityMatches(quantity.parseQuantity(text, code), columns, hash);
}

/** The number under which the rows of a slot stand: the least of the composites that pair the same parts. */
function rowSlot({ base }: SearchParameter, slot: Slot): number {
  let numbers = rowSlots.get(base);
  if (!numbers) {
    const least = new Map<string, number>();
    const composites = [...searchParameters(base).values()].filter(({ components }) => components);
    const all = composites.flatMap((one) => one.slots.map((its) => ({ k: its.k, parts: partsText(one, its) })));
    for (const { k, parts } of all) least.set(parts, Math.min(k, least.get(parts) ?? k));
    numbers = new Map(all.map(({ k, parts }) => [k, least.get(parts)!]));
    rowSlots.set(base, numbers);
  }
  return numbers.get(slot.k)!;
}

const rowSlots = new Map<string, ReadonlyMap<number, number>>();

function partsText({ components }: SearchParameter, slot: Slot): string {
  return JSON.stringify([slot.steps, components!.map(({ type, paths }) => [type, paths])]);
}

function partsOf(component: Component, element: unknown, resource: unknown) {
  return component.paths.flatMap(({ fromResource, steps }) => partsAt(fromResource ? resource : element, steps));
}

function isMeasured({ type }: Component): boolean {
  return type === 'quantity' || type === 'number';
}

function measuresAt(
  component: Component,
  element: unknown,
  resource: unknown,
  digits: Digits | undefined,
  hash: Hash,
): Measure[] {
  return partsOf(component, element, resource).flatMap(({ value, holder, key, type }) => {
    if (typeof value === 'number') return number.numberMeasure(writtenNumber(holder, key, digits)) ?? [];
    return quantity.quantityMeasure(value, type ?? 'Quantity', digits, hash) ?? [];
  });
}

/** One way to ask for a token: by code, by system and code. */
type Form = string;

interface Code {
  readonly system: string | undefined;
  readonly code: string;
}

function formsOf({ system, code }: { system: string; code: string }): Form[] {
  return [formOf({ system: undefined, code }), formOf({ system, code })];
}

function formOf({ system, code }: Code): Form {
  return JSON.stringify(system === undefined ? [code] : [system, code]);
}

function formsAt(component: Component, element: unknown, resource: unknown): Form[] {
  const parts = partsOf(component, element, resource);
  if (component.type !== 'reference') return parts.flatMap(codesAt).flatMap(formsOf);
  return parts.flatMap(({ value }) => (typeof value?.reference === 'string' ? [referenceForm(value.reference)] : []));
}

function referenceForm(text: string, base?: string): Form {
  const reference = parseReference(text, base);
  return JSON.stringify(['reference', reference.kind === 'local' ? `${reference.type}/${reference.id}` : text]);
}

function referenceForms({ targets }: Component, text: string, { base }: PlanContext): Form[] {
  const written = unescaped(text);
  if (/^[A-Za-z0-9\-.]{1,64}$/.test(written)) return targets.map((type) => referenceForm(`${type}/${written}`));
  return [referenceForm(written, base)];
}

function pairText(k: number, left: Form, right: Form): string {
  return `pair|${k}|${left}|${right}`;
}

function codeText(code: string, system?: string): string {
  return `part|${JSON.stringify(system === undefined ? [code] : [system, code])}`;
}

/** @throws Fault `invalid-value` */
function parseCode(text: string, parameter: string): Code {
  const parts = splitUnescaped(text, '|').map(unescaped);
  if (parts.length > 2 || parts.at(-1) === '') {
    throw new Fault('invalid-value', `${parameter}: ${text.slice(0, 80)} is not a code.`, {
      expression: parameter,
      hint: 'Write code, system|code, or |code for one without a system.',
    });
  }
  return parts.length === 1 ? { system: undefined, code: parts[0]! } : { system: parts[0]!, code: parts[1]! };
}

function badParts({ code, components }: SearchParameter, value: string): Fault {
  return new Fault('invalid-value', `${code}=${value.slice(0, 80)} does not have ${components!.length} parts.`, {
    expression: code,
    hint: `Write ${components!.map((component) => component.code).join('$')}, for example 8480-6$gt140; a $ within a part is \\$.`,
  });
}

/** A call of an operation → its checked input. https://hl7.org/fhir/R4/operations.html#request */
import { formats, judge } from '../profiles/index.ts';
import {
  Fault,
  hasType,
  isResourceType,
  type JsonLimits,
  nearest,
  type Parsed,
  parseJson,
  spanOf,
  typeDef,
  withArticle,
} from '../resources/index.ts';
import type { Call } from './call.ts';
import { type Argument, Input, noInput, type SentResource } from './input.ts';
import { withoutGeneral } from './interaction.ts';
import type { Operation, ParameterDefinition } from './operation.ts';

/**
 * The parameters of a call: those of the URL, and those of the body, which is a Parameters resource, or the resource
 * itself where the operation takes just one.
 * @throws Fault `unknown-parameter`, `invalid-value`, `invalid-request` (missing, repeated, of another type), and what
 * parseJson and the judge say of the body
 */
export function readInput(operation: Operation, call: Call, limits: JsonLimits): Input {
  const definitions = operation.parameters.filter(({ use }) => use === 'in');
  const given = withoutGeneral(call.query).map(([name, value]) => queryArgument(definitions, name, value, operation));
  if (call.operation!.method === 'POST' && call.body !== undefined && call.body.trim() !== '') {
    given.push(...bodyArguments(operation, definitions, parseJson(call.body, limits), limits));
  }
  requireCounts(definitions, given, `$${operation.code}`, undefined);
  return new Input(given);
}

function queryArgument(
  definitions: readonly ParameterDefinition[],
  name: string,
  text: string,
  operation: Operation,
): Argument {
  const definition = definitionOf(definitions, name, name, `$${operation.code}`);
  const { type = '' } = definition;
  if (!isPrimitive(type)) {
    throw new Fault('invalid-request', `${name} is ${withArticle(type || 'group')}, which cannot stand in a URL.`, {
      expression: name,
      hint: 'Send it by POST, in a Parameters resource.',
    });
  }
  const value = primitiveOf(type, type === 'uri' ? unspaced(text) : text);
  if (value === undefined || !formats[type]!(value)) {
    throw new Fault('invalid-value', `${name}=${text.slice(0, 80)} is no ${type}.`, { expression: name });
  }
  return { definition, value, type, parts: noInput, place: name, sent: undefined };
}

/** Expressions of SNOMED CT stand in urls with their blanks, of which clients escape one layer only. */
function unspaced(text: string): string {
  return text.includes('?fhir_vs=ecl/') ? text.replace(/\s/g, '%20') : text;
}

function primitiveOf(type: string, text: string): unknown {
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : undefined;
  if (!NUMBERS.has(type)) return text;
  return /^-?\d{1,30}(\.\d{1,30})?$/.test(text) ? Number(text) : undefined;
}

function bodyArguments(
  operation: Operation,
  definitions: readonly ParameterDefinition[],
  parsed: Parsed,
  limits: JsonLimits,
): Argument[] {
  const { resourceType } = parsed.value;
  if (resourceType === 'Parameters') return parametersArguments(operation, definitions, parsed, limits);
  const takes = definitions.filter(({ type, max }) => type !== undefined && isResource(type) && max === 1);
  const [definition] = takes;
  if (takes.length !== 1 || typeof resourceType !== 'string') {
    const what = typeof resourceType === 'string' ? withArticle(resourceType.slice(0, 64)) : 'no resource';
    throw new Fault('invalid-request', `$${operation.code} expects Parameters, but the body is ${what}.`, {
      expression: 'resourceType',
      hint: `Send {"resourceType":"Parameters","parameter":[…]}; it takes ${namesOf(definitions)}.`,
    });
  }
  const sent: SentResource = { parsed: () => parsed, body: parsed.text, offset: 0 };
  const place = resourceType.slice(0, 64);
  return [resourceArgument(definition!, parsed, sent, place)];
}

function parametersArguments(
  operation: Operation,
  definitions: readonly ParameterDefinition[],
  parsed: Parsed,
  limits: JsonLimits,
): Argument[] {
  const unjudged = new Set(definitions.filter(({ isUnjudged }) => isUnjudged).map(({ name }) => name));
  requireStructure('Parameters', { value: without(parsed.value, unjudged), digits: parsed.digits });
  const list: readonly any[] = parsed.value.parameter ?? [];
  const source = { parsed, limits };
  return list.map((item, i) => argumentOf(item, ['parameter', i], definitions, `$${operation.code}`, source));
}

/** The same Parameters without the resources that the operation judges itself. */
function without(value: any, unjudged: ReadonlySet<string>): any {
  if (unjudged.size === 0 || !Array.isArray(value.parameter)) return value;
  const parameter = value.parameter.map((item: any) => {
    if (!isObject(item) || !unjudged.has(item.name as string) || !isObject(item.resource)) return item;
    const { resource, ...rest } = item;
    return rest;
  });
  return { ...value, parameter };
}

interface Source {
  readonly parsed: Parsed;
  readonly limits: JsonLimits;
}

type Way = readonly (string | number)[];

/** One item of `parameter` or `part`, whose structure was checked. */
function argumentOf(
  item: any,
  way: Way,
  definitions: readonly ParameterDefinition[],
  holder: string,
  source: Source,
): Argument {
  const where = placeOf(way);
  const definition = definitionOf(definitions, item.name, `${where}.name`, holder);
  const { name, type, parts } = definition;
  if (parts) {
    if (!Array.isArray(item.part)) throw wrong(name, 'parts', `${where}`, 'Give it `part`, and no value.');
    const inner = item.part.map((part: any, i: number) =>
      argumentOf(part, [...way, 'part', i], parts, `\`${name}\``, source),
    );
    requireCounts(parts, inner, `\`${name}\``, where);
    return { definition, value: undefined, type: '', parts: new Input(inner), place: where, sent: undefined };
  }
  if (isResource(type!)) {
    const hint = 'Give it `resource`.';
    if (!isObject(item.resource)) throw wrong(name, withArticle(type === 'Resource' ? 'resource' : type!), where, hint);
    const sent = sentPart([...way, 'resource'], source);
    const part = { value: item.resource, digits: source.parsed.digits };
    return resourceArgument(definition, part, sent, `${where}.resource`);
  }
  return valueArgument(item, definition, where);
}

function resourceArgument(
  definition: ParameterDefinition,
  part: Pick<Parsed, 'value' | 'digits'>,
  sent: SentResource,
  place: string,
): Argument {
  const { name, type, isUnjudged } = definition;
  const actual: unknown = part.value.resourceType;
  if (typeof actual !== 'string' || !isResourceType(actual)) {
    if (!isUnjudged) throw wrong(name, withArticle(type === 'Resource' ? 'resource' : type!), place);
  } else if (type !== 'Resource' && type !== 'DomainResource' && actual !== type) {
    throw wrong(name, withArticle(type!), place, `A ${actual} was sent.`);
  }
  if (!isUnjudged) requireStructure(actual as string, part, place);
  return { definition, value: part.value, type: String(actual), parts: noInput, place, sent };
}

function sentPart(way: Way, { parsed, limits }: Source): SentResource {
  // Looked for only when somebody asks: most operations work with the value.
  let span: readonly [number, number] | undefined;
  const found = () => {
    span ??= spanOf(parsed.text, way)!;
    return span;
  };
  return {
    parsed: () => parseJson(parsed.text.slice(...found()), limits),
    body: parsed.text,
    get offset() {
      return found()[0];
    },
  };
}

function valueArgument(item: any, definition: ParameterDefinition, where: string): Argument {
  const { name, type = '' } = definition;
  const member = Object.keys(item).find((key) => key.startsWith('value'));
  if (member === undefined) throw wrong(name, withArticle(type), where, `Give it \`${memberOf(type)}\`.`);
  const actual = typeOfMember(member);
  const value = item[member];
  const place = `${where}.value`;
  const taken = type === 'Element' || actual === type || isKin(actual, type);
  if (!taken) throw wrong(name, withArticle(type), place, `Give it \`${memberOf(type)}\`.`);
  if (actual !== type && type !== 'Element' && !formats[type]!(value)) {
    throw new Fault('invalid-value', `\`${name}\` is ${JSON.stringify(value).slice(0, 80)}, which is no ${type}.`, {
      expression: place,
    });
  }
  return { definition, value, type: actual, parts: noInput, place, sent: undefined };
}

function definitionOf(
  definitions: readonly ParameterDefinition[],
  name: string,
  place: string,
  holder: string,
): ParameterDefinition {
  const found = definitions.find((definition) => definition.name === name);
  if (found) return found;
  const shown = name.slice(0, 64);
  const meant = nearest(
    shown,
    definitions.map((definition) => definition.name),
  );
  const takes = definitions.length === 0 ? 'It takes none.' : `It takes ${namesOf(definitions)}.`;
  throw new Fault('unknown-parameter', `${JSON.stringify(shown)} is not a parameter of ${holder}.`, {
    expression: place === name ? shown : place,
    hint: meant ? `Did you mean \`${meant}\`?` : takes,
  });
}

function requireCounts(
  definitions: readonly ParameterDefinition[],
  given: readonly Argument[],
  holder: string,
  where: string | undefined,
): void {
  for (const { name, min, max } of definitions) {
    const same = given.filter(({ definition }) => definition.name === name);
    if (same.length < min) {
      throw new Fault('invalid-request', `The parameter \`${name}\` of ${holder} is missing.`, {
        expression: where ?? name,
      });
    }
    if (max !== '*' && same.length > max) {
      const times = max === 1 ? 'once' : `${max} times`;
      throw new Fault('invalid-request', `\`${name}\` may be given ${times} only, not ${same.length} times.`, {
        expression: same[max]!.place,
      });
    }
  }
}

/** @param place where it stands, when it is a part of something */
function requireStructure(type: string, part: Pick<Parsed, 'value' | 'digits'>, place = type): void {
  const { findings } = judge(type, part);
  const faults = findings.filter(({ severity }) => (severity ?? 'error') === 'error');
  if (faults.length === 0) return;
  const told = faults.map((fault) => ({ ...fault, expression: fault.expression?.replace(/^\w+/, place) }));
  throw new Fault(faults[0]!.kind, faults[0]!.text, { findings: told });
}

function wrong(name: string, expected: string, expression: string, hint?: string): Fault {
  return new Fault('invalid-request', `The parameter \`${name}\` must be ${expected}.`, { expression, hint });
}

/** Text may be sent as any kind of text, a date as any kind of date: what counts is what is in it. */
const KINDS: readonly ReadonlySet<string>[] = [
  new Set(['string', 'code', 'uri', 'url', 'canonical', 'id', 'oid', 'uuid', 'markdown']),
  new Set(['date', 'dateTime', 'instant']),
  new Set(['integer', 'positiveInt', 'unsignedInt', 'decimal']),
];
const NUMBERS = KINDS[2]!;

function isKin(one: string, other: string): boolean {
  return KINDS.some((kind) => kind.has(one) && kind.has(other));
}

function isPrimitive(type: string): boolean {
  return Object.hasOwn(formats, type);
}

function isResource(type: string): boolean {
  return type === 'Resource' || type === 'DomainResource' || isResourceType(type);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `valueCodeableConcept` → `CodeableConcept`, `valueCode` → `code`. */
function typeOfMember(member: string): string {
  const name = member.slice('value'.length);
  return hasType(name) && typeDef(name).kind !== 'primitive' ? name : name[0]!.toLowerCase() + name.slice(1);
}

function memberOf(type: string): string {
  return type === 'Element' ? 'value[x]' : `value${type[0]!.toUpperCase()}${type.slice(1)}`;
}

function placeOf(way: Way): string {
  return way.reduce<string>((path, step) => path + (typeof step === 'number' ? `[${step}]` : `.${step}`), 'Parameters');
}

function namesOf(definitions: readonly ParameterDefinition[]): string {
  return definitions.map(({ name }) => name).join(', ');
}

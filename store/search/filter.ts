/**
 * `_filter`: a tree of tests → the same tree of conditions that other parameters become.
 * https://hl7.org/fhir/R4/search_filter.html
 */
import {
  Fault,
  isResourceType,
  modifiersOf,
  ownParameters,
  type ParameterSource,
  type SearchKind,
  type SearchParameter,
} from '../../resources/index.ts';
import { byType, DEPTH_MAX, referring, targetsOf } from './criterion.ts';
import { pairTest } from './filter-pair.ts';
import {
  type Filter,
  type FilterStep,
  type FilterTest,
  isReverse,
  type Operator,
  parseFilter,
  placeOf,
} from './filter-syntax.ts';
import { isText } from './text.ts';
import type { ByType, Comparison, Criterion } from './tree.ts';

/** Characters of one value. */
const VALUE_LENGTH_MAX = 5000;

/**
 * Reads `_filter` for resources of these types.
 * @throws Fault `invalid-value`, `unknown-parameter`, `not-supported`, `too-costly`, each with its place in the text
 */
export function filterCriterion(
  types: readonly string[],
  text: string,
  known: ParameterSource = ownParameters,
): Criterion {
  return toCriterion(parseFilter(text), { types, known }, 0);
}

/** The same fault, with where it stands. */
export function faultAt(place: string, fault: Fault): Fault {
  const [finding, ...more] = fault.findings;
  const text = `${place}: ${finding!.text}`;
  const findings = [{ ...finding!, text, expression: '_filter' }, ...more];
  return new Fault(fault.kind, text, { findings, headers: fault.headers, cause: fault });
}

/** Where a test is looked up: on which types, among which parameters. */
interface Among {
  readonly types: readonly string[];
  readonly known: ParameterSource;
}

function toCriterion(filter: Filter, among: Among, depth: number): Criterion {
  if (filter.kind === 'test') return pathCriterion(filter, filter.path, among, depth);
  if (filter.kind === 'not') return { kind: 'not', of: toCriterion(filter.of, among, depth) };
  return { kind: filter.kind, of: filter.of.map((one) => toCriterion(one, among, depth)) };
}

/** What a test says of the resources that the rest of its path begins from. */
function pathCriterion(test: FilterTest, path: readonly FilterStep[], among: Among, depth: number): Criterion {
  const [step, ...rest] = path as [FilterStep, ...FilterStep[]];
  return placed(step.at, () => {
    if (depth > DEPTH_MAX) {
      throw new Fault('too-costly', `${step.name} follows more than ${DEPTH_MAX} references.`, {
        expression: '_filter',
      });
    }
    const pair =
      rest.length === 1 && step.filter ? pairTest(among.types, step.name, step.filter, rest[0]!, test) : undefined;
    if (pair) return { kind: 'values', ...pair, modifier: undefined, place: placeOf(test.at) };
    if (isReverse(step.name)) return reverseCriterion(test, step, rest, among, depth);
    return rest.length === 0 ? leafCriterion(test, step, among) : chainCriterion(test, step, rest, among, depth);
  });
}

function reverseCriterion(
  test: FilterTest,
  step: FilterStep,
  rest: readonly FilterStep[],
  among: Among,
  depth: number,
): Criterion {
  const [, source = '', code = ''] = step.name.split(':');
  if (!isResourceType(source)) {
    throw new Fault('invalid-value', `${source.slice(0, 64)} is no resource type.`, { expression: '_filter' });
  }
  const parameter = referring(among.types, source, code, step.name, among.known);
  return { kind: 'has', source, parameter, inner: both(test, step, rest, { ...among, types: [source] }, depth) };
}

/** References are followed to every type that knows what stands behind them. */
function chainCriterion(
  test: FilterTest,
  step: FilterStep,
  rest: readonly FilterStep[],
  among: Among,
  depth: number,
): Criterion {
  const [code, modifier] = step.name.split(':') as [string, string?];
  const by = byType(among.types, code, step.name, among.known);
  const targets = new Map<string, Criterion>();
  let refusal: unknown;
  for (const type of new Set([...by.values()].flatMap((parameter) => targetsOf(parameter, modifier, step.name)))) {
    try {
      targets.set(type, both(test, step, rest, { ...among, types: [type] }, depth));
    } catch (error) {
      if (!(error instanceof Fault) || error.kind !== 'unknown-parameter') throw error;
      refusal ??= error;
    }
  }
  if (targets.size === 0) throw refusal;
  return { kind: 'chain', code, by, targets };
}

/** One and the same resource of a type holds what stands in `[…]` and the rest of the path. */
function both(
  test: FilterTest,
  { filter }: FilterStep,
  rest: readonly FilterStep[],
  among: Among,
  depth: number,
): Criterion {
  const end = pathCriterion(test, rest, among, depth + 1);
  return filter ? { kind: 'and', of: [toCriterion(filter, among, depth + 1), end] } : end;
}

function leafCriterion(test: FilterTest, step: FilterStep, among: Among): Criterion {
  const { operator } = test;
  const [code, modifier] = step.name.split(':') as [string, string?];
  if (code === '_filter' || code === '_list') {
    throw new Fault('invalid-value', `${code} is no parameter for a filter.`, {
      expression: '_filter',
      hint: `Give ${code} beside it.`,
    });
  }
  const by = byType(among.types, code, step.name, among.known);
  const [parameter] = by.values() as Iterable<SearchParameter> as [SearchParameter];
  const known: readonly Operator[] = isText(code) ? ['co'] : OPERATORS_OF[parameter.type];
  if (!known.includes(operator)) {
    throw new Fault('invalid-value', `${code} (${parameter.type}) cannot be tested with ${operator}.`, {
      expression: '_filter',
      hint: `It takes ${known.join(', ')}.`,
    });
  }
  if (modifier !== undefined) targetsOf(parameter, modifier, step.name);
  const leaf = { code, by, place: placeOf(test.at) };
  if (operator === 'pr') return { kind: 'missing', code, by, missing: !presence(test) };
  return testCriterion(leaf, parameter, operator, modifier, valueFor(parameter, test));
}

/** What R4's table of operators says of each type of parameter; it has no uri, composite and special. */
const OPERATORS_OF: Readonly<Record<SearchKind, readonly Operator[]>> = {
  string: ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'lt', 'ge', 'le', 'pr'],
  number: ['eq', 'ne', 'co', 'gt', 'lt', 'ge', 'le', 'ap', 'sa', 'eb', 'pr'],
  date: ['eq', 'ne', 'co', 'gt', 'lt', 'ge', 'le', 'ap', 'sa', 'eb', 'po', 'pr'],
  token: ['eq', 'ne', 'ss', 'sb', 'in', 'ni', 'pr'],
  reference: ['re', 'eq', 'pr'],
  quantity: ['eq', 'ne', 'gt', 'lt', 'ge', 'le', 'ap', 'sa', 'eb', 'pr'],
  uri: ['eq', 'pr'],
  composite: ['eq'],
  special: ['eq', 'pr'],
};

/** Operators that are modifiers of token parameters. A value subsumes what is below it. */
const MODIFIERS: Readonly<Partial<Record<Operator, string>>> = { ss: 'below', sb: 'above', in: 'in', ni: 'not-in' };

function testCriterion(
  leaf: { readonly code: string; readonly by: ByType; readonly place: string },
  parameter: SearchParameter,
  operator: Operator,
  type: string | undefined,
  value: string,
): Criterion {
  const values = (text: string, modifier?: string): Criterion => ({
    kind: 'values',
    ...leaf,
    modifier,
    values: [text],
  });
  const compared = (): Criterion => ({ kind: 'compared', ...leaf, operator: operator as Comparison, value });
  switch (parameter.type) {
    case 'string':
      return operator === 'sw' ? values(value) : operator === 'co' ? values(value, 'contains') : compared();
    case 'date':
      return operator === 'co' || operator === 'po' ? compared() : values(operator + value);
    case 'number':
      return operator === 'co' ? compared() : values(operator + value);
    case 'quantity':
      return values(operator + value);
    case 'token': {
      const modifier = MODIFIERS[operator];
      if (modifier !== undefined) return values(value, requireOffered(parameter, operator, modifier));
      // The id of a resource is no code of the index.
      if (parameter.slots.length > 0) return compared();
      return operator === 'ne' ? { kind: 'not', of: values(value) } : values(value);
    }
    default:
      return values(value, type);
  }
}

function requireOffered(parameter: SearchParameter, operator: Operator, modifier: string): string {
  if (modifiersOf(parameter).includes(modifier)) return modifier;
  throw new Fault('not-supported', `${parameter.code} cannot be tested with ${operator} here.`, {
    expression: '_filter',
    hint: 'Name the codes themselves: code eq system|a or code eq system|b.',
  });
}

function presence({ value, at }: FilterTest): boolean {
  if (value === 'true' || value === 'false') return value === 'true';
  throw new Fault('invalid-value', `${placeOf(at)}: pr ${value.slice(0, 80)} is not valid.`, {
    expression: '_filter',
    hint: 'Write pr true for what has a value, pr false for what has none.',
  });
}

/** Names that R4 predefines in place of the addresses of code systems. */
const SYSTEMS: Readonly<Record<string, string>> = {
  loinc: 'http://loinc.org',
  snomed: 'http://snomed.info/sct',
  rxnorm: 'http://www.nlm.nih.gov/research/umls/rxnorm',
  ucum: 'http://unitsofmeasure.org',
};

/** The value as its parameter takes it in a URL. Only where it has parts do backslashes mean anything. */
function valueFor({ type }: SearchParameter, { value }: FilterTest): string {
  if (value.length > VALUE_LENGTH_MAX) {
    throw new Fault('too-costly', `A value is longer than ${VALUE_LENGTH_MAX} characters.`, { expression: '_filter' });
  }
  const named = (text: string) => SYSTEMS[text] ?? text;
  if (type === 'token') return value.replace(/^([a-z]+)(?=\|)/, named);
  if (type === 'quantity') return value.replace(/(?<=^[^|]*\|)([a-z]+)(?=\|)/, named);
  if (type === 'string' || type === 'uri') return value.replace(/\\/g, '\\\\');
  return value;
}

/** What goes wrong is told with its place in the filter, the innermost one. */
function placed<T>(at: number, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Fault) || error.message.startsWith('_filter')) throw error;
    throw faultAt(placeOf(at), error);
  }
}

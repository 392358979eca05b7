/**
 * FHIRPath over FHIR R4: expressions compiled once, evaluated without touching the resource.
 * The one place that imports the engine. https://hl7.org/fhirpath/N1/, https://hl7.org/fhir/R4/fhirpath.html
 */
import fhirpath, { type Options, type ResourceNode } from 'fhirpath';
import r4 from 'fhirpath/fhir-context/r4';
import { Fault } from './outcome.ts';

/** Evaluates one compiled expression; `env` adds `%name` variables, `%resource` and `%rootResource` are there already. */
export type Evaluate = (resource: unknown, env?: Readonly<Record<string, unknown>>) => unknown[];

/** One step down into a resource: a JSON member (never with its underscore), and the place in its list. */
export interface Step {
  readonly key: string;
  readonly index: number | undefined;
}

/** Where an element stands, from the resource down; no steps: the resource itself. */
export type Place = readonly Step[];

/** What an expression that somebody else wrote may cost. */
export interface LocateLimits {
  readonly expressionCharactersMax: number;
  /** Intermediate results, summed over the evaluation. */
  readonly resultsMax: number;
}

export const locateLimits: LocateLimits = { expressionCharactersMax: 1000, resultsMax: 500_000 };

/**
 * Compiles an expression of ours (search parameter, invariant, operation); the 2,000 used last are kept.
 * @param type the type that the expression starts from, where it is evaluated on a part of a resource (`HumanName`).
 * @returns values as they stand in the resource; decimals are calculated exactly and come out as numbers.
 * @throws Fault `invalid-value` when the expression does not parse. The returned function throws Fault
 * `unprocessable` when it cannot be evaluated on what it is given (for example several values where one is needed).
 */
export function compile(expression: string, type?: string): Evaluate {
  const run = compiled(expression, type);
  return (resource, env) => {
    try {
      return run(resource, { resource, rootResource: resource, ...env }, quiet)
        .map(toValue)
        .filter(isPresent);
    } catch (cause) {
      throw new Fault('unprocessable', `The FHIRPath expression \`${short(expression)}\` cannot be evaluated here.`, {
        hint: 'A function or operator in it met several values where it needs one, or a value of another type.',
        cause,
      });
    }
  };
}

/**
 * Finds where the elements stand that an expression of a client's selects: pure navigation and filtering, bounded.
 * Functions that calculate text, match patterns or leave the resource are refused, because no element comes of them
 * and one crafted expression could hold the server up for minutes.
 * @returns the places in the order of the result; an element that is selected twice is told twice.
 * @throws Fault `invalid-request` (does not parse, cannot be evaluated, or yields values that are no elements of the
 * resource), `not-supported` (a function that is refused), `too-costly`.
 */
export function locate(expression: string, resource: unknown, limits: LocateLimits = locateLimits): Place[] {
  if (expression.length > limits.expressionCharactersMax) {
    throw new Fault('too-costly', `A FHIRPath of ${expression.length} characters is too long to evaluate.`, {
      hint: `At most ${limits.expressionCharactersMax} characters are taken.`,
    });
  }
  const run = compiled(expression, undefined, 'invalid-request');
  refuseOtherFunctions(parsed(expression));
  let results = 0;
  const count = (_context: unknown, _focus: unknown, result: unknown) => {
    results += 1 + (Array.isArray(result) ? result.length : 0);
    if (results > limits.resultsMax) throw new Error('budget');
  };
  let found: unknown[];
  try {
    found = run(resource, { resource, rootResource: resource }, { ...quiet, debugger: count });
  } catch (cause) {
    throw results > limits.resultsMax ? tooCostly(expression, limits) : notEvaluated(expression, cause);
  }
  return found.map((item) => toPlace(item, expression)).filter((place) => stands(place, resource));
}

/**
 * Splits `Patient.name[0].given` into the expression of the holder (`Patient.name[0]`) and the element (`given`), so
 * that a list can be named while it is still empty. The holder of a lone name is `$this`.
 * @returns undefined when the expression does not end in an element's name (`Patient.name[0]`, `Patient.name.first()`).
 * @throws Fault `invalid-request` when it does not parse.
 */
export function splitElement(path: string): { holder: string; name: string } | undefined {
  compiled(path, undefined, 'invalid-request');
  const expression = delimited(path);
  let node = parsed(path);
  while (node.type === 'EntireExpression' && node.children?.length === 1) node = node.children[0]!;
  if (node.type === 'TermExpression') node = node.children?.[0]?.children?.[0] ?? node;
  const member = node.type === 'InvocationExpression' ? node.children?.[1] : node;
  if (member?.type !== 'MemberInvocation' || !member.children?.[0]) return undefined;
  const name = member.text?.replace(/^`(.*)`$/s, '$1') ?? '';
  const start = offsetOf(expression, member);
  // The parser drops parentheses: `(Patient.name)` must not be cut inside of them.
  if (expression.slice(start + (member.text?.length ?? 0)).trim() !== '') return undefined;
  if (member === node) return { holder: '$this', name };
  const before = expression.slice(0, start).trimEnd();
  return before.endsWith('.') ? { holder: before.slice(0, -1), name } : undefined;
}

type Run = (resource: unknown, env: Record<string, unknown>, options: Options) => unknown[];

interface SyntaxNode {
  readonly type?: string;
  readonly text?: string;
  readonly start?: { line: number; column: number };
  readonly children?: SyntaxNode[];
}

const keptMax = 2000;
const runs = new Map<string, Run>();
const trees = new Map<string, SyntaxNode>();

/** Without this the engine prints what `trace()` sees, patient data included, to the console. */
export const quiet: Options = { traceFn: () => undefined };

/** Results stay nodes: otherwise the engine writes a hidden member into the resource's own objects. */
const options = { resolveInternalTypes: false, preciseMath: true, async: false } as const;

/**
 * Enough to point at one element of a list by what is in it. What compares all with all (union, distinct, repeat and
 * their like: 2.8 s for the union of 15,000 texts) is not among them, nor what matches patterns or makes texts.
 */
const navigation = new Set(
  (
    'where select first last tail skip take single ofType as is type exists all empty not count hasValue getValue ' +
    'extension startsWith endsWith contains lower upper length trim iif allTrue anyTrue allFalse anyFalse combine ' +
    'children descendants sort toString toInteger toDecimal toBoolean toDate toDateTime toTime toQuantity ' +
    'convertsToInteger convertsToDecimal convertsToDate convertsToDateTime today now'
  ).split(' '),
);

export function compiled(
  expression: string,
  type?: string,
  kind: 'invalid-value' | 'invalid-request' = 'invalid-value',
): Run {
  return keep(runs, `${type ?? ''}\n${expression}`, () => {
    try {
      const text = delimited(expression);
      return fhirpath.compile(type === undefined ? text : { base: type, expression: text }, r4, options) as Run;
    } catch (cause) {
      throw notParsed(expression, kind, cause);
    }
  });
}

export function parsed(expression: string): SyntaxNode {
  return keep(trees, expression, () => fhirpath.parse(delimited(expression)) as SyntaxNode);
}

/** @param unions whether what several paths select may be joined: the budget bounds what that costs */
export function refuseOtherFunctions(node: SyntaxNode, unions = false): void {
  const open: SyntaxNode[] = [node];
  for (let next = open.pop(); next; next = open.pop()) {
    const isRefused = next.type === 'FunctionInvocation' && !navigation.has(next.text ?? '');
    if (isRefused || (!unions && next.type === 'UnionExpression')) {
      const what = isRefused ? `function ${next.text}()` : 'operator |';
      throw new Fault('not-supported', `The FHIRPath ${what} cannot be used to point at an element.`, {
        hint: 'Use names, indexes, where(), first(), last(), single(), ofType(), extension() and comparisons.',
      });
    }
    open.push(...(next.children ?? []));
  }
}

export function isNode(item: unknown): item is ResourceNode {
  return typeof item === 'object' && item !== null && 'parentResNode' in item && 'propName' in item;
}

export function isPresent(value: unknown): boolean {
  return value !== null && value !== undefined;
}

export function toPlace(item: unknown, expression: string): Place {
  const steps: Step[] = [];
  let node: unknown = item;
  for (; isNode(node) && node.parentResNode !== null; node = node.parentResNode) {
    steps.unshift({ key: jsonKey(node, node.parentResNode), index: node.index ?? undefined });
  }
  if (isNode(node) && steps.every((step) => step.key !== '')) return steps;
  throw new Fault('invalid-request', `The FHIRPath \`${short(expression)}\` yields a value, not an element.`, {
    hint: 'Point at an element of the resource, for example `Patient.name[0].family`.',
  });
}

export function tooCostly(expression: string, limits: LocateLimits): Fault {
  return new Fault('too-costly', `The FHIRPath \`${short(expression)}\` takes too many steps on this resource.`, {
    hint: `It passed ${limits.resultsMax} intermediate results. Point at the element more directly.`,
  });
}

export function short(expression: string): string {
  return expression.length > 200 ? `${expression.slice(0, 200)}…` : expression;
}

/**
 * FHIRPath has an operator `div`, and FHIR an element: the grammar wants Patient.text.`div`, but everybody writes
 * `Patient.text.div`, the public patch cases included. Behind a dot it can be nothing else; strings are left alone.
 */
function delimited(expression: string): string {
  if (!expression.includes('div')) return expression;
  return expression.replace(/'(?:\\.|[^'\\])*'|`[^`]*`|\.\s*div\b/g, (found) =>
    found.startsWith('.') ? '.`div`' : found,
  );
}

/** Least recently used goes first: a Map remembers the order in which keys were set. */
function keep<T>(kept: Map<string, T>, key: string, make: () => T): T {
  const value = kept.get(key) ?? make();
  kept.delete(key);
  kept.set(key, value);
  if (kept.size > keptMax) kept.delete(kept.keys().next().value!);
  return value;
}

function toValue(item: unknown): unknown {
  const known = item as { toJSON?: unknown } | null | undefined;
  return typeof known === 'object' && typeof known?.toJSON === 'function' ? known.toJSON() : item;
}

/** The engine also finds what every JavaScript object inherits (`constructor`), and `resourceType`, which is no element. */
function stands(place: Place, resource: unknown): boolean {
  let holder: any = resource;
  for (const { key, index } of place) {
    if (typeof holder !== 'object' || holder === null || key === 'resourceType') return false;
    const beside = Object.hasOwn(holder, `_${key}`) ? holder[`_${key}`] : undefined;
    const value = Object.hasOwn(holder, key) ? holder[key] : undefined;
    if (value === undefined && beside === undefined) return false;
    const item = index === undefined ? value : value?.[index];
    holder = typeof item === 'object' && item !== null ? item : index === undefined ? beside : beside?.[index];
  }
  return true;
}

/** The engine says `value` for what JSON calls `valueQuantity`, except below `children()`. */
function jsonKey(node: ResourceNode, parent: ResourceNode): string {
  const name = node.propName ?? '';
  const types = r4.choiceTypePaths[`${parent.path}.${name}`];
  const type = node.fhirNodeDataType;
  return types && type ? name + type.charAt(0).toUpperCase() + type.slice(1) : name;
}

function offsetOf(expression: string, node: SyntaxNode): number {
  const { line, column } = node.start ?? { line: 1, column: 1 };
  const before = expression.split('\n').slice(0, line - 1);
  return before.reduce((sum, text) => sum + text.length + 1, 0) + column - 1;
}

function notParsed(expression: string, kind: 'invalid-value' | 'invalid-request', cause: unknown): Fault {
  const told = cause instanceof Error ? cause.message : String(cause);
  const [, line, column] = /line: (\d+); column: (\d+)/.exec(told) ?? [];
  const where = line === undefined ? '' : ` It stops making sense at line ${line}, character ${Number(column) + 1}.`;
  return new Fault(kind, `\`${short(expression)}\` is not a FHIRPath expression.${where}`, {
    hint: "A FHIRPath looks like `Patient.name.where(use = 'official').given[0]`.",
    cause,
  });
}

/** The engine's own message quotes the values that it met: it may go to a log's cause, not to the caller. */
function notEvaluated(expression: string, cause: unknown): Fault {
  return new Fault('invalid-request', `The FHIRPath \`${short(expression)}\` cannot be evaluated on this resource.`, {
    hint: 'A function or operator in it met several values where it needs one, or a value of another type.',
    cause,
  });
}

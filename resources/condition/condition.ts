/** Conditions on elements: the invariants of FHIR and of profiles. https://hl7.org/fhir/R4/elementdefinition.html#ElementDefinition.constraint */
import { compiled, parsed, quiet } from '../fhirpath.ts';
import { type Around, toTruth } from './code.ts';
import { codeOf, type Syntax } from './compile.ts';
import { type Element, elsewhere } from './item.ts';

/**
 * Whether an element meets a condition; undefined where FHIRPath answers with nothing.
 * @throws ConditionFault where it cannot be evaluated on this element
 */
export type Condition = (element: Element, around: Around) => boolean | undefined;

/** A condition could not be evaluated: it needs what is not at hand, or met several values where it needs one. */
export class ConditionFault extends Error {}

/**
 * Compiles a condition; those compiled once are kept.
 * @throws Fault `invalid-value` when the expression does not parse
 */
export function conditionOf(expression: string): Condition {
  let condition = kept.get(expression);
  if (!condition) {
    condition = compile(expression);
    if (kept.size >= keptMax) kept.delete(kept.keys().next().value!);
    kept.set(expression, condition);
  }
  return condition;
}

/** The same by the FHIRPath engine alone: what compiled conditions are compared with. */
export function conditionByEngine(expression: string): Condition {
  return (element, around) => byEngine(expression, element, around);
}

/** Whether an expression is compiled wholly; the rest goes to the engine, and what does not parse nowhere. */
export function isCompiled(expression: string): boolean {
  try {
    return codeOf(parsed(expression) as Syntax) !== undefined;
  } catch {
    return false;
  }
}

const kept = new Map<string, Condition>();
const keptMax = 5000;

function compile(expression: string): Condition {
  const code = codeOfText(expression);
  if (!code) return conditionByEngine(expression);
  return (element, around) => {
    try {
      if (code.isTruth) return code.truth([element], around);
      const items = code.many([element], around);
      return items.length > 1 ? true : toTruth(items);
    } catch (reason) {
      if (reason !== elsewhere) throw reason;
      return byEngine(expression, element, around);
    }
  };
}

function codeOfText(expression: string): ReturnType<typeof codeOf> {
  try {
    return codeOf(parsed(expression) as Syntax);
  } catch (cause) {
    // The parser gives half a tree for what is no FHIRPath; the engine says what is wrong with it.
    compiled(expression);
    throw cause;
  }
}

function byEngine(expression: string, element: Element, { resource, rootResource }: Around): boolean | undefined {
  const isResource = element.data?.resourceType === element.type;
  let found: unknown[];
  try {
    const run = compiled(expression, isResource ? undefined : element.type);
    found = run(element.data, { resource: resource.data, rootResource: rootResource.data }, quiet);
  } catch (cause) {
    throw new ConditionFault('The condition cannot be evaluated here.', { cause });
  }
  const [first, ...more] = found.filter((it) => it !== null && it !== undefined);
  if (first === undefined) return undefined;
  const value = (first as any).data ?? first;
  return more.length === 0 && typeof value === 'boolean' ? value : true;
}

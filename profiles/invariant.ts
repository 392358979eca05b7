/** Invariants of R4 on types and elements. https://hl7.org/fhir/R4/conformance-rules.html#constraints */
import { type Condition, ConditionFault, conditionOf, Element, type Invariant } from '../resources/index.ts';
import type { Account } from './account.ts';
import type { Way } from './way.ts';

/** An invariant, compiled when the first resource meets it. */
export interface CompiledInvariant extends Invariant {
  readonly condition: Condition;
  /** Comparing dates of different precision says neither yes nor no: a period from 2012-05 to 2012-05-20 is no fault. */
  readonly passesUndecided: boolean;
}

/** Makes an invariant ready for use. */
export function compileInvariant(invariant: Invariant): CompiledInvariant {
  let condition: Condition | undefined;
  return {
    ...invariant,
    passesUndecided: /[<>]/.test(invariant.expression),
    condition: (element, around) => {
      condition ??= conditionOf(invariant.expression);
      return condition(element, around);
    },
  };
}

/**
 * Holds an element to invariants.
 * @param type of the value: resource, datatype or backbone element
 * @param at the way to the value
 */
export function checkInvariants(
  value: any,
  type: string,
  invariants: readonly CompiledInvariant[],
  report: Account,
  at: Way | undefined,
): void {
  // What is not even built right cannot be asked; the walk that tells asks all the same.
  if (report.failed && !report.telling) return;
  const element = new Element(value, undefined, type);
  for (const invariant of invariants) {
    if (!holds(invariant, element, report)) broken(invariant, report, at);
  }
}

function holds({ condition, passesUndecided }: CompiledInvariant, element: Element, report: Account): boolean {
  report.context = element;
  try {
    return condition(element, report) ?? passesUndecided;
  } catch (fault) {
    if (fault instanceof ConditionFault || report.failed) return true;
    throw fault;
  }
}

function broken({ key, human, expression, ...rest }: Invariant, report: Account, at: Way | undefined): void {
  const severity = rest.severity ?? 'error';
  if (!report.wants(severity)) return;
  report.say({
    severity,
    kind: 'unprocessable',
    issue: 'invariant',
    rule: key,
    text: `${key}: ${/[.!?]$/.test(human) ? human : `${human}.`}`,
    at,
    hint: `It must be true that ${expression.length > 300 ? `${expression.slice(0, 300)}…` : expression}`,
  });
}

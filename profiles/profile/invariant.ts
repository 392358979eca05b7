/** Invariants of profiles. https://hl7.org/fhir/R4/conformance-rules.html#constraints */
import type { ElementDefinitionConstraint } from 'fhir/r4.js';
import {
  type Around,
  type Condition,
  ConditionFault,
  conditionOf,
  Element,
  Fault,
  hasType,
  isResourceType,
  typeRules,
} from '../../resources/index.ts';
import { isBound } from './bindings.ts';
import { ownBase } from './own.ts';
import { insideOf, type ProfileNode } from './tree.ts';
import type { Walk } from './walk.ts';

/** Whether an expression holds of a value; undefined where that cannot be found out. */
export type Predicate = (value: any, beside: any, type: string, walk: Walk) => boolean | undefined;

/** Whether R4 itself says it of the element, so that the base pass has checked it. */
export function isBaseConstraint(node: ProfileNode, { key, source }: ElementDefinitionConstraint): boolean {
  if (everywhere.test(key)) return true;
  if (source?.startsWith(ownBase) && hasType(source.slice(ownBase.length).replace(/\|.*$/, ''))) return true;
  const inside = insideOf(node);
  const ofType = inside === undefined ? undefined : typeRules(inside).invariants;
  if (ofType?.some((it) => it.key === key)) return true;
  if (node.element === undefined) return false;
  const holder = typeRules(node.element.path.slice(0, node.element.path.lastIndexOf('.')));
  return holder.elements?.[node.name]?.invariants?.some((it) => it.key === key) ?? false;
}

/** R4 says these of every element or resource. */
const everywhere = /^(ele-1|ext-1|dom-[1-6])$/;

/** An expression as a question; one that selects nothing does not hold. It is parsed when it is first asked. */
export function predicate(expression: string): Predicate {
  let condition: Condition | null | undefined;
  // Dates of different precision have no order: that is no fault, as in R4's own invariants. Lengths always have one.
  const passesUndecided = /[<>]/.test(expression.replace(/\b(length|count)\(\)\s*[<>]=?/g, ''));
  return (value, beside, type, walk) => {
    if (condition === undefined) condition = compiled(amended[expression] ?? expression);
    if (condition === null) return undefined;
    try {
      const element = new Element(value, beside, type);
      walk.isUndecided = false;
      const holds = condition(element, around(element, walk)) ?? passesUndecided;
      return !holds && walk.isUndecided ? undefined : holds;
    } catch (reason) {
      if (reason instanceof ConditionFault || reason instanceof Fault) return undefined;
      throw reason;
    }
  };
}

/**
 * Expressions that do not say what the sentence beside them says → what was meant. vs-1 of R4's vital signs speaks of a
 * dateTime that is there; by the letter nothing could be measured over a Period, which the profile allows. HL7 corrected it
 * in US Core 7 and in R4B.
 */
const amended: Readonly<Record<string, string>> = {
  '($this as dateTime).toString().length() >= 8':
    '$this.ofType(dateTime).empty() or ($this as dateTime).toString().length() >= 8',
};

function compiled(expression: string): Condition | null {
  try {
    return conditionOf(expression);
  } catch (fault) {
    if (fault instanceof Fault) return null;
    throw fault;
  }
}

function around(context: Element, walk: Walk): Around {
  return {
    resource: elementOf(walk.resource),
    rootResource: elementOf(walk.rootResource),
    context,
    resolve: (reference) => walk.target(reference)?.resource,
    memberOf: (item, _type, valueSet) => {
      const isMember = isBound(item, valueSet, walk);
      if (isMember === undefined) walk.isUndecided = true;
      return isMember;
    },
  };
}

function elementOf(resource: any): Element {
  const type: unknown = resource?.resourceType;
  return new Element(resource, undefined, typeof type === 'string' && isResourceType(type) ? type : 'Resource');
}

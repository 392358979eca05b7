/** Invariants of profiles. https://hl7.org/fhir/R4/conformance-rules.html#constraints */
import type { ElementDefinitionConstraint } from 'fhir/r4.js';
import { compile, type Evaluate, Fault, hasType, isResourceType } from '../../resources/index.ts';
import { ownBase } from './own.ts';
import type { ProfileNode } from './tree.ts';
import type { Walk } from './walk.ts';

/** Whether an expression holds of a value; undefined where that cannot be found out. */
export type Predicate = (value: any, beside: any, type: string, walk: Walk) => boolean | undefined;

/** Whether R4 itself says it, so that the base pass has checked it. */
export function isBaseConstraint(node: ProfileNode, { key, source }: ElementDefinitionConstraint): boolean {
  if (/^(ele|ext|dom)-\d+$/.test(key)) return true;
  if (source?.startsWith(ownBase)) return hasType(source.slice(ownBase.length).replace(/\|.*$/, ''));
  return node.element === undefined && source === undefined && ownKeys.test(key);
}

/** Prefixes of R4's own keys on resources, for snapshots that do not tell where a constraint comes from. */
const ownKeys = /^[a-z]{3}-\d+[a-z]?$/;

/**
 * An expression as a question. It is parsed when first asked, by the type of what it is asked of; one that selects
 * nothing does not hold.
 */
export function predicate(expression: string): Predicate {
  const runs = new Map<string, Evaluate | null>();
  return (value, beside, type, walk) => {
    let run = runs.get(type);
    if (run === undefined) {
      run = compiled(expression, type);
      runs.set(type, run);
    }
    if (run === null) return undefined;
    try {
      const env = { resource: walk.resource, rootResource: walk.rootResource, context: value };
      const result = run(value ?? beside, env);
      return result.length === 1 && typeof result[0] === 'boolean' ? result[0] : result.length > 0;
    } catch (fault) {
      if (fault instanceof Fault) return undefined;
      throw fault;
    }
  };
}

function compiled(expression: string, type: string): Evaluate | null {
  try {
    return compile(expression, type === '' || isResourceType(type) ? undefined : type);
  } catch (fault) {
    if (fault instanceof Fault) return null;
    throw fault;
  }
}

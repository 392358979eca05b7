/**
 * The values that an expression of a user's selects from a resource. Paths of the common kind are followed by the
 * definitions; whatever else FHIRPath has goes to the engine. Nothing that a client wrote becomes code.
 */
import { jsonKeys, typeDef } from '../definitions.ts';
import { selection } from '../fhirpath-selection.ts';
import { Fault } from '../outcome.ts';
import { parseReference } from '../reference.ts';
import { type Alternative, parseExpression, pathText, type Step } from './expression.ts';
import { walk } from './walk.ts';

/** One value, with the place that tells the digits of a number. */
export interface Selected {
  readonly value: any;
  /** FHIR type of the value: `Coding`, `dateTime`. */
  readonly fhirType: string;
  /** The object or array in which it stands; undefined for values that were calculated. */
  readonly holder: any;
  readonly key: string | number;
}

/** What an expression selects. @throws Fault `unprocessable`, `too-costly` where it cannot be evaluated on this resource */
export type Select = (resource: any) => readonly Selected[];

/** What is known of an expression before any resource is looked at. */
export interface Selection {
  readonly select: Select;
  /** FHIR types that its values may have; undefined where only the engine knows. */
  readonly fhirTypes: readonly string[] | undefined;
  /** For each type of reference: where it may lead; undefined where the definitions leave it open. */
  readonly targets: readonly string[] | undefined;
  /** Name of the required set of codes, where all values are codes of one. */
  readonly codes: string | undefined;
  /** The branches that are about this type, taken apart; undefined where the engine evaluates. */
  readonly alternatives: readonly Alternative[] | undefined;
}

/**
 * Makes an expression ready for resources of one type.
 * @returns undefined where no branch of it is about the type
 * @throws Fault `invalid-value` (it does not parse), `not-supported` (a function that is not taken), `unprocessable` (an
 *   element that the type does not have)
 */
export function selectionOf(expression: string, type: string): Selection | undefined {
  const parsed = parseExpression(expression);
  if (!parsed || parsed.some(({ head, stated }) => stated || head?.startsWith('%'))) return byEngine(expression);
  const alternatives = parsed.filter(({ head }) => head === undefined || isOwn(head, type));
  if (alternatives.length === 0) return undefined;
  // The definitions do not lead into resources that are contained.
  if (alternatives.some(({ steps }) => leavesResource(type, steps))) return byEngine(expression);
  const leaves = alternatives.flatMap(({ steps }) => walk(type, named(type, steps)).leaves);
  const open = leaves.some(({ type: { code, targets } }) => code === 'Reference' && targets === undefined);
  const codes = new Set(leaves.map((leaf) => leaf.codes));
  return {
    select: (resource) => alternatives.flatMap((one) => follow(resource, type, one)),
    fhirTypes: [...new Set(leaves.map((leaf) => leaf.type.code))],
    targets: open ? undefined : [...new Set(leaves.flatMap((leaf) => leaf.type.targets ?? []))],
    codes: codes.size === 1 ? [...codes][0] : undefined,
    alternatives,
  };
}

/** The types that one is derived from, itself first: `Patient`, `DomainResource`, `Resource`. */
export function lineage(type: string): string[] {
  const { base } = typeDef(type);
  return base === undefined ? [type] : [type, ...lineage(base)];
}

function isOwn(head: string, type: string): boolean {
  return lineage(type).includes(head);
}

function byEngine(expression: string): Selection {
  const evaluate = selection(expression);
  return {
    select: (resource) => evaluate(resource),
    fhirTypes: undefined,
    targets: undefined,
    codes: undefined,
    alternatives: undefined,
  };
}

/** @throws Fault `unprocessable` where an element of the path does not exist */
function leavesResource(type: string, steps: readonly Step[]): boolean {
  let leaves = walk(type, []).leaves;
  for (const [index, step] of steps.entries()) {
    if (leaves.some((leaf) => leaf.type.code === 'Resource')) return true;
    try {
      leaves = walk(type, named(type, steps.slice(0, index + 1))).leaves;
    } catch {
      const name = step.kind === 'child' ? step.name : 'extension';
      const from = pathText(type, steps.slice(0, index));
      throw new Fault('unprocessable', `${from} has no element ${JSON.stringify(name.slice(0, 64))}.`, {
        hint: 'Names of elements are case-sensitive; an element with several types is named without the type.',
      });
    }
  }
  return false;
}

/** `valueDateTime` is what the JSON calls `value` of type dateTime, and published parameters write it so. */
function named(type: string, steps: readonly Step[]): Step[] {
  const done: Step[] = [];
  for (const step of steps) {
    const split = step.kind === 'child' ? splitChoice(type, done, step.name) : undefined;
    done.push(...(split ?? [step]));
  }
  return done;
}

function splitChoice(type: string, before: readonly Step[], name: string): Step[] | undefined {
  for (const { inside } of walk(type, before).leaves) {
    for (const element of inside === undefined ? [] : typeDef(inside).elements) {
      const key = element.choice ? jsonKeys(element).find((one) => one.key === name) : undefined;
      if (key)
        return [
          { kind: 'child', name: element.name },
          { kind: 'types', types: [key.type.code] },
        ];
    }
  }
  return undefined;
}

interface Standing extends Selected {
  /** The definition that tells what stands inside. */
  readonly inside: string | undefined;
}

function follow(resource: any, type: string, alternative: Alternative): readonly Selected[] {
  let found: Standing[] = [{ value: resource, fhirType: type, holder: undefined, key: '', inside: type }];
  for (const step of stepsOf(type, alternative)) {
    found = take(found, step);
    if (found.length === 0) return found;
  }
  const { targets } = alternative;
  return targets.length === 0 ? found : found.filter(({ value }) => targets.includes(targetType(value)!));
}

const steps = new WeakMap<Alternative, Map<string, readonly Step[]>>();

function stepsOf(type: string, alternative: Alternative): readonly Step[] {
  const known = steps.get(alternative) ?? new Map<string, readonly Step[]>();
  steps.set(alternative, known);
  const own = known.get(type) ?? named(type, alternative.steps);
  known.set(type, own);
  return own;
}

function take(found: readonly Standing[], step: Step): Standing[] {
  switch (step.kind) {
    case 'child':
      return found.flatMap((one) => children(one, step.name));
    case 'extension':
      return found.flatMap((one) => children(one, 'extension')).filter(({ value }) => value.url === step.url);
    case 'where':
      return found.filter(({ value }) => value[step.element] === step.equals);
    case 'types':
      return found.filter(({ fhirType }) => step.types.includes(fhirType));
    case 'index':
      return found.slice(step.index, step.index + 1);
  }
}

function children({ value, inside }: Standing, name: string): Standing[] {
  if (inside === undefined || typeof value !== 'object' || value === null) return [];
  const standing: Standing[] = [];
  for (const { key, type, inside: below } of keysOf(inside, name)) {
    const member = Object.hasOwn(value, key) ? value[key] : undefined;
    if (Array.isArray(member)) {
      for (const [index, item] of member.entries()) {
        // Lists of primitives hold null where there is only an extension.
        if (item !== null)
          standing.push({ value: item, fhirType: type.code, holder: member, key: index, inside: below });
      }
    } else if (member !== undefined && member !== null) {
      standing.push({ value: member, fhirType: type.code, holder: value, key, inside: below });
    }
  }
  return standing;
}

const keys = new Map<string, ReturnType<typeof jsonKeys>>();

function keysOf(inside: string, name: string): ReturnType<typeof jsonKeys> {
  const place = `${inside}.${name}`;
  let known = keys.get(place);
  if (!known) {
    const element = typeDef(inside).elements.find((one) => one.name === name);
    known = element ? jsonKeys(element) : [];
    keys.set(place, known);
  }
  return known;
}

/** The type that a Reference leads to, as far as it tells. */
function targetType(value: any): string | undefined {
  const text = typeof value?.reference === 'string' ? value.reference : undefined;
  const reference = text === undefined ? undefined : parseReference(text);
  const told = reference?.kind === 'local' || reference?.kind === 'absolute' ? reference.type : undefined;
  return told ?? (typeof value?.type === 'string' ? value.type : undefined);
}

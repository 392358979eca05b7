/**
 * Whether criteria hold of a resource's text, where the index answered by hashes. Two values of one database share a
 * 64-bit hash with a chance of 1 in 2^64 for each comparison: nothing for a list of results, but a conditional write must
 * not change a wrong patient's record. Only what hashes decided is looked at, and in doubt it holds.
 */
import type { Slot } from '../../resources/index.ts';
import { splitUnescaped, unescaped } from './escape.ts';
import type { Criterion } from './tree.ts';

/** @param resource as JSON */
export function mayHold(criteria: readonly Criterion[], resource: any): boolean {
  return criteria.every((criterion) => mayHoldOne(criterion, resource));
}

function mayHoldOne(criterion: Criterion, resource: any): boolean {
  if (criterion.kind === 'and') return mayHold(criterion.of, resource);
  if (criterion.kind === 'or') return criterion.of.some((one) => mayHoldOne(one, resource));
  if (criterion.kind !== 'values' || criterion.modifier !== undefined) return true;
  const parameter = criterion.by.get(resource.resourceType);
  if (!parameter || parameter.slots.length === 0) return true;
  if (parameter.type !== 'token' && parameter.type !== 'uri' && parameter.type !== 'reference') return true;
  const texts = new Set<string>();
  // What users define is found by expressions of any kind.
  if (parameter.custom) return true;
  for (const slot of parameter.slots) {
    // Phone numbers are compared without their punctuation, which the texts still have.
    if (slot.stated || slot.fhirTypes.includes('ContactPoint')) return true;
    for (const value of valuesAt(resource, slot.steps)) collect(value, texts);
  }
  return criterion.values.some((value) => texts.has(tellingPart(value, parameter.type)));
}

/** The part of a value that must stand in the resource: the code, the last segment of a reference, the uri. */
function tellingPart(value: string, type: string): string {
  const parts = splitUnescaped(value, '|').map(unescaped);
  const text = type === 'token' ? parts.at(-1) || parts[0]! : parts[0]!;
  return fold(type === 'reference' ? text.replace(/\/_history\/[^/]*$/, '') : text);
}

/** References are told by their last segment, whatever stands before it. */
function fold(text: string): string {
  const lower = text.toLowerCase();
  return lower.slice(lower.lastIndexOf('/') + 1);
}

function collect(value: any, texts: Set<string>): void {
  if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) collect(inner, texts);
    return;
  }
  const text = String(value);
  texts.add(fold(text));
  texts.add(fold(text.replace(/\/_history\/[^/]*$/, '')));
  texts.add(fold(text.replace(/\|[^|]*$/, '')));
}

/** Whatever stands at the end of a path, or, where a step is not a plain one, everything below it. */
function valuesAt(resource: any, steps: Slot['steps']): unknown[] {
  let found: any[] = [resource];
  for (const step of steps) {
    if (step.kind !== 'child') continue;
    found = found.flatMap((holder) => {
      if (typeof holder !== 'object' || holder === null) return [];
      const keys = Object.keys(holder).filter((key) => key === step.name || isChoice(key, step.name));
      return keys.flatMap((key) => holder[key]);
    });
  }
  return found;
}

/** `valueString` is a choice of `value`. */
function isChoice(key: string, name: string): boolean {
  return key.startsWith(name) && /^[A-Z]/.test(key.slice(name.length));
}

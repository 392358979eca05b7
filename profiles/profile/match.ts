/** Fixed values and patterns. https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.pattern_x_ */
import type { ElementDefinition } from 'fhir/r4.js';

/** What an element must be, or hold. */
export interface Wanted {
  readonly value: unknown;
  readonly isPattern: boolean;
}

/** The fixed value or the pattern of an element. */
export function wantedOf(def: Partial<ElementDefinition>): Wanted | undefined {
  for (const [key, value] of Object.entries(def)) {
    if (/^fixed[A-Z]/.test(key)) return { value, isPattern: false };
    if (/^pattern[A-Z]/.test(key)) return { value, isPattern: true };
  }
  return undefined;
}

/** Whether a value is just that: nothing more, nothing less. */
export function isSame(value: unknown, wanted: unknown): boolean {
  if (value === wanted) return true;
  if (typeof value !== 'object' || typeof wanted !== 'object' || value === null || wanted === null) return false;
  if (Array.isArray(value) !== Array.isArray(wanted)) return false;
  const keys = Object.keys(wanted);
  if (Object.keys(value).length !== keys.length) return false;
  for (const key of keys) if (!isSame((value as any)[key], (wanted as any)[key])) return false;
  return true;
}

/** Whether a value has all that a pattern has; of a list, each item of the pattern anywhere in it. */
export function fits(value: any, pattern: any): boolean {
  if (value === pattern) return true;
  if (typeof pattern !== 'object' || pattern === null || typeof value !== 'object' || value === null) return false;
  if (Array.isArray(pattern)) {
    return Array.isArray(value) && pattern.every((item) => value.some((it) => fits(it, item)));
  }
  for (const key in pattern) if (!fits(value[key], pattern[key])) return false;
  return true;
}

export function holds(value: unknown, wanted: Wanted): boolean {
  return wanted.isPattern ? fits(value, wanted.value) : isSame(value, wanted.value);
}

/** Where a value departs from what is wanted first: the names down to there, and what is wanted there. */
export function departure(
  value: any,
  { value: wanted, isPattern }: Wanted,
): { steps: (string | number)[]; wanted: unknown; extra: boolean } {
  const steps: (string | number)[] = [];
  let [is, want] = [value, wanted as any];
  while (typeof is === 'object' && is !== null && typeof want === 'object' && want !== null && !Array.isArray(want)) {
    const key = Object.keys(want).find((it) => !(isPattern ? fits(is[it], want[it]) : isSame(is[it], want[it])));
    if (key === undefined) {
      const extra = Object.keys(is).find((it) => !(it in want));
      return extra === undefined
        ? { steps, wanted: want, extra: false }
        : { steps: [...steps, extra], wanted: undefined, extra: true };
    }
    steps.push(key);
    [is, want] = [is[key], want[key]];
    if (Array.isArray(is) && Array.isArray(want) && is.length === 1 && want.length === 1) {
      steps.push(0);
      [is, want] = [is[0], want[0]];
    }
  }
  return { steps, wanted: want, extra: false };
}

/** A value as JSON, cut short. */
export function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  return text.length > 120 ? `${text.slice(0, 120).toWellFormed()}…` : text;
}

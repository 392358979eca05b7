/**
 * An element as JSON has it: `birthDate` with `_birthDate` beside it, `given` with a `_given` of the same length.
 * These keep both sides in step. https://hl7.org/fhir/R4/json.html#primitive
 */
import type { Draft, Entry } from './draft.ts';

/** One occurrence of an element: its value, and for a primitive what goes beside it (id, extensions). */
export interface Occurrence {
  readonly value?: Entry | undefined;
  readonly beside?: Entry | undefined;
}

/** Whether the holder has the element, be it only by an extension. */
export function hasMember(holder: any, key: string): boolean {
  return Object.hasOwn(holder, key) || Object.hasOwn(holder, `_${key}`);
}

/** How often a repeating element occurs. */
export function countMembers(holder: any, key: string): number {
  return Math.max(listAt(holder, key)?.length ?? 0, listAt(holder, `_${key}`)?.length ?? 0);
}

/** Sets an element that does not repeat; what was there before goes entirely. */
export function putMember(draft: Draft, holder: any, key: string, occurrence: Occurrence): void {
  putOrRemove(draft, holder, key, occurrence.value);
  putOrRemove(draft, holder, `_${key}`, occurrence.beside);
}

/** Removes an element, or all occurrences of it. */
export function removeMember(draft: Draft, holder: any, key: string): void {
  putOrRemove(draft, holder, key, undefined);
  putOrRemove(draft, holder, `_${key}`, undefined);
}

/** Puts an occurrence into a repeating element, at most one behind its end. */
export function insertItem(draft: Draft, holder: any, key: string, index: number, occurrence: Occurrence): void {
  const count = countMembers(holder, key);
  insertSide(draft, holder, key, index, occurrence.value, count);
  insertSide(draft, holder, `_${key}`, index, occurrence.beside, count);
}

/** Puts another occurrence in the place of one. */
export function replaceItem(draft: Draft, holder: any, key: string, index: number, occurrence: Occurrence): void {
  const count = countMembers(holder, key);
  replaceSide(draft, holder, key, index, occurrence.value, count);
  replaceSide(draft, holder, `_${key}`, index, occurrence.beside, count);
}

/** Takes one occurrence of a repeating element out. */
export function removeItem(draft: Draft, holder: any, key: string, index: number): Occurrence {
  return {
    value: removeSide(draft, holder, key, index),
    beside: removeSide(draft, holder, `_${key}`, index),
  };
}

function putOrRemove(draft: Draft, holder: any, key: string, entry: Entry | undefined): void {
  if (entry !== undefined) draft.put(holder, key, entry);
  else if (Object.hasOwn(holder, key)) draft.remove(holder, key);
}

const nothing: Entry = { value: null };

function insertSide(
  draft: Draft,
  holder: any,
  key: string,
  index: number,
  entry: Entry | undefined,
  count: number,
): void {
  const list = listAt(holder, key);
  if (list) draft.insert(list, index, entry ?? nothing);
  else if (entry !== undefined) {
    const made: unknown[] = new Array(count).fill(null);
    draft.put(holder, key, { value: made });
    draft.insert(made, index, entry);
  }
}

function replaceSide(
  draft: Draft,
  holder: any,
  key: string,
  index: number,
  entry: Entry | undefined,
  count: number,
): void {
  const list = listAt(holder, key) ?? new Array(count).fill(null);
  draft.put(list, index, entry ?? nothing);
  if (list.some((item) => item !== null)) draft.put(holder, key, { value: list });
  else if (Object.hasOwn(holder, key)) draft.remove(holder, key);
}

function removeSide(draft: Draft, holder: any, key: string, index: number): Entry | undefined {
  const list = listAt(holder, key);
  if (!list || index >= list.length) return undefined;
  const entry = draft.remove(list, index);
  if (list.every((item) => item === null)) draft.remove(holder, key);
  return entry.value === null ? undefined : entry;
}

function listAt(holder: any, key: string): any[] | undefined {
  const list = Object.hasOwn(holder, key) ? holder[key] : undefined;
  return Array.isArray(list) ? list : undefined;
}

/** Large CodeSystems that somebody stored: put into tables when they are first asked for, keyed by what they were made of. */
import type { CodeSystem, CodeSystemConcept } from 'fhir/r4.js';
import type { Context } from '../resources/index.ts';
import { type ConceptRow, type Concepts, type LoadedSystem, markOf, type StoredDefinition } from '../store/index.ts';
import { hierarchyOf, isAbstract, isInactive } from './hierarchy.ts';
import { wordsOf } from './words.ts';

/** Concepts from which on a system has a place in the tables; smaller ones are held in memory. */
export const TABLE_MIN = 10_000;
/** Concepts from which on it has a table of its own. */
const OWN_TABLE_MIN = 50_000;
const BATCH = 5_000;

/** What the rows of a stored CodeSystem were made of. */
export function identityOf({ type, id, version }: StoredDefinition): string {
  return markOf(type, id, version);
}

/**
 * Makes sure that the large systems among these definitions are in the tables, and older versions of them are not.
 * @param loaded what is there @returns whether something was changed
 */
export async function tabulate(
  definitions: readonly StoredDefinition[],
  loaded: readonly LoadedSystem[],
  concepts: Pick<Concepts, 'load' | 'drop'>,
  context: Context,
): Promise<boolean> {
  let isChanged = false;
  for (const definition of definitions) {
    const { type, resource } = definition;
    if (type !== 'CodeSystem') continue;
    const system = resource as CodeSystem;
    const identity = identityOf(definition);
    if (!system.url || !isLarge(system) || loaded.some((one) => one.identity === identity)) continue;
    const { concept: _, ...about } = system;
    const { url, version, caseSensitive } = system;
    const isCaseless = caseSensitive === false;
    const size = hierarchyOf(system).concepts.size;
    await concepts.load(
      { url, version, identity, about, isCaseless, isLarge: size >= OWN_TABLE_MIN },
      rowsOf(system),
      context,
    );
    const before = `CodeSystem/${definition.id}/_history/`;
    for (const old of loaded.filter((one) => one.identity.startsWith(before))) await concepts.drop(old.n, context);
    isChanged = true;
  }
  return isChanged;
}

/** Whether a system has enough concepts for the tables; counted without reading its hierarchy. */
export function isLarge({ concept = [], content }: CodeSystem): boolean {
  if (content !== 'complete' && content !== 'fragment') return false;
  let count = 0;
  const pending = [concept];
  for (let list = pending.pop(); list; list = pending.pop()) {
    count += list.length;
    if (count >= TABLE_MIN) return true;
    for (const one of list) if (one.concept) pending.push(one.concept);
  }
  return false;
}

function* rowsOf(system: CodeSystem): Generator<ConceptRow[]> {
  const hierarchy = hierarchyOf(system);
  let batch: ConceptRow[] = [];
  for (const concept of hierarchy.concepts.values()) {
    batch.push(rowOf(concept, [...hierarchy.parents(concept.code)]));
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  yield batch;
}

function rowOf({ concept: _, ...concept }: CodeSystemConcept, parents: readonly string[]): ConceptRow {
  const names = [concept.display ?? '', ...(concept.designation ?? []).map(({ value }) => value)];
  return {
    ...concept,
    parents,
    inactive: isInactive(concept),
    abstract: isAbstract(concept),
    words: names.flatMap(wordsOf),
  };
}

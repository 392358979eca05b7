/** The StructureDefinitions of R4 themselves: of its types, extensions and profiles, one to a line, to be read one by one. */
import type { Structure } from './structures.ts';

/** All definitions as text, and where each stands in it. */
export interface WrittenLibrary {
  readonly text: string;
  /** Canonical → first byte and number of bytes. */
  readonly places: Readonly<Record<string, readonly [number, number]>>;
}

/**
 * The files `structures.ndjson` and `structures.json`. Narrative, mappings and remarks are left out, elements that the
 * package adds to R4 too.
 * @param others extensions and profiles
 */
export function toLibrary(structures: readonly Structure[], others: readonly any[]): WrittenLibrary {
  const types = structures.map(({ definition, root, elements }) => ({
    ...definition,
    snapshot: { element: [root, ...elements] },
    differential: definition.differential && published(definition.differential, elements),
  }));
  const places: Record<string, readonly [number, number]> = {};
  let text = '';
  let at = 0;
  for (const definition of [...types, ...others]) {
    if (definition.resourceType !== 'StructureDefinition' || places[definition.url]) continue;
    const line = `${JSON.stringify(cutDown(definition))}\n`;
    const length = Buffer.byteLength(line);
    places[definition.url] = [at, length];
    text += line;
    at += length;
  }
  return { text, places };
}

function published(differential: any, elements: readonly any[]): any {
  const paths = new Set(elements.map(({ path }) => path));
  return { element: differential.element.filter(({ path }: any) => !path.includes('.') || paths.has(path)) };
}

function cutDown({ text, contact, mapping, snapshot, differential, ...definition }: any): any {
  return {
    ...definition,
    ...(snapshot ? { snapshot: { element: snapshot.element.map(elementOf) } } : {}),
    ...(differential ? { differential: { element: differential.element.map(elementOf) } } : {}),
  };
}

function elementOf({ comment, requirements, alias, mapping, example, meaningWhenMissing, ...element }: any): any {
  return element;
}

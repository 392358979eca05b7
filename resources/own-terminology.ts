/**
 * The value sets, code systems and concept maps of R4 itself, of HL7 v2 and v3: FHIR resources without narrative and
 * publishing metadata. Each is read from the file when it is first asked for: together they would take 25 MB of memory,
 * of which a server needs a tenth.
 */
import type { CodeSystem, ConceptMap, ValueSet } from 'fhir/r4.js';
import { once, readPart } from './generated.ts';

interface OwnTypes {
  CodeSystem: CodeSystem;
  ValueSet: ValueSet;
  ConceptMap: ConceptMap;
}

/** R4's own definition of this url, always the same object; undefined where there is none. */
export function ownDefinition<T extends keyof OwnTypes>(type: T, url: string): OwnTypes[T] | undefined {
  const known = read.get(`${type}|${url}`);
  if (known) return known as OwnTypes[T];
  const places = index()[type];
  if (!Object.hasOwn(places, url)) return undefined;
  const definition = JSON.parse(readPart('terminology.ndjson', ...places[url]!)) as OwnTypes[T];
  read.set(`${type}|${url}`, definition);
  return definition;
}

/** The urls of all definitions of a type, sorted. */
export function ownUrls(type: keyof OwnTypes): string[] {
  return Object.keys(index()[type]);
}

const read = new Map<string, object>();
const index =
  once<Readonly<Record<keyof OwnTypes, Record<string, readonly [offset: number, length: number]>>>>(
    'terminology-index.json',
  );

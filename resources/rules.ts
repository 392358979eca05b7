/**
 * What R4 says of its types beyond their structure: bindings, invariants, extensions, and the StructureDefinitions
 * themselves. Read on first use from what the generator writes.
 */
import type { StructureDefinition } from 'fhir/r4.js';
import type { ExtensionDefinition } from './extension-definition.ts';
import { once, readPart } from './generated.ts';

/** A condition that a type or an element must meet. https://hl7.org/fhir/R4/elementdefinition.html#ElementDefinition.constraint */
export interface Invariant {
  readonly key: string;
  /** Left out for errors. */
  readonly severity?: 'warning';
  /** What it asks for, in one sentence. */
  readonly human: string;
  readonly expression: string;
  readonly bestPractice?: true;
}

/** What R4 says of one element, beyond its structure. */
export interface ElementRules {
  /** Strength, canonical of the value set, and that of the largest value set that is allowed. */
  readonly binding?: readonly [strength: string, valueSet: string, maxValueSet?: string];
  readonly invariants?: readonly Invariant[];
  /** Quantities here have no comparator: they are SimpleQuantities. */
  readonly simple?: true;
}

/** What R4 says of a resource, datatype or backbone element, beyond its structure. */
export interface TypeRules {
  readonly invariants?: readonly Invariant[];
  /** Name of an element (`value` for `value[x]`) → what is said of it. */
  readonly elements?: Readonly<Record<string, ElementRules>>;
}

/** The rules of a type; those of the types that it is derived from are among them. */
export function typeRules(name: string): TypeRules {
  const rules = rulesFile();
  return Object.hasOwn(rules, name) ? rules[name]! : {};
}

/** The extension that R4 defines under a url. */
export function ownExtension(url: string): ExtensionDefinition | undefined {
  const extensions = extensionsFile();
  return Object.hasOwn(extensions, url) ? extensions[url] : undefined;
}

/**
 * A StructureDefinition of R4: of a type, an extension or a profile, without narrative, mappings and remarks.
 * It is read from disk each time and not kept.
 * @param canonical with or without the version 4.0.1
 */
export function ownStructure(canonical: string): StructureDefinition | undefined {
  const [url = '', version] = canonical.split('|');
  const places = placesFile();
  if ((version !== undefined && !'4.0.1'.startsWith(version)) || !Object.hasOwn(places, url)) return undefined;
  const [start, length] = places[url]!;
  return JSON.parse(readPart('structures.ndjson', start, length)) as StructureDefinition;
}

/** The canonicals of all StructureDefinitions of R4. */
export function ownStructures(): readonly string[] {
  return Object.keys(placesFile());
}

const rulesFile = once<Readonly<Record<string, TypeRules>>>('rules.json');
const extensionsFile = once<Readonly<Record<string, ExtensionDefinition>>>('extensions.json');
const placesFile = once<Readonly<Record<string, readonly [number, number]>>>('structures.json');

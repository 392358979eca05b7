/** Small profiles for tests, and what the profile pass says by them. */
import type { ElementDefinition, StructureDefinition } from 'fhir/r4.js';
import type { Library } from '../../../profiles/index.ts';
import { judgeProfiles, type ProfileOptions } from '../../../profiles/profile/pass.ts';
import type { BoundCodes } from '../../../terminology/index.ts';

/** Where the profiles of tests stand. */
export const testBase = 'https://hospital.example/fhir/StructureDefinition/';

/** An ElementDefinition as tests write it: id (slices in it), and what is said. */
export type Said = readonly [id: string, def?: Partial<ElementDefinition>];

/** A profile as its author writes it: with a differential. */
export function profileOf(
  name: string,
  type: string,
  said: readonly Said[],
  more: Partial<StructureDefinition> = {},
): StructureDefinition {
  return {
    resourceType: 'StructureDefinition',
    url: `${testBase}${name}`,
    name,
    status: 'active',
    kind: /^(Extension|[A-Z][a-z]*Quantity|Quantity|Address|HumanName|Coding|Identifier)$/.test(type)
      ? 'complex-type'
      : 'resource',
    abstract: false,
    type,
    baseDefinition: `http://hl7.org/fhir/StructureDefinition/${type}`,
    derivation: 'constraint',
    differential: { element: said.map(([id, def = {}]) => elementOf(id, def)) },
    ...more,
  };
}

export function elementOf(id: string, def: Partial<ElementDefinition>): ElementDefinition {
  const slice = /:([^.]*)$/.exec(id)?.[1];
  return { id, path: id.replace(/:[^.]*/g, ''), ...(slice === undefined ? {} : { sliceName: slice }), ...def };
}

/** A definition of an extension with a value of some types. */
export function extensionOf(
  name: string,
  types: readonly string[],
  value: Partial<ElementDefinition> = {},
): StructureDefinition {
  return profileOf(name, 'Extension', [
    ['Extension', { max: '1' }],
    ['Extension.url', { fixedUri: `${testBase}${name}` }],
    ['Extension.value[x]', { min: 1, type: types.map((code) => ({ code })), ...value }],
  ]);
}

/** A library of these profiles and value sets; what it has not, there is not. */
export function libraryOf(
  structures: readonly StructureDefinition[],
  sets: Readonly<Record<string, BoundCodes | null | undefined>> = {},
): Library {
  const byUrl = new Map(structures.map((structure) => [structure.url, structure]));
  return {
    structure: (canonical) => byUrl.get(canonical.replace(/\|.*$/, '')) ?? null,
    valueSet: (canonical) => (Object.hasOwn(sets, canonical) ? sets[canonical] : null),
  };
}

/** A value set of these codes. */
export function setOf(canonical: string, system: string, codes: readonly string[]): BoundCodes {
  return {
    canonical,
    isLarge: false,
    contains: (asked, code) => (asked === undefined || asked === system) && codes.includes(code),
    some: (max) => codes.slice(0, max).map((code) => ({ system, code })),
  };
}

/** `error Patient.name[0].family min`, for each finding, by the first of the profiles. */
export function told(
  resource: any,
  structures: readonly StructureDefinition[],
  more: Partial<ProfileOptions> & { sets?: Parameters<typeof libraryOf>[1] } = {},
): string[] {
  return findings(resource, structures, more).map(
    ({ severity, expression, rule }) => `${severity} ${expression} ${rule}`,
  );
}

export function findings(
  resource: any,
  structures: readonly StructureDefinition[],
  { sets = {}, ...more }: Partial<ProfileOptions> & { sets?: Parameters<typeof libraryOf>[1] } = {},
) {
  const library = libraryOf(structures, sets);
  const verdict = judgeProfiles(resource.resourceType, resource, { library, profiles: [structures[0]!.url], ...more });
  const all = verdict.tell();
  if (verdict.isValid === all.some(({ severity }) => severity === 'error')) throw new Error('The two walks disagree.');
  return all;
}

/** One concept of an expansion as the answer tells it. https://hl7.org/fhir/R4/valueset-definitions.html#ValueSet.expansion.contains */
import type { CodeSystemConceptProperty, Extension, ValueSetExpansionContains } from 'fhir/r4.js';
import type { Item } from './items.ts';
import type { Languages } from './languages.ts';
import { designationsBeside, namesOf, shownName } from './presentation.ts';

/** How concepts are to be told. */
export interface Shown {
  readonly languages?: Languages | undefined;
  readonly includeDesignations?: boolean;
  readonly designations?: readonly string[];
  readonly properties?: readonly string[];
}

/** The concept with its display in the wanted language, and what else was asked for. */
export function entryOf(item: Item, shown: Shown): ValueSetExpansionContains {
  const { url, system, concept, listed } = item;
  const names = namesOf(concept, system, listed);
  const name = shownName(names, shown.languages);
  const wanted = shown.includeDesignations || shown.designations?.length;
  const designation = wanted
    ? designationsBeside(names, name).filter((one) => isWanted(one, shown.designations ?? []))
    : [];
  const extension = [...carried(item), ...propertiesOf(item, withStatus(shown.properties ?? [], [item]))];
  return {
    ...(extension.length > 0 ? { extension } : {}),
    system: url,
    ...(item.isAbstract ? { abstract: true } : {}),
    ...(item.isInactive ? { inactive: true } : {}),
    code: concept.code,
    ...(name ? { display: name.value } : {}),
    ...(designation.length > 0 ? { designation } : {}),
  };
}

/** R4 has no place for properties: they are told by the extensions that stand for the elements of R5. */
const R5 = 'http://hl7.org/fhir/5.0/StructureDefinition/extension-ValueSet.expansion';

/** The properties that are told: those asked for, and of inactive concepts the status, which says why. */
export function withStatus(properties: readonly string[], items: readonly Item[]): readonly string[] {
  return properties.includes('status') || !items.some(hasStatus) ? properties : [...properties, 'status'];
}

/** What the codes of the properties mean that are told in an expansion. */
export function propertyDeclarations(properties: readonly string[], items: readonly Item[]): Extension[] {
  return properties.flatMap((code) => {
    const defined = items.flatMap(({ system }) => system?.about.property ?? []).find((one) => one.code === code);
    const uri = defined?.uri ?? (STANDARD.has(code) ? `http://hl7.org/fhir/concept-properties#${code}` : undefined);
    if (uri === undefined) return [];
    return [
      {
        url: `${R5}.property`,
        extension: [
          { url: 'code', valueCode: code },
          { url: 'uri', valueUri: uri },
        ],
      },
    ];
  });
}

/** https://hl7.org/fhir/R4/codesystem-concept-properties.html */
const STANDARD: ReadonlySet<string> = new Set([
  'definition',
  'inactive',
  'deprecationDate',
  'deprecated',
  'notSelectable',
  'parent',
  'child',
  'status',
  'order',
  'label',
  'weight',
]);

function hasStatus({ isInactive, concept }: Item): boolean {
  return isInactive && (concept.property ?? []).some(({ code }) => code === 'status');
}

function propertiesOf({ concept, system }: Item, wanted: readonly string[]): Extension[] {
  return wanted.flatMap((code) =>
    valuesOf(
      code,
      concept,
      [...(system?.parents(concept.code) ?? [])],
      [...(system?.children(concept.code) ?? [])],
    ).map((value) => ({
      url: `${R5}.contains.property`,
      extension: [
        { url: 'code', valueCode: code },
        { url: 'value', ...value },
      ],
    })),
  );
}

function valuesOf(
  code: string,
  concept: Item['concept'],
  parents: string[],
  children: string[],
): Omit<Extension, 'url'>[] {
  switch (code) {
    case 'definition':
      return concept.definition === undefined ? [] : [{ valueString: concept.definition }];
    case 'parent':
      return parents.map((valueCode) => ({ valueCode }));
    case 'child':
      return children.map((valueCode) => ({ valueCode }));
    default:
      return (concept.property ?? []).filter((one) => one.code === code).map(bareValue);
  }
}

function bareValue({ code: _, id: __, extension: ___, ...value }: CodeSystemConceptProperty): Omit<Extension, 'url'> {
  return value;
}

/** Extensions that say how the concept is to be shown and used. */
function carried({ concept, listed }: Item): Extension[] {
  const own = (concept.extension ?? []).filter(({ url }) => SHOWN.has(url));
  const ofSet = (listed?.extension ?? []).filter(({ url }) => !own.some((one) => one.url === url));
  return [...own, ...ofSet];
}

const HL7 = 'http://hl7.org/fhir/StructureDefinition/';
const SHOWN: ReadonlySet<string> = new Set(
  ['rendering-style', 'rendering-xhtml', 'ordinalValue', 'itemWeight', 'structuredefinition-standards-status'].map(
    (name) => HL7 + name,
  ),
);

function isWanted(
  { language, use }: { language?: string; use?: { system?: string; code?: string } },
  wanted: readonly string[],
): boolean {
  if (wanted.length === 0) return true;
  return wanted.some((one) => {
    const [system, code = ''] = one.includes('|') ? one.split('|') : ['urn:ietf:bcp:47', one];
    return system === 'urn:ietf:bcp:47' ? language === code : use?.system === system && use?.code === code;
  });
}

/** What an element of a concept map says of a code. Pure. https://hl7.org/fhir/R4/conceptmap.html */
import type {
  CodeableConcept,
  Coding,
  ConceptMap,
  ConceptMapGroup,
  ConceptMapGroupElementTarget,
  ConceptMapGroupElementTargetDependsOn,
  ParametersParameter,
} from 'fhir/r4.js';
import type { MappedElement } from '../../store/index.ts';

/** What else is known of what is translated. */
export interface Dependency {
  /** The property that it is about, as `dependsOn.property` of the map. */
  readonly element: string;
  readonly concept: CodeableConcept;
}

/** A group of a map, and the code that was looked for in it. */
export interface Place {
  readonly map: ConceptMap;
  readonly group: ConceptMapGroup;
  readonly coding: Coding;
}

export type Equivalence = ConceptMapGroupElementTarget['equivalence'];

export interface Match {
  readonly equivalence: Equivalence;
  /** undefined where the map says that nothing fits. */
  readonly concept: Coding | undefined;
  readonly products: readonly ConceptMapGroupElementTargetDependsOn[];
  readonly map: ConceptMap;
}

/** The best first. */
const ORDER: readonly Equivalence[] = [
  'equal',
  'equivalent',
  'wider',
  'subsumes',
  'narrower',
  'specializes',
  'relatedto',
  'inexact',
  'unmatched',
  'disjoint',
];

/** Read from the other end. */
const REVERSED: Partial<Record<Equivalence, Equivalence>> = {
  wider: 'narrower',
  narrower: 'wider',
  subsumes: 'specializes',
  specializes: 'subsumes',
};

/** Whether it says of a concept that it may stand for the code. */
export function isFound({ concept, equivalence }: Match): boolean {
  return concept !== undefined && equivalence !== 'unmatched' && equivalence !== 'disjoint';
}

/** Each once, the best first, in the order of the maps otherwise. */
export function ranked(matches: readonly Match[]): Match[] {
  const once = new Map(
    matches.map((match) => [JSON.stringify({ ...match, map: match.map.url ?? match.map.id }), match]),
  );
  return [...once.values()].sort((a, b) => ORDER.indexOf(a.equivalence) - ORDER.indexOf(b.equivalence));
}

/**
 * What elements of a group say.
 * @param lacking takes the properties on which a target depends, and of which nothing was given
 */
export function matchesOf(
  { map, group }: Place,
  elements: readonly MappedElement[],
  { reverse = false, dependencies = [] }: { readonly reverse?: boolean; readonly dependencies?: readonly Dependency[] },
  lacking: Set<string>,
): Match[] {
  return elements.flatMap((element): Match[] => {
    const { target } = element;
    if (!target) return [{ equivalence: 'unmatched', concept: undefined, products: [], map }];
    const { equivalence, product = [], dependsOn = [] } = target;
    const unmet = reverse ? [] : dependsOn.filter((one) => !isMet(one, dependencies));
    if (unmet.length > 0) {
      for (const { property } of unmet) {
        if (!dependencies.some((one) => one.element === property)) lacking.add(property);
      }
      return [];
    }
    const concept = reverse
      ? codingOf(group.source, group.sourceVersion, element)
      : codingOf(group.target, group.targetVersion, target);
    return [
      {
        equivalence: reverse ? (REVERSED[equivalence] ?? equivalence) : equivalence,
        concept,
        products: reverse ? dependsOn : product,
        map,
      },
    ];
  });
}

/** What a group says of codes that it does not have. https://hl7.org/fhir/R4/conceptmap-definitions.html#ConceptMap.group.unmapped */
export function unmappedOf({ map, group, coding }: Place): { readonly match?: Match; readonly follow?: string } {
  const { unmapped } = group;
  const plain = { products: [], map };
  switch (unmapped?.mode) {
    case 'provided': {
      const concept = codingOf(group.target, group.targetVersion, coding);
      return { match: { ...plain, equivalence: 'equivalent', concept } };
    }
    case 'fixed': {
      const concept = codingOf(group.target, group.targetVersion, unmapped);
      return { match: { ...plain, equivalence: 'inexact', concept } };
    }
    case 'other-map':
      return unmapped.url === undefined ? {} : { follow: unmapped.url };
    default:
      return {};
  }
}

export function matchParameter({ equivalence, concept, products, map }: Match): ParametersParameter {
  const source = map.url ?? (map.id === undefined ? undefined : `ConceptMap/${map.id}`);
  return {
    name: 'match',
    part: [
      { name: 'equivalence', valueCode: equivalence },
      ...(concept ? [{ name: 'concept', valueCoding: concept }] : []),
      ...products.map(({ property, system, value, display }) => ({
        name: 'product',
        part: [
          { name: 'element', valueUri: property },
          { name: 'concept', valueCoding: codingOf(system, undefined, { code: value, ...(display && { display }) })! },
        ],
      })),
      ...(source === undefined ? [] : [{ name: 'source', valueUri: source }]),
    ],
  };
}

function codingOf(
  system: string | undefined,
  version: string | undefined,
  { code, display }: { readonly code?: string | undefined; readonly display?: string | undefined },
): Coding | undefined {
  if (code === undefined) return undefined;
  const own = { ...(system === undefined ? {} : { system }), ...(version === undefined ? {} : { version }) };
  return { ...own, code, ...(display === undefined ? {} : { display }) };
}

function isMet(
  { property, system, value }: ConceptMapGroupElementTargetDependsOn,
  dependencies: readonly Dependency[],
): boolean {
  return dependencies.some(
    ({ element, concept }) =>
      element === property &&
      (concept.text === value ||
        (concept.coding ?? []).some((one) => one.code === value && (system === undefined || one.system === system))),
  );
}

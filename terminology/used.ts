/** The definitions that an answer stands on, and what their status says to who uses them. */
import type { CodeSystem, ValueSet } from 'fhir/r4.js';
import type { Composition, Part } from './composition.ts';
import type { System } from './system.ts';

export interface Used {
  readonly systems: readonly System[];
  /** Imported ones, not the one that was asked for. */
  readonly valueSets: readonly ValueSet[];
}

/** Whether something should not be relied on, and why. */
export type Caution = 'deprecated' | 'withdrawn' | 'experimental' | 'draft';

/** Everything that a composition takes codes from or leaves codes out by. */
export function usedBy(composition: Composition): Used {
  const systems = new Set<System>();
  const valueSets = new Set<ValueSet>();
  const visit = ({ includes, excludes }: Composition) => {
    for (const part of [...includes, ...excludes]) {
      if (part.system) systems.add(part.system);
      for (const one of importsOf(part)) {
        valueSets.add(one.valueSet);
        visit(one);
      }
    }
  };
  visit(composition);
  return { systems: [...systems], valueSets: [...valueSets] };
}

/** `url|version`, or the url alone. */
export function versioned({ url = '', version }: { url?: string | undefined; version?: string | undefined }): string {
  return version === undefined ? url : `${url}|${version}`;
}

/**
 * What to tell of a definition to whoever uses it by another one.
 * @param by what it is used by: an experimental or draft one may use its like
 */
export function cautionOf(
  definition: Pick<CodeSystem | ValueSet, 'status' | 'experimental' | 'extension'>,
  by?: Pick<ValueSet, 'status' | 'experimental'>,
): Caution | undefined {
  const standards = definition.extension?.find(
    ({ url }) => url === 'http://hl7.org/fhir/StructureDefinition/structuredefinition-standards-status',
  )?.valueCode;
  if (standards === 'deprecated' || standards === 'withdrawn') return standards;
  if (definition.status === 'retired') return 'withdrawn';
  if (definition.experimental && !by?.experimental) return 'experimental';
  if (definition.status === 'draft' && by?.status !== 'draft') return 'draft';
  return undefined;
}

function importsOf({ imports }: Part): readonly Composition[] {
  return imports;
}

/** What a resource contains, by what it is found by. https://hl7.org/fhir/R4/references.html#contained */
import { isResourceType } from '../../resources/index.ts';
import type { Contained, IndexValues } from './index-values.ts';

/** What `#id` means within one container. */
export interface Locals {
  /** `MedicationRequest/23` */
  readonly container: string;
  /** Types by local id; that of the container itself by '', since `#` refers to it. */
  readonly types: ReadonlyMap<string, string>;
}

/** @returns undefined where nothing is contained, which is nearly always */
export function localsOf(type: string, id: string, { contained }: any): Locals | undefined {
  if (!Array.isArray(contained) || contained.length === 0) return undefined;
  const types = new Map([['', type]]);
  // Of two with one id, which nobody can tell apart, the first counts.
  for (const one of contained) if (!types.has(one?.id)) types.set(one?.id, one?.resourceType);
  return { container: `${type}/${id}`, types };
}

/** What the rid of a contained resource is the hash of; of the container itself for `#`. */
export function localText(container: string, reference: string): string {
  return `rid|${container}${reference === '#' ? '' : reference}`;
}

/**
 * The values of each contained resource. The shard key is the container's; identifiers inside are nobody's to lock,
 * since conditional writes do not look for them.
 * @param of the container's values @param valuesOf those of one by itself
 */
export function containedIn(
  { contained }: any,
  { container, types }: Locals,
  of: IndexValues,
  valuesOf: (one: any, type: string) => IndexValues,
): Contained[] {
  const told = new Set<string>();
  return contained.flatMap((one: any): Contained[] => {
    const { id: local, resourceType: type } = one ?? {};
    // Without an id or of a type that R4 does not know: only where nothing is judged.
    if (typeof local !== 'string' || told.has(local) || types.get(local) !== type || !isResourceType(type)) return [];
    told.add(local);
    const values = valuesOf(one, type);
    return [{ type, local, id: `${container}#${local}`, values: { ...values, sk: of.sk, comp: [], locks: [] } }];
  });
}

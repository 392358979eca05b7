/** How findings call a profile. */
import type { StructureDefinition } from 'fhir/r4.js';

export interface ProfileName {
  readonly canonical: string;
  /** Last part of the canonical: what people call it. */
  readonly short: string;
}

export function nameOf({ url }: Pick<StructureDefinition, 'url'>): ProfileName {
  return { canonical: url, short: shortName(url) };
}

export function shortName(canonical: string): string {
  const plain = canonical.replace(/\|.*$/, '');
  return plain.slice(plain.lastIndexOf('/') + 1) || plain;
}

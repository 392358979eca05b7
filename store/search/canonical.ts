/**
 * References by canonical address: they lead to what has this `url`, in the version that they name or in any. The hash of
 * the address stands for the target as its rid does elsewhere, turned by the key of the slot on the side of the
 * reference and by a key of its own on the side of the target. https://hl7.org/fhir/R4/references.html#canonical
 */
import { type SearchParameter, searchParameters } from '../../resources/index.ts';
import type { Hasher } from '../hash.ts';
import type { Sink } from './sink.ts';

/** Whose hash turns the addresses of definitions. */
export const CANONICAL = 'ref|canonical';

/** What is hashed to stand for a definition of this address; version undefined: for any of them. */
export function canonicalText(url: string, version: string | undefined): string {
  return `canonical|${url}|${version ?? ''}`;
}

/** Writing side of a reference. @param key what is hashed to the key of its slot */
export function addCanonicalReference(url: string, version: string | undefined, key: string, sink: Sink): void {
  const { hasher } = sink;
  hasher.digest(canonicalText(url, version));
  const { low, high } = hasher;
  hasher.digest(key);
  sink.addReference(low ^ hasher.low, high ^ hasher.high);
}

/** Writing side of a definition: the tokens by which references to its address find it. */
export function ownCanonicals(url: string, version: string | undefined, hasher: Hasher): bigint[] {
  const key = hasher.hash(CANONICAL);
  const texts = [canonicalText(url, undefined), ...(version === undefined ? [] : [canonicalText(url, version)])];
  return texts.map((text) => hasher.hash(text) ^ key);
}

/** Whether resources of a type have an address that references may name. */
export function isDefinition(type: string): boolean {
  return searchParameters(type).get('url')?.type === 'uri';
}

/** Whether the values of a parameter may be addresses of definitions. */
export function mayBeCanonical({ type, slots }: SearchParameter): boolean {
  return type === 'reference' && slots.some(({ fhirTypes }) => fhirTypes.includes('canonical'));
}

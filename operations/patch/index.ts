/** PATCH: the three kinds of patch that FHIR servers take, as pure functions. https://hl7.org/fhir/R4/http.html#patch */
import { Fault } from '../../resources/index.ts';
import type { Content, PatchLimits } from './draft.ts';
import { fhirpathPatch } from './fhirpath-patch.ts';
import { jsonPatch } from './json-patch.ts';
import { mergePatch } from './merge-patch.ts';

export { type Content, type PatchLimits, patchLimits } from './draft.ts';

export type PatchKind = 'json-patch' | 'merge-patch' | 'fhirpath-patch';

/**
 * Carries a patch out on a resource: all of it or nothing. Neither argument is changed.
 * Numbers keep their digits, those of the resource as well as those that the patch brings. What the patch leaves empty
 * goes. The result is not checked against the definitions: that is the judge's, as for every write.
 * @param resource as parsed; its type and id must come out as they went in
 * @param patch for JSON Patch an array, for JSON Merge Patch an object, for FHIRPath Patch a Parameters resource
 * @throws Fault `invalid-request` (400), `not-supported` (400), `conflict` (409: a JSON Patch `test` does not hold),
 * `too-costly`, `too-deep`
 */
export function applyPatch(kind: PatchKind, resource: Content, patch: Content, limits?: PatchLimits): Content {
  const result = patches[kind](resource, patch, limits);
  const type = resource.value?.resourceType;
  if (typeof result.value !== 'object' || result.value === null || Array.isArray(result.value)) {
    throw new Fault('invalid-request', 'The patch would turn the resource into something else than an object.');
  }
  for (const name of ['resourceType', 'id']) {
    if (memberOf(result.value, name) === memberOf(resource.value, name)) continue;
    throw new Fault('invalid-request', `The patch would change the ${name} of the resource.`, {
      expression: name === 'id' ? `${type}.id` : `${type}`,
      hint: 'A patch keeps the identity; to move the content elsewhere, create another resource.',
    });
  }
  return result;
}

const patches: Readonly<Record<PatchKind, (resource: Content, patch: Content, limits?: PatchLimits) => Content>> = {
  'json-patch': jsonPatch,
  'merge-patch': mergePatch,
  'fhirpath-patch': fhirpathPatch,
};

function memberOf(value: any, name: string): unknown {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

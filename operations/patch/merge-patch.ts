/** JSON Merge Patch (RFC 7396, which replaced RFC 7386 without changing it), numbers kept as written. */
import { Fault } from '../../resources/index.ts';
import { type Content, Draft, type PatchLimits, patchLimits, ROOT } from './draft.ts';

/**
 * Merges the patch into the resource: objects member by member, null removes, all else (lists whole) replaces.
 * @throws Fault `invalid-request` when the patch is no object, `too-deep`
 */
export function mergePatch(resource: Content, patch: Content, limits: PatchLimits = patchLimits): Content {
  if (!isObject(patch.value)) {
    throw new Fault('invalid-request', 'A JSON Merge Patch of a resource is an object.', {
      hint: 'Send the members to change, for example {"gender": "female", "birthDate": null}.',
    });
  }
  const draft = new Draft(resource, limits);
  merge(draft, draft.top, ROOT, patch, patch.value, 1);
  return draft.finish();
}

function merge(draft: Draft, holder: any, key: string, patch: Content, changes: any, level: number): void {
  if (level > draft.limits.depthMax) {
    throw new Fault('too-deep', `The patch is nested deeper than ${draft.limits.depthMax} levels.`);
  }
  if (!Object.hasOwn(holder, key) || !isObject(holder[key])) draft.put(holder, key, { value: {} });
  const target = holder[key];
  for (const name of Object.keys(changes)) {
    if (changes[name] === null) {
      if (Object.hasOwn(target, name)) draft.remove(target, name);
      else draft.markEmptied(target);
    } else if (isObject(changes[name])) merge(draft, target, name, patch, changes[name], level + 1);
    else draft.put(target, name, draft.copyOf(changes, name, level + 1, patch.digits));
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

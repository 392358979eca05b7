/** What an update comes to, given what is stored. https://hl7.org/fhir/R4/http.html#update */
import { Fault } from '../../resources/index.ts';
import type { Condition, Prepared } from '../records.ts';
import { sameContent } from './content.ts';
import type { Current } from './current.ts';

export type UpdateDecision =
  | { readonly do: 'create' }
  | { readonly do: 'update'; readonly before: Current }
  | { readonly do: 'nothing'; readonly current: Current };

/**
 * @param current the newest version, a deletion included; undefined where there never was one
 * @throws Fault `version-conflict` (If-Match), `precondition-failed` (If-None-Match)
 */
export function decideUpdate(content: Prepared, condition: Condition, current: Current | undefined): UpdateDecision {
  requireCondition(content.type, content.id, condition, current);
  if (!current) return { do: 'create' };
  if (!current.deleted && sameContent(content, current)) return { do: 'nothing', current };
  return { do: 'update', before: current };
}

/** @throws Fault `version-conflict`, `precondition-failed` where the condition does not hold of the current version */
export function requireCondition(
  type: string,
  id: string,
  { ifMatch, ifNoneMatchAny }: Condition,
  current: Pick<Current, 'version' | 'deleted'> | undefined,
): void {
  const exists = current !== undefined && !current.deleted;
  if (ifNoneMatchAny && exists) {
    throw new Fault('precondition-failed', `${type}/${id} exists already, at version ${current.version}.`, {
      hint: 'If-None-Match: * asks that there be none. Leave it out to update.',
      about: `${type}/${id}`,
    });
  }
  if (ifMatch === undefined) return;
  if (!current) throw absentFault(type, id);
  // The ETag of a deletion is told with 410, so it may be used to bring the resource back.
  if (ifMatch === '*' ? !exists : ifMatch !== current.version) throw conflictFault(type, id, ifMatch, current);
}

/** @throws nothing: makes the fault for a resource that If-Match expects and that is not there. */
export function absentFault(type: string, id: string): Fault {
  return new Fault('version-conflict', `${type}/${id} does not exist, so no version of it can match.`, {
    hint: 'Leave If-Match out to create it.',
    about: `${type}/${id}`,
  });
}

export function conflictFault(
  type: string,
  id: string,
  expected: number | '*',
  current: Pick<Current, 'version' | 'deleted'>,
): Fault {
  const state = current.deleted ? `was deleted by version ${current.version}` : `is at version ${current.version}`;
  const text = expected === '*' ? `${type}/${id} ${state}.` : `${type}/${id} ${state}, not ${expected}.`;
  return new Fault('version-conflict', text, {
    hint: 'Read it again, then send your change.',
    about: `${type}/${id}`,
  });
}

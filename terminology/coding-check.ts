/** One coding, looked at: does its system have it, does the value set, is it called so? */
import type { CodeSystemConcept, Coding } from 'fhir/r4.js';
import { type Composition, termOf } from './composition.ts';
import { displayIssue } from './display-check.ts';
import { isAbstract, isInactive, propertyValues } from './hierarchy.ts';
import {
  abstractCode,
  caseDiffers,
  deprecatedInValueSet,
  type Issue,
  inactiveConcept,
  noSystem,
  notActive,
  notInValueSet,
  undecided,
  unknownCode,
  unknownInFragment,
  unknownSystem,
} from './issues.ts';
import { type Item, itemMaker } from './items.ts';
import type { Languages } from './languages.ts';
import { holds } from './membership.ts';
import { namesOf, shownName } from './presentation.ts';
import type { Shelf } from './shelf.ts';
import type { System } from './system.ts';
import { versioned } from './used.ts';

/** What all codings of a question are checked against. */
export interface Standing {
  readonly shelf: Shelf;
  /** undefined: any code of the system will do. */
  readonly composition: Composition | undefined;
  readonly languages: Languages | undefined;
  readonly takesAbstract: boolean;
  readonly isLenient: boolean;
}

/** FHIRPaths of a coding and its parts. */
export interface CodingPlace {
  readonly whole: string;
  readonly code: string;
  readonly system: string;
  readonly display: string;
}

export interface Checked {
  readonly coding: Coding;
  readonly system: System | undefined;
  readonly concept: CodeSystemConcept | undefined;
  /** Whether it is what was asked for; there may be errors in it all the same. */
  readonly isIn: boolean;
  readonly display: string | undefined;
  readonly isInactive: boolean;
  readonly status: string | undefined;
  readonly unknown?: { readonly parameter: string; readonly system: string };
  readonly issues: readonly Issue[];
}

/** @param coding `candidates`: systems that have the code, where it comes without one */
export function checkCoding(
  coding: Coding & { readonly candidates?: readonly string[] },
  place: CodingPlace,
  standing: Standing,
): Checked {
  const { composition, shelf } = standing;
  const { system: url, code = '', version } = coding;
  const none = {
    coding,
    system: undefined,
    concept: undefined,
    isIn: false,
    display: undefined,
    isInactive: false,
    status: undefined,
  };
  const named = { system: url, code, display: coding.display };
  const set = composition ? versioned(composition.valueSet) : '';
  if (url === undefined) {
    const issues = [noSystem(named, set, coding.candidates ?? [], place.code)];
    if (composition) issues.unshift(notInValueSet(named, set, place.code));
    return { ...none, issues };
  }
  const system = systemFor(url, version, composition, shelf);
  const concept = system?.find(code);
  const isMember = composition ? holds(termOf(composition, url), code) : undefined;
  if (!system) return unknownSystemOf({ ...none, issues: [] }, isMember, set, place, composition);
  const issues: Issue[] = [];
  const exact = { ...named, version: system.version };
  if (!concept) issues.push(system.isComplete ? unknownCode(exact, place.code) : unknownInFragment(exact, place.code));
  const isIn = membership(isMember, concept, system, composition, issues, { named, set, place });
  const item = concept && (composition ? itemMaker(composition, url)(concept.code) : undefined);
  return { ...none, system, ...about(coding, concept, item, place, standing, system, isIn, issues), isIn, issues };
}

/** The version that is named, or that the value set means. */
function systemFor(url: string, version: string | undefined, composition: Composition | undefined, shelf: Shelf) {
  const exact = version === undefined ? undefined : shelf.system(url, version);
  if (exact) return exact;
  const part = composition?.includes.find((one) => one.url === url && one.system);
  return part?.system ?? (version === undefined ? shelf.system(url) : undefined);
}

/** A code of a system that is not at hand may still stand in the value set by itself. */
function unknownSystemOf(
  none: Checked,
  isMember: boolean | undefined,
  set: string,
  place: CodingPlace,
  composition: Composition | undefined,
): Checked {
  const { system: url, code = '' } = none.coding;
  const unknown = { parameter: isMember === false ? 'x-unknown-system' : 'x-caused-by-unknown-system', system: url! };
  if (isMember) {
    const display = itemMaker(composition!, url!)(code).listed?.display;
    return { ...none, isIn: true, display, unknown, issues: [unknownSystem(url!, place.system, 'warning')] };
  }
  const issues = [unknownSystem(url!, place.system)];
  if (isMember === false)
    issues.unshift(notInValueSet({ system: url, code, display: none.coding.display }, set, place.code));
  return { ...none, unknown, issues };
}

function membership(
  isMember: boolean | undefined,
  concept: CodeSystemConcept | undefined,
  system: System,
  composition: Composition | undefined,
  issues: Issue[],
  { named, set, place }: { named: { system: string | undefined; code: string }; set: string; place: CodingPlace },
): boolean {
  if (!composition) return concept !== undefined || !system.isComplete;
  if (isMember === true) return true;
  if (isMember === undefined) {
    // What a fragment does not have may be in another one.
    if (!concept && !system.isComplete) return true;
    issues.push(undecided(composition.problem?.because ?? 'a part of it is not at hand'));
    return false;
  }
  issues.push(notInValueSet(named, set, place.code));
  return false;
}

/** What is told of a concept that there is. */
function about(
  coding: Coding,
  concept: CodeSystemConcept | undefined,
  item: Item | undefined,
  place: CodingPlace,
  { languages, takesAbstract, isLenient, composition }: Standing,
  system: System,
  isIn: boolean,
  issues: Issue[],
): Pick<Checked, 'concept' | 'display' | 'isInactive' | 'status'> {
  if (!concept) return { concept, display: undefined, isInactive: false, status: undefined };
  const own = item ?? itemOf(concept, system);
  const named = { system: system.url, code: concept.code };
  const names = namesOf(own.concept, system, own.listed);
  const [status] = propertyValues(concept, 'status');
  if (coding.code !== concept.code) {
    issues.push(caseDiffers(coding.code!, concept.code, versioned(system), place.code));
  }
  if (own.isAbstract && !takesAbstract) issues.push(abstractCode(named, place.code));
  if (own.isInactive) {
    if (!isIn && composition?.valueSet.compose?.inactive === false) issues.push(notActive(concept.code, place.code));
    issues.push(inactiveConcept(concept.code, status, place.whole === 'code' ? undefined : place.whole));
  }
  if (composition && isIn && isDeprecated(own)) {
    issues.push(deprecatedInValueSet(named, versioned(composition.valueSet), place.code));
  }
  if (coding.display !== undefined) {
    const issue = displayIssue({
      display: coding.display,
      named,
      names,
      languages,
      expression: place.display,
      isLenient,
    });
    if (issue) issues.push(issue);
  }
  return { concept, display: shownName(names, languages)?.value, isInactive: own.isInactive, status };
}

function itemOf(concept: CodeSystemConcept, system: System): Item {
  return {
    url: system.url,
    system,
    concept,
    listed: undefined,
    isInactive: isInactive(concept),
    isAbstract: isAbstract(concept),
  };
}

/** The value set says that it keeps the code only for what is old. */
function isDeprecated({ listed }: Item): boolean {
  return (listed?.extension ?? []).some(
    ({ url, valueCode, valueBoolean }) =>
      (url === 'http://hl7.org/fhir/StructureDefinition/valueset-deprecated' &&
        (valueCode === 'true' || valueBoolean === true)) ||
      (url === 'http://hl7.org/fhir/StructureDefinition/structuredefinition-standards-status' &&
        valueCode === 'deprecated'),
  );
}

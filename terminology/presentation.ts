/** What a concept is called: displays and designations in the languages that somebody reads. */
import type { CodeSystemConcept, CodeSystemConceptDesignation, ValueSetComposeIncludeConcept } from 'fhir/r4.js';
import { closeness, type Languages } from './languages.ts';
import type { System } from './system.ts';

/** One name of a concept. */
export interface Name {
  readonly value: string;
  readonly language: string | undefined;
  /** The display of the code system or of the value set, not a designation. */
  readonly isDisplay: boolean;
  readonly designation: CodeSystemConceptDesignation | undefined;
}

/** Says of a designation that it is what the concept is called in its language. */
const PREFERRED = {
  system: 'http://terminology.hl7.org/CodeSystem/hl7TermMaintInfra',
  code: 'preferredForLanguage',
  display: 'Preferred For Language',
};

/** All names of a concept: its display first; that of the value set goes before that of the system. */
export function namesOf(
  concept: CodeSystemConcept,
  system: Pick<System, 'about'> | undefined,
  listed?: ValueSetComposeIncludeConcept,
): Name[] {
  const language = system?.about.language;
  const displays: Name[] = [listed?.display, concept.display]
    .filter((value) => value !== undefined)
    .map((value) => ({ value, language, isDisplay: true, designation: undefined }));
  const designations = [...(listed?.designation ?? []), ...(concept.designation ?? [])];
  return [
    ...displays,
    ...designations.map((designation) => ({
      value: designation.value,
      language: designation.language,
      isDisplay: false,
      designation,
    })),
  ];
}

/** The name to be shown; undefined where there is none in a wanted language and no other will do. */
export function shownName(names: readonly Name[], languages: Languages | undefined): Name | undefined {
  const display = names.find(({ isDisplay }) => isDisplay);
  if (!languages || languages.wanted.length === 0) return display;
  let best: { name: Name; rank: number } | undefined;
  for (const name of names) {
    if (name.language === undefined || (!name.isDisplay && !isName(name))) continue;
    const rank = closeness(languages, name.language);
    if (rank !== undefined && (best === undefined || rank < best.rank)) best = { name, rank };
  }
  if (best) return best.name;
  return languages.takesOthers || display?.language === undefined ? display : undefined;
}

/** What is told beside the name that is shown: the designations, and the display where another name took its place. */
export function designationsBeside(names: readonly Name[], shown: Name | undefined): CodeSystemConceptDesignation[] {
  const display = names.find(({ isDisplay }) => isDisplay);
  const replaced: CodeSystemConceptDesignation[] =
    display && display !== shown && display.language !== undefined
      ? [{ language: display.language, use: PREFERRED, value: display.value }]
      : [];
  const others = names.filter((name) => name.designation && name !== shown);
  return [...replaced, ...others.map(({ designation }) => designation!)];
}

/** The display as a designation of its own language, as $lookup tells it. */
export function displayAsDesignation(names: readonly Name[]): CodeSystemConceptDesignation | undefined {
  const display = names.find(({ isDisplay }) => isDisplay);
  return display?.language === undefined
    ? undefined
    : { language: display.language, use: PREFERRED, value: display.value };
}

/** Whether a designation may stand for the display: a synonym, a note or a short form may not. */
function isName({ designation }: Name): boolean {
  const use = designation?.use?.code;
  return (
    use === undefined ||
    use === 'display' ||
    use === PREFERRED.code ||
    use === '900000000000003001' ||
    use === 'preferred'
  );
}

/** `$translate`: what is a code called in another system? https://hl7.org/fhir/R4/conceptmap-operation-translate.html */
import type { CodeableConcept, Coding, ConceptMap, ParametersParameter } from 'fhir/r4.js';
import { type Context, Fault, parseCanonical } from '../../resources/index.ts';
import { heldMap, type KnownMap, type MapLibrary, type MapShelf, type Wanted } from './library.ts';
import { type Dependency, isFound, type Match, matchesOf, matchParameter, ranked, unmappedOf } from './matching.ts';

export interface TranslateRequest {
  /** Of a map that is stored here. */
  readonly id?: string;
  readonly url?: string;
  readonly version?: string;
  /** One that was sent. */
  readonly conceptMap?: ConceptMap;
  readonly code?: string;
  readonly system?: string;
  readonly systemVersion?: string;
  readonly coding?: Coding;
  readonly codeableConcept?: CodeableConcept;
  /** Value sets in which the code stands, and into which it is to be translated; the other way round with `reverse`. */
  readonly source?: string;
  readonly target?: string;
  readonly targetSystem?: string;
  readonly dependencies?: readonly Dependency[];
  readonly reverse?: boolean;
}

/** Maps that lead on to others: so many steps are followed. */
const STEPS_MAX = 10;
/** Times that a question is asked anew because maps change meanwhile. */
const ATTEMPTS_MAX = 5;

/**
 * All translations of a code, as parameters.
 * @throws Fault `not-found` for a map that is not there, `invalid-request` where no code with its system is given
 */
export async function translate(
  request: TranslateRequest,
  shelf: MapShelf,
  context: Context,
): Promise<ParametersParameter[]> {
  const codings = codingsOf(request);
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
    const library = await shelf.library(context);
    const named = namedMap(request, library);
    const maps = named ? [named] : library.all.filter((map) => fits(map, request, context.base));
    const outcome = await walk(request, codings, maps, library, shelf, context);
    if (outcome) return answerOf(request, codings, maps, outcome);
    shelf.forget();
  }
  throw new Fault('timeout', 'The concept maps change faster than they can be asked.', { hint: 'Try again.' });
}

interface Outcome {
  readonly matches: readonly Match[];
  /** What a dependency that was not given kept from counting. */
  readonly lacking: ReadonlySet<string>;
}

interface Step {
  readonly wanted: Wanted;
  readonly coding: Coding;
}

/** Asks maps, and those to which they send what they do not know; undefined where one changed meanwhile. */
async function walk(
  request: TranslateRequest,
  codings: readonly Coding[],
  maps: readonly KnownMap[],
  library: MapLibrary,
  shelf: MapShelf,
  context: Context,
): Promise<Outcome | undefined> {
  const matches: Match[] = [];
  const lacking = new Set<string>();
  const visited = new Set<string>();
  const side = request.reverse ? 'target' : 'source';
  let steps = stepsOf(maps, codings, request);
  for (let step = 0; steps.length > 0 && step < STEPS_MAX; step++) {
    const found = await shelf.find(
      steps.map(({ wanted }) => wanted),
      side,
      context,
    );
    if (!found) return undefined;
    const next: Step[] = [];
    for (const [index, { wanted, coding }] of steps.entries()) {
      const elements = found[index]!;
      const group = wanted.map.about.group![wanted.group]!;
      const place = { map: wanted.map.about, group, coding };
      matches.push(...matchesOf(place, elements, request, lacking));
      if (elements.length > 0 || request.reverse) continue;
      const { match, follow } = unmappedOf(place);
      if (match) matches.push(match);
      const other = follow === undefined ? undefined : library.byCanonical(follow);
      if (other && !visited.has(`${follow} ${coding.code}`)) {
        visited.add(`${follow} ${coding.code}`);
        next.push(...stepsOf([other], [coding], request));
      }
    }
    steps = next;
  }
  return { matches, lacking };
}

/** The groups of the maps that are about the systems of the codes. */
function stepsOf(
  maps: readonly KnownMap[],
  codings: readonly Coding[],
  { reverse, targetSystem }: TranslateRequest,
): Step[] {
  return codings.flatMap((coding) =>
    maps.flatMap((map) =>
      (map.about.group ?? []).flatMap((group, index) => {
        const [from, to] = reverse ? [group.target, group.source] : [group.source, group.target];
        const version = reverse ? group.targetVersion : group.sourceVersion;
        if (from !== undefined && from !== coding.system) return [];
        if (version !== undefined && coding.version !== undefined && version !== coding.version) return [];
        if (targetSystem !== undefined && to !== undefined && to !== targetSystem) return [];
        return [{ wanted: { map, group: index, code: coding.code! }, coding }];
      }),
    ),
  );
}

function answerOf(
  { targetSystem, target, reverse }: TranslateRequest,
  codings: readonly Coding[],
  maps: readonly KnownMap[],
  { matches, lacking }: Outcome,
): ParametersParameter[] {
  const told = ranked(matches);
  const result = told.some(isFound);
  const codes = codings.map(({ system, code }) => `${system}|${code}`.slice(0, 200)).join(', ');
  const where = [targetSystem, target].filter((one) => one !== undefined).map((one) => ` to ${one.slice(0, 200)}`);
  const because =
    lacking.size > 0
      ? `it depends on ${[...lacking].join(', ')}: send it as \`dependency\``
      : maps.length === 0
        ? 'no concept map that is known here fits'
        : told.length > 0
          ? 'the concept map says that there is nothing that fits'
          : `${maps.length === 1 ? `the concept map ${nameOf(maps[0]!)} says` : `${maps.length} concept maps say`} nothing of it`;
  const text = `No ${reverse ? 'code that becomes' : 'translation of'} ${codes}${where.join('')}: ${because}.`;
  return [
    { name: 'result', valueBoolean: result },
    ...(result ? [] : [{ name: 'message', valueString: text }]),
    ...told.map(matchParameter),
  ];
}

function nameOf({ about }: KnownMap): string {
  return (about.url ?? (about.id === undefined ? 'that was sent' : `ConceptMap/${about.id}`)).slice(0, 300);
}

function codingsOf({ code, system, systemVersion, coding, codeableConcept }: TranslateRequest): Coding[] {
  const own: Coding = {
    code: code!,
    system: system!,
    ...(systemVersion === undefined ? {} : { version: systemVersion }),
  };
  const given = codeableConcept ? (codeableConcept.coding ?? []) : [coding ?? own];
  const usable = given.filter((one) => one.code !== undefined && one.system !== undefined);
  if (usable.length > 0) return usable;
  const lacks = given.some((one) => one.code !== undefined) ? 'system' : 'code';
  throw new Fault('invalid-request', `There is no ${lacks} to translate${lacks === 'system' ? ' from' : ''}.`, {
    expression: lacks,
    hint: 'Send `code` with `system`, or `coding`, or `codeableConcept` with codings that have both.',
  });
}

function namedMap({ id, url, version, conceptMap }: TranslateRequest, library: MapLibrary): KnownMap | undefined {
  if (conceptMap) return heldMap(conceptMap);
  if (id !== undefined) {
    const stored = library.byId(id);
    if (stored) return stored;
    throw new Fault('not-found', `ConceptMap/${id} does not exist.`);
  }
  if (url === undefined) return undefined;
  const canonical = version === undefined || url.includes('|') ? url : `${url}|${version}`;
  const found = library.byCanonical(canonical);
  if (found) return found;
  throw new Fault('not-found', `The concept map ${canonical.slice(0, 300)} is not known here.`, {
    expression: 'url',
    hint: library.byCanonical(parseCanonical(canonical).url)
      ? 'It is known in another version.'
      : 'Store the ConceptMap here, or send it as `conceptMap`.',
  });
}

/** Whether a map leads from the one value set to the other, as far as these are named. */
function fits({ about }: KnownMap, { source, target, reverse }: TranslateRequest, base: string): boolean {
  const [from, to] = reverse ? [target, source] : [source, target];
  const plain = (text: string) => text.replace(`${base}/`, '').replace(/\|.*$/s, '');
  const is = (own: string | undefined, asked: string | undefined) =>
    asked === undefined || (own !== undefined && plain(own) === plain(asked));
  return is(about.sourceUri ?? about.sourceCanonical, from) && is(about.targetUri ?? about.targetCanonical, to);
}

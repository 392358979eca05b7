/**
 * The sets of codes that searches join, made when they are first asked for. A set is kept by the hash of its codes and never
 * changes; which one a value set means is remembered with the definitions that decided it, and each search looks in its own
 * trip whether these are still the current ones and visible to its caller. So a search sees the value set that was stored
 * a moment ago, by whatever process, and nothing of one that its caller may not see.
 */
import type { ConceptMap, ParametersParameter, ValueSet } from 'fhir/r4.js';
import { type Context, Fault, parseReference } from '../resources/index.ts';
import {
  type Closures,
  type CodeSet,
  type CodeSetQuestion,
  type CodeSets,
  type CodeSetTable,
  type ConceptMaps,
  type Concepts,
  codeSetQuestions,
  type DefinitionName,
  markOf,
  questionKey,
  type Search,
  type SetCode,
  StaleCodeSets,
} from '../store/index.ts';
import { type Bindings, openBindings } from './bindings.ts';
import { type ClosureRequest, closure } from './closure.ts';
import type { CodeMap } from './code-map.ts';
import { availability } from './composition.ts';
import { codesAndTables } from './expand.ts';
import { type ExpandRequest, expandValueSet } from './expansion.ts';
import { hierarchyOf } from './hierarchy.ts';
import { type KnownSystem, knownSystems } from './known-systems.ts';
import { type LookupRequest, lookUp, type SubsumesRequest, subsumes } from './lookup.ts';
import { openMapShelf } from './maps/library.ts';
import { type TranslateRequest, translate } from './maps/translate.ts';
import { goingOn, type Outside, type Questions } from './outside.ts';
import { type NamedValueSet, valueSetScope } from './scope.ts';
import { Shelf } from './shelf.ts';
import { openShelves, type Shelves } from './shelves.ts';
import { TableSystem } from './tables.ts';
import { type ValidateRequest, validateCode } from './validation.ts';

export interface Terminology extends Bindings {
  /** The code systems at hand, stored ones only where the caller sees them: those of R4, of rules, and those in tables. */
  systems(context: Context): Promise<readonly KnownSystem[]>;
  /** `expandValueSet`. */
  expand(request: ExpandRequest, context: Context): Promise<ValueSet>;
  /** `validateCode`. */
  validateCode(request: ValidateRequest, context: Context): Promise<ParametersParameter[]>;
  /** `lookUp`. */
  lookUp(request: LookupRequest, context: Context): Promise<ParametersParameter[]>;
  /** `closure`. */
  closure(request: ClosureRequest, context: Context): Promise<ConceptMap>;
  /** `translate`. */
  translate(request: TranslateRequest, context: Context): Promise<ParametersParameter[]>;
  /** `subsumes`. */
  subsumes(request: SubsumesRequest, context: Context): Promise<ParametersParameter[]>;
  /**
   * Carries out a search with the sets of codes that it asks for; one that asks for none at once.
   * @param perform may be called several times, where definitions change meanwhile
   * @throws Fault `invalid-value` for a value set that is not known, `not-supported` for one that cannot be expanded or a code
   *   system that is not at hand, `too-costly`; what `perform` throws
   */
  withCodeSets<T>(search: Search, context: Context, perform: (search: Search) => Promise<T>): Promise<T>;
}

/** An answer, and what it stands on. */
interface Made {
  readonly set: CodeSet;
  readonly names: readonly DefinitionName[];
  readonly marks: readonly string[];
  /** Milliseconds since 1970. */
  readonly made: number;
  /** `Shelves.generation` then: tables may be exchanged without a definition. */
  readonly generation: number;
}

/** Answers remembered; the oldest is forgotten for a new one. */
const REMEMBERED_MAX = 1000;
/** Sets that are used are told to the store once in this time, which keeps them from being removed. */
const RENEWED_MS = 24 * 3600_000;
const ATTEMPTS_MAX = 5;

/** @param concepts is asked only when a search needs it @param outside is asked about code systems that are not at hand */
export function openTerminology(
  {
    concepts,
    maps,
    closures,
  }: {
    readonly concepts: Concepts;
    readonly maps: ConceptMaps;
    readonly closures: Closures;
  },
  outside?: Outside,
): Terminology {
  const remembered = new Map<string, Made>();
  const shelves = openShelves(concepts);

  async function made(question: CodeSetQuestion, context: Context): Promise<Made> {
    // Who sees other definitions gets other sets; should this key ever say too little, the look in the search tells.
    const key = JSON.stringify([context.access.grants, context.base, questionKey(question)]);
    const known = remembered.get(key);
    const isStill = !known?.set.tables || known.generation === shelves.generation;
    if (known && isStill && context.now() - known.made < RENEWED_MS) return known;
    const fresh = await make(concepts, shelves, question, context);
    remembered.delete(key);
    if (remembered.size >= REMEMBERED_MAX) remembered.delete(remembered.keys().next().value!);
    remembered.set(key, fresh);
    return fresh;
  }

  const mapShelf = openMapShelf(maps);
  const here: Questions = {
    expand: (request, context) => expandValueSet(request, shelves, context),
    validateCode: (request, context) => validateCode(request, shelves, context),
    lookUp: (request, context) => lookUp(request, shelves, context),
  };
  const valueSetOf = (named: NamedValueSet, context: Context) =>
    valueSetScope(named, {}, shelves, context).then(
      ({ valueSet }) => valueSet,
      () => undefined,
    );
  return {
    ...openBindings(shelves, outside),
    systems: (context) => knownSystems(concepts, context),
    ...(outside ? goingOn(here, outside, valueSetOf) : here),
    subsumes: (request, context) => subsumes(request, shelves, context),
    closure: (request, context) => closure(request, closures, shelves, context),
    translate: (request, context) => translate(request, mapShelf, context),
    async withCodeSets(search, context, perform) {
      const questions = codeSetQuestions(search.criteria);
      if (questions.length === 0) return perform(search);
      for (let attempt = 1; ; attempt++) {
        const answers = await Promise.all(questions.map((question) => made(question, context)));
        try {
          return await perform({ ...search, codeSets: together(questions, answers) });
        } catch (error) {
          if (!(error instanceof StaleCodeSets)) throw error;
          if (attempt === ATTEMPTS_MAX) throw restless(questions, error);
          remembered.clear();
        }
      }
    },
  };
}

function together(questions: readonly CodeSetQuestion[], answers: readonly Made[]): CodeSets {
  return {
    sets: new Map(questions.map((question, index) => [questionKey(question), answers[index]!.set])),
    names: answers.flatMap(({ names }) => names),
    marks: [...new Set(answers.flatMap(({ marks }) => marks))].sort(),
  };
}

async function make(concepts: Concepts, shelves: Shelves, question: CodeSetQuestion, context: Context): Promise<Made> {
  const { access } = context;
  const { generation } = shelves;
  const shelf = new Shelf();
  await shelf.gather(namesOf(question, context.base), (names) => concepts.definitions(access, names, context));
  if (shelf.isIncomplete) {
    throw new Fault('too-costly', `${subjectOf(question)} refers to more definitions than can be looked at.`, {
      expression: question.expression,
    });
  }
  await shelves.attach(shelf, context);
  const found = await shelves.settle(
    () => (question.kind === 'in' ? inValueSet(question, shelf, context.base) : related(question, shelf)),
    context,
  );
  const codes = rowsOf(found.codes, shelf);
  const tables = found.tables.map(({ system, term }): CodeSetTable => {
    const { url, table, isCaseless } = system;
    // What is remembered of a system may be forgotten before the search is made.
    const numbers = system.numbersIn(term);
    return { url, system: table, isCaseless, term, numberOf: (code) => numbers.get(code) };
  });
  return {
    set: {
      n: await concepts.keep(codes, context),
      hasCaseless: codes.some(({ caseless }) => caseless),
      ...(tables.length > 0 ? { tables } : {}),
    },
    names: shelf.names,
    marks: shelf.found.map(({ type, id, version, pinned }) => markOf(type, id, version, pinned)),
    made: context.now(),
    generation,
  };
}

type CodesAndTables = ReturnType<typeof codesAndTables>;
type InValueSet = Extract<CodeSetQuestion, { kind: 'in' }>;
type Related = Exclude<CodeSetQuestion, InValueSet>;

function namesOf(question: CodeSetQuestion, base: string): DefinitionName[] {
  if (question.kind !== 'in') return [{ type: 'CodeSystem', url: question.system }];
  const id = idOf(question, base);
  const byUrl: DefinitionName = { type: 'ValueSet', url: urlOf(question) };
  return id === undefined ? [byUrl] : [{ type: 'ValueSet', id }, byUrl];
}

function idOf({ valueSet }: InValueSet, base: string): string | undefined {
  const reference = parseReference(valueSet, base);
  const isHere = reference.kind === 'local' && reference.type === 'ValueSet' && reference.version === undefined;
  return isHere ? reference.id : undefined;
}

function urlOf({ valueSet }: InValueSet): string {
  return valueSet.replace(/\|.*$/s, '');
}

/** The literal address goes before the url. https://hl7.org/fhir/R4/search.html#token */
function inValueSet(question: InValueSet, shelf: Shelf, base: string): CodesAndTables {
  const id = idOf(question, base);
  const { valueSet, expression } = question;
  const found = (id === undefined ? undefined : shelf.valueSetById(id)) ?? shelf.valueSet(valueSet);
  if (!found) {
    throw new Fault(
      'invalid-value',
      `${expression} names the value set ${valueSet.slice(0, 200)}, which is not known here.`,
      {
        expression,
        hint: `${shelf.valueSet(urlOf(question)) ? 'It is known in another version.' : 'Store it first.'} Write its url, url|version or ValueSet/id.`,
      },
    );
  }
  return at(expression, () => codesAndTables(found, shelf));
}

function related({ kind, system: url, code, expression }: Related, shelf: Shelf): CodesAndTables {
  const table = shelf.system(url);
  if (table instanceof TableSystem) {
    const filter = { property: 'concept', op: kind === 'below' ? 'is-a' : 'generalizes', value: code } as const;
    return {
      codes: new Map(),
      tables: [{ system: table, term: table.numbered({ kind: 'filter', system: table, filter }) }],
    };
  }
  const system = shelf.codeSystem(url);
  if (system?.content !== 'complete') {
    throw new Fault('not-supported', `The code system ${url.slice(0, 200)} is ${availability(system)}.`, {
      expression,
      hint: 'Store the CodeSystem with all of its concepts, or list the codes yourself, separated by commas.',
    });
  }
  const hierarchy = hierarchyOf(system);
  const isCaseless = shelf.isCaseless(url);
  const same = isCaseless
    ? [...hierarchy.concepts.keys()].find((one) => one.toLowerCase() === code.toLowerCase())
    : undefined;
  const codes = [...hierarchy[kind](same ?? code)];
  const compared = new Set(isCaseless ? codes.map((one) => one.toLowerCase()) : codes);
  return { codes: new Map([[url, compared]]), tables: [] };
}

function rowsOf(codes: CodeMap, shelf: Shelf): SetCode[] {
  return [...codes].flatMap(([system, some]) => {
    const isCaseless = shelf.isCaseless(system);
    // Digits have no case: such codes are found without looking at both.
    return [...some].map((code) => ({ system, code, caseless: isCaseless && code !== code.toUpperCase() }));
  });
}

/** Faults of what an expression asks for say where it stands. */
function at<T>(expression: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const findings = error.findings.map((finding) => ({ ...finding, expression }));
    throw new Fault(error.kind, error.message, { findings, cause: error });
  }
}

function subjectOf(question: CodeSetQuestion): string {
  return question.kind === 'in'
    ? `The value set ${question.valueSet.slice(0, 200)}`
    : `The code system ${question.system.slice(0, 200)}`;
}

function restless([question]: readonly CodeSetQuestion[], cause: unknown): Fault {
  return new Fault('timeout', 'The value sets of this search change faster than they can be expanded.', {
    expression: question!.expression,
    hint: 'Try again.',
    cause,
  });
}

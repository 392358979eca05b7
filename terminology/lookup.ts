/** `$lookup` and `$subsumes`: what a code means, and how two are related. https://hl7.org/fhir/R4/codesystem-operation-lookup.html */
import type { CodeSystem, CodeSystemConcept, Coding, ParametersParameter } from 'fhir/r4.js';
import { type Context, Fault } from '../resources/index.ts';
import { isAbstract, isInactive } from './hierarchy.ts';
import { UNKNOWN_SYSTEM } from './outside.ts';
import { displayAsDesignation, namesOf, shownName } from './presentation.ts';
import { type Asked, languagesOf, requireVersions, type Scope, scopeOf } from './scope.ts';
import type { Shelf } from './shelf.ts';
import type { Shelves } from './shelves.ts';
import type { System } from './system.ts';
import { versioned } from './used.ts';

export interface LookupRequest extends Asked {
  readonly code?: string;
  readonly system?: string;
  readonly version?: string;
  readonly coding?: Coding;
  /** Codes of properties; `*` for all; none: those that R4 says are told where nothing is asked. */
  readonly properties?: readonly string[];
}

/**
 * Everything that is known of a code, as parameters.
 * @throws Fault `not-found` for a system or code that is not there, `invalid-request`
 */
export async function lookUp(
  request: LookupRequest,
  shelves: Shelves,
  context: Context,
): Promise<ParametersParameter[]> {
  const { code, system: url, version } = codeOf(request);
  const scope = await scopeOf(request, [{ type: 'CodeSystem', url }], shelves, context);
  return shelves.settle(() => answerOf(request, { code, url, version }, scope), context);
}

export interface SubsumesRequest extends Asked {
  readonly codeA?: string;
  readonly codeB?: string;
  readonly system?: string;
  readonly version?: string;
  readonly codingA?: Coding;
  readonly codingB?: Coding;
}

/**
 * How A and B are related, as the parameter `outcome`. https://hl7.org/fhir/R4/codesystem-operation-subsumes.html
 * @throws Fault `not-found`, `invalid-request`
 */
export async function subsumes(
  request: SubsumesRequest,
  shelves: Shelves,
  context: Context,
): Promise<ParametersParameter[]> {
  const { codeA, codeB, codingA, codingB, system, version } = request;
  const own = { ...(system === undefined ? {} : { system }), ...(version === undefined ? {} : { version }) };
  const first = codeOf(
    codingA ? { coding: codingA, ...own } : { ...own, ...(codeA === undefined ? {} : { code: codeA }) },
    'A',
  );
  const second = codeOf(
    codingB ? { coding: codingB, ...own } : { ...own, ...(codeB === undefined ? {} : { code: codeB }) },
    'B',
  );
  if (first.system !== second.system) {
    throw new Fault(
      'invalid-request',
      `Codes of two systems, ${first.system} and ${second.system}, cannot be compared.`,
      {
        expression: 'codingB',
        hint: 'Translate one of them first.',
      },
    );
  }
  const { shelf } = await scopeOf(request, [{ type: 'CodeSystem', url: first.system }], shelves, context);
  const outcome = await shelves.settle(() => relationOf(first, second, shelf), context);
  return [{ name: 'outcome', valueCode: outcome }];
}

function answerOf(
  request: LookupRequest,
  { code, url, version }: { code: string; url: string; version: string | undefined },
  { shelf, supplements }: Scope,
): ParametersParameter[] {
  const system = requireSystem(shelf, url, version);
  requireVersions(request, [system]);
  const concept = requireConcept(system, code);
  const names = namesOf(concept, system);
  const name = shownName(names, languagesOf(request));
  const wanted = request.properties ?? [];
  const isWanted = (property: string) => wanted.length === 0 || wanted.includes(property) || wanted.includes('*');
  const own = displayAsDesignation(names);
  const designations = [...(concept.designation ?? []), ...(own ? [own] : [])];
  return [
    { name: 'name', valueString: system.about.name ?? system.about.title ?? url },
    ...(system.version === undefined ? [] : [{ name: 'version', valueString: system.version }]),
    { name: 'display', valueString: name?.value ?? concept.display ?? concept.code },
    { name: 'code', valueCode: concept.code },
    { name: 'system', valueUri: url },
    ...(concept.definition !== undefined && isWanted('definition')
      ? [{ name: 'definition', valueString: concept.definition }]
      : []),
    { name: 'abstract', valueBoolean: isAbstract(concept) },
    ...supplements.map((one) => ({ name: 'used-supplement', valueCanonical: versioned(one) })),
    ...(isWanted('designation') ? designations.map((one) => designationParameter(one, supplements)) : []),
    ...propertyParameters(concept, system, request.properties ?? []),
  ];
}

type Meant = ReturnType<typeof codeOf>;

function relationOf(first: Meant, second: Meant, shelf: Shelf): string {
  const found = requireSystem(shelf, first.system, first.version ?? second.version);
  // Both are looked for before either is missed: what is lacking of them is fetched together.
  found.find(second.code);
  const [a, b] = [first, second].map(({ code }) => requireConcept(found, code).code);
  if (a === b) return 'equivalent';
  if (found.subsumes(a!, b!)) return 'subsumes';
  return found.subsumes(b!, a!) ? 'subsumed-by' : 'not-subsumed';
}

function codeOf(
  { code, system, version, coding }: LookupRequest,
  which = '',
): { code: string; system: string; version: string | undefined } {
  const one = coding?.code ?? code;
  const url = coding?.system ?? system;
  if (one === undefined || url === undefined) {
    const what = one === undefined ? `code${which}` : 'system';
    throw new Fault('invalid-request', `There is no ${what}.`, {
      expression: what,
      hint: `Send \`code${which}\` with \`system\`, or \`coding${which}\`.`,
    });
  }
  return { code: one, system: url, version: coding?.version ?? version };
}

function requireSystem(shelf: Shelf, url: string, version: string | undefined): System {
  const system = shelf.system(url, version);
  if (system) return system;
  const named = version === undefined ? url : `${url}|${version}`;
  const text = `The code system ${named.slice(0, 300)} is not at hand.`;
  const hint =
    version !== undefined && shelf.system(url)
      ? `Known is ${versioned(shelf.system(url)!)}.`
      : 'Store the CodeSystem here, complete.';
  throw new Fault('not-found', text, {
    findings: [{ kind: 'not-found', text, expression: 'system', rule: UNKNOWN_SYSTEM, hint }],
  });
}

function requireConcept(system: System, code: string): CodeSystemConcept {
  const concept = system.find(code);
  if (concept) return concept;
  const text = `Unknown code '${code.slice(0, 100)}' in the CodeSystem '${system.url}'${system.version === undefined ? '' : ` version '${system.version}'`}`;
  throw new Fault('not-found', text, {
    findings: [{ kind: 'not-found', text, expression: 'code', rule: 'Unknown_Code_in_Version' }],
  });
}

function designationParameter(
  one: NonNullable<CodeSystemConcept['designation']>[number],
  supplements: readonly CodeSystem[],
): ParametersParameter {
  const source = supplements.find((supplement) => hasDesignation(supplement.concept ?? [], one));
  return {
    name: 'designation',
    part: [
      ...(one.language === undefined ? [] : [{ name: 'language', valueCode: one.language }]),
      ...(one.use === undefined ? [] : [{ name: 'use', valueCoding: one.use }]),
      ...(source ? [{ name: 'source', valueCanonical: versioned(source) }] : []),
      { name: 'value', valueString: one.value },
    ],
  };
}

function hasDesignation(concepts: readonly CodeSystemConcept[], one: object): boolean {
  return concepts.some(
    ({ designation = [], concept = [] }) => designation.includes(one as never) || hasDesignation(concept, one),
  );
}

/** Properties that the concept says, and those that its place in the system gives it. */
function propertyParameters(
  concept: CodeSystemConcept,
  system: System,
  wanted: readonly string[],
): ParametersParameter[] {
  const all = wanted.includes('*');
  const isWanted = (code: string) => all || wanted.includes(code);
  const related = (code: string, codes: () => Iterable<string>) =>
    isWanted(code)
      ? [...codes()].map((value) => propertyParameter(code, { valueCode: value }, system.find(value)?.display))
      : [];
  const own = (concept.property ?? []).filter(({ code }) => isWanted(code) && !PLACED.has(code) && code !== 'inactive');
  return [
    ...(wanted.length === 0 || isWanted('inactive')
      ? [propertyParameter('inactive', { valueBoolean: isInactive(concept) })]
      : []),
    ...related('parent', () => system.parents(concept.code)),
    ...related('child', () => system.children(concept.code)),
    ...own.map(({ code, id: _, extension: __, ...value }) => propertyParameter(code, value)),
  ];
}

const PLACED: ReadonlySet<string> = new Set(['parent', 'child']);

function propertyParameter(code: string, value: object, description?: string): ParametersParameter {
  return {
    name: 'property',
    part: [
      { name: 'code', valueCode: code },
      { name: 'value', ...value },
      ...(description === undefined ? [] : [{ name: 'description', valueString: description }]),
    ],
  };
}

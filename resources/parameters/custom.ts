/**
 * SearchParameter resources of users: what they add to the types that they name, or why they cannot.
 * https://hl7.org/fhir/R4/searchparameter.html
 */
import {
  isResourceType,
  resourceTypes,
  type SearchParameterDefinition,
  searchParameterDefinitions,
} from '../definitions.ts';
import { Fault, type Finding } from '../outcome.ts';
import { type SearchParameter, searchParameters } from '../search-parameters.ts';
import { lineage, type Selection, selectionOf } from './select.ts';
import { type SearchKind, type Slot, slotsOf, suited } from './slot.ts';

export { type Select, type Selected, selectionOf } from './select.ts';

/** What a user's parameter is on one type: plain data, which a database keeps and other threads are given. */
export interface CustomDefinition {
  readonly code: string;
  readonly url: string;
  readonly type: Exclude<SearchKind, 'composite' | 'special'>;
  readonly expression: string;
  readonly target: readonly string[];
  readonly multipleOr: boolean;
  readonly multipleAnd: boolean;
}

/** What a SearchParameter comes to. */
export interface CustomParameters {
  /** What is wrong with it: it must not be stored as it is. */
  readonly findings: readonly Finding[];
  /** Type → what it adds there. */
  readonly definitions: ReadonlyMap<string, CustomDefinition>;
  /** Why it adds nothing to types, in sentences; type `*` for all of them. */
  readonly unused: ReadonlyMap<string, string>;
}

/** R4 gives the codes that begin with `_` their meaning; a chain has dots in it and a modifier colons. */
const CODE = /^[A-Za-z][A-Za-z0-9-_]{0,63}$/;

/**
 * What a SearchParameter adds to the types that it names.
 * - status `active` makes it a parameter; with any other it is only kept.
 * - What R4 defines itself, or what says the same as R4, is answered by R4's own parameter.
 * @param resource a SearchParameter whose structure was judged
 */
export function customParameters(resource: any): CustomParameters {
  const { url, status } = resource;
  if (ownUrls().has(url)) return kept('It is defined by R4 itself, whose definition holds.');
  if (status !== 'active') return kept(`Its status is ${status}; it becomes a search parameter when that is active.`);
  const findings = generalFindings(resource);
  if (findings.length > 0) return { findings, definitions: new Map(), unused: new Map() };
  const definitions = new Map<string, CustomDefinition>();
  const unused = new Map<string, string>();
  for (const type of typesOf(resource.base)) {
    const found = onType(resource, type);
    if ('finding' in found) findings.push(found.finding);
    else if ('unused' in found) unused.set(type, found.unused);
    else definitions.set(type, found.definition);
  }
  if (findings.length > 0) return { findings: findings.slice(0, 10), definitions: new Map(), unused: new Map() };
  return { findings, definitions, unused };
}

/**
 * A user's parameter as searching knows it.
 * @param k number of its slot, below zero; the numbers of R4's own slots are above
 * @throws Fault where the definition is not one that customParameters gave
 */
export function customParameter(definition: CustomDefinition, type: string, k: number): SearchParameter {
  const { code, url, type: kind, expression, target, multipleOr, multipleAnd } = definition;
  const { fhirTypes, codes } = selectionOf(expression, type)!;
  const usable = (fhirTypes ?? suited[kind]!).filter((one) => suited[kind]!.includes(one));
  const name = customName(k);
  const slot: Slot = {
    k,
    name,
    kind,
    head: type,
    steps: [],
    fhirTypes: usable,
    stated: false,
    single: false,
    ...(kind === 'string' ? { tag: 'v' } : {}),
    ...(kind === 'reference' ? { identifier: { k, name: `${name}.identifier` } } : {}),
    ...(kind === 'token' && codes !== undefined ? { codes } : {}),
  };
  return { code, url, type: kind, base: type, slots: [slot], targets: target, multipleOr, multipleAnd, custom: { k } };
}

/** The name of a user's slot, which goes into hashes. */
export function customName(k: number): string {
  return `custom${k}`;
}

let urls: ReadonlyMap<string, SearchParameterDefinition> | undefined;

function ownUrls(): ReadonlyMap<string, SearchParameterDefinition> {
  urls ??= new Map(searchParameterDefinitions().map((one) => [one.url, one]));
  return urls;
}

function kept(why: string): CustomParameters {
  return { findings: [], definitions: new Map(), unused: new Map([['*', why]]) };
}

function finding(text: string, element: string, hint?: string): Finding {
  return { kind: 'unprocessable', text, expression: `SearchParameter.${element}`, ...(hint ? { hint } : {}) };
}

function generalFindings({ code, type, expression, component }: any): Finding[] {
  const found: Finding[] = [];
  const isOwnCode = typeof code === 'string' && code.startsWith('_');
  if (!isOwnCode && !CODE.test(code)) {
    found.push(
      finding(
        `${JSON.stringify(String(code).slice(0, 64))} cannot be the name of a search parameter.`,
        'code',
        'Write letters, digits, - and _, a letter first.',
      ),
    );
  }
  if (type === 'composite' || component !== undefined) {
    found.push(
      finding(
        'Composite parameters of users are not taken.',
        'type',
        'Define its parts as parameters of their own, or keep it with status draft.',
      ),
    );
  } else if (type === 'special') {
    found.push(
      finding('A parameter of type special has a meaning of its own, which a definition cannot give.', 'type'),
    );
  } else if (typeof expression !== 'string') {
    found.push(
      finding(
        'It has no expression, so nothing says where its values stand.',
        'expression',
        'Add a FHIRPath, or keep it with status draft.',
      ),
    );
  } else if (/\bmeta\.(lastUpdated|versionId)\b/.test(expression) && !isOwnCode) {
    found.push(
      finding('The server itself keeps the time and number of a version.', 'expression', 'Search by _lastUpdated.'),
    );
  }
  return found;
}

/** `Resource` and `DomainResource` stand for all that derive from them. */
function typesOf(bases: readonly string[]): string[] {
  return [
    ...new Set(
      bases.flatMap((base) =>
        isResourceType(base) ? [base] : resourceTypes().filter((type) => lineage(type).includes(base)),
      ),
    ),
  ];
}

type OnType = { readonly finding: Finding } | { readonly unused: string } | { readonly definition: CustomDefinition };

function onType(resource: any, type: string): OnType {
  const { code, url, type: kind, expression } = resource;
  let selected: Selection | undefined;
  try {
    selected = selectionOf(expression, type);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { finding: finding(error.message, 'expression', error.findings[0]?.hint) };
  }
  if (!selected)
    return {
      finding: finding(
        `The expression says nothing about ${type}.`,
        'expression',
        `Begin a branch with ${type}, or leave it out of base.`,
      ),
    };
  const own = searchParameters(type).get(code);
  if (own) return besideOwn(resource, type, own, selected);
  if (code.startsWith('_'))
    return { finding: finding('Names that begin with _ have the meaning that R4 gives them.', 'code') };
  const usable = selected.fhirTypes?.filter((one) => suited[kind as SearchKind]!.includes(one));
  if (usable?.length === 0) {
    const types = selected.fhirTypes!.slice(0, 5).join(', ');
    const text =
      types === ''
        ? `The expression selects nothing in ${type}.`
        : `A parameter of type ${kind} cannot be made of ${types}.`;
    return {
      finding: finding(
        text,
        types === '' ? 'expression' : 'type',
        `It takes ${suited[kind as SearchKind]!.join(', ')}.`,
      ),
    };
  }
  return {
    definition: {
      code,
      url,
      type: kind,
      expression,
      target: kind === 'reference' ? targetsOf(resource.target, selected) : [],
      multipleOr: resource.multipleOr ?? true,
      multipleAnd: resource.multipleAnd ?? true,
    },
  };
}

/** R4 has a parameter of this name here. Published definitions repeat those: they may, as long as they mean the same. */
function besideOwn(
  { code, url, type: kind, derivedFrom }: any,
  type: string,
  own: SearchParameter,
  selected: Selection,
): OnType {
  const unused = `R4's own ${code} of ${type} answers it (${own.url}).`;
  if (own.type === kind && (derivedFrom === own.url || derivedFrom === url || own.slots.length === 0))
    return { unused };
  if (own.type === kind && saysSame(own, kind, type, selected)) return { unused };
  return {
    finding: {
      kind: 'conflict',
      text: `${type} has a search parameter ${code} already, and this one means something else.`,
      expression: 'SearchParameter.code',
      hint: `R4 defines it in ${own.url}. Give this one another code.`,
    },
  };
}

/** Whether every value of the expression is one of the parameter that R4 has. */
function saysSame(own: SearchParameter, kind: SearchKind, type: string, { alternatives }: Selection): boolean {
  if (!alternatives) return false;
  const known = new Set(own.slots.map(({ name }) => name));
  return alternatives.every((one) => slotsOf(kind, one.head ?? type, one).every(({ name }) => known.has(name)));
}

/** Where its references may lead: what it says, as far as the elements allow that; none stands for anywhere. */
function targetsOf(asked: readonly string[] | undefined, { targets: allowed, alternatives }: Selection): string[] {
  const narrowed = alternatives?.every((one) => one.targets.length > 0)
    ? alternatives.flatMap((one) => one.targets)
    : [];
  const wanted = narrowed.length > 0 ? narrowed : (asked ?? []);
  const possible = (allowed ?? []).filter(isResourceType);
  const all =
    possible.length === 0
      ? wanted.filter(isResourceType)
      : wanted.length === 0
        ? possible
        : wanted.filter((one) => possible.includes(one));
  return [...new Set(all)].sort();
}

/** `$expand`: a value set with its codes. https://hl7.org/fhir/R4/valueset-operation-expand.html */
import { randomUUID } from 'node:crypto';
import type { ValueSet, ValueSetExpansion, ValueSetExpansionContains, ValueSetExpansionParameter } from 'fhir/r4.js';
import { type Context, Fault } from '../resources/index.ts';
import type { PageRequest } from '../store/index.ts';
import { type Composition, compose, nameOf } from './composition.ts';
import { entryOf, propertyDeclarations, type Shown, withStatus } from './entry.ts';
import { capital, type PagedSystem, unlistable } from './expand.ts';
import { type Item, itemOfTable, itemsOf, nested, sizeOf } from './items.ts';
import { type Asked, languagesOf, type NamedValueSet, requireVersions, type Scope, valueSetScope } from './scope.ts';
import type { Shelf } from './shelf.ts';
import type { Shelves } from './shelves.ts';
import { cautionOf, type Used, usedBy, versioned } from './used.ts';
import { wordsOf } from './words.ts';

export interface ExpandRequest extends Asked, NamedValueSet {
  readonly filter?: string;
  readonly offset?: number;
  readonly count?: number;
  readonly activeOnly?: boolean;
  readonly includeDesignations?: boolean;
  /** `system|code` of a use, or `urn:ietf:bcp:47|de` for a language. */
  readonly designations?: readonly string[];
  readonly includeDefinition?: boolean;
  readonly excludeNested?: boolean;
  readonly excludeNotForUI?: boolean;
  readonly excludePostCoordinated?: boolean;
  readonly excludedSystems?: readonly string[];
  readonly properties?: readonly string[];
  /** What was asked, to be told in the answer. */
  readonly told?: readonly ValueSetExpansionParameter[];
}

/** Codes told at once; whoever wants more asks for pages. */
export const EXPANDED_MAX = 10_000;

/**
 * The value set with its expansion.
 * @throws Fault `not-found`, `not-supported` where a part cannot be listed, `too-costly`, `invalid-value`
 */
export async function expandValueSet(request: ExpandRequest, shelves: Shelves, context: Context): Promise<ValueSet> {
  const scope = await valueSetScope(request, request, shelves, context);
  const { shelf, valueSet } = scope;
  requireFilters(valueSet);
  const plan = await shelves.settle(() => planOf(request, valueSet, shelf), context);
  requireVersions(request, plan.used.systems);
  const page = await pageOf(plan, request, valueSet, shelves, context);
  const shown: Shown = { ...request, languages: languagesOf(request, valueSet) };
  return shelves.settle(() => told(plan, page, shown, request, scope, context), context);
}

/** @throws Fault `unprocessable` for a filter without a value, which means nothing and picks everything */
export function requireFilters({ compose: composed }: ValueSet): void {
  for (const kind of ['include', 'exclude'] as const) {
    for (const [index, { system, filter = [] }] of (composed?.[kind] ?? []).entries()) {
      const at = filter.findIndex(({ value }) => !value);
      if (at < 0) continue;
      const { property, op } = filter[at]!;
      const text = `The system ${system} filter with property = ${property}, op = ${op} has no value`;
      const expression = `ValueSet.compose.${kind}[${index}].filter[${at}]`;
      throw new Fault('unprocessable', text, {
        findings: [
          {
            kind: 'unprocessable',
            text,
            expression,
            issue: 'invalid',
            rule: 'UNABLE_TO_HANDLE_SYSTEM_FILTER_WITH_NO_VALUE',
          },
        ],
      });
    }
  }
}

interface Plan extends ReturnType<typeof itemsOf> {
  readonly composition: Composition;
  readonly used: Used;
}

function planOf(request: ExpandRequest, valueSet: ValueSet, shelf: Shelf): Plan {
  const composition = compose(valueSet, shelf);
  const { problem } = composition;
  if (problem && problem.kind !== 'incomplete-system') throw unlistable(valueSet, problem);
  return { composition, used: usedBy(composition), ...itemsOf(composition, request) };
}

function told(
  { composition, used, items }: Plan,
  page: Page,
  shown: Shown,
  request: ExpandRequest,
  scope: Scope & { readonly valueSet: ValueSet },
  context: Context,
): ValueSet {
  const { valueSet } = scope;
  const { offset } = request;
  const isWhole = page.items.length === items.length && page.total === items.length;
  const isNested = request.excludeNested === false && isWhole && !request.filter && canNest(composition);
  const contains = isNested ? nestedEntries(page.items, shown) : page.items.map((item) => entryOf(item, shown));
  const expansion: ValueSetExpansion = {
    ...declared(composition, request, page.items),
    identifier: `urn:uuid:${randomUUID()}`,
    timestamp: new Date(context.now()).toISOString(),
    ...(page.total === undefined ? {} : { total: page.total }),
    ...(offset === undefined ? {} : { offset }),
    parameter: parametersOf(request, shown, valueSet, used, scope),
    ...(contains.length > 0 ? { contains } : {}),
  };
  return { ...describing(valueSet, request.includeDefinition === true), expansion };
}

interface Page {
  readonly items: readonly Item[];
  /** How many there are in all; undefined where that was not counted. */
  readonly total: number | undefined;
}

/** What is listed comes first, then what stands in tables, system after system. */
async function pageOf(
  { items, paged }: Plan,
  request: ExpandRequest,
  valueSet: ValueSet,
  shelves: Shelves,
  context: Context,
): Promise<Page> {
  const { offset = 0, count } = request;
  const wanted = Math.min(count ?? EXPANDED_MAX + 1, EXPANDED_MAX + 1);
  const page = items.slice(offset, offset + wanted);
  let total: number | undefined = items.length;
  for (const one of paged) {
    // Without the number of those before it nobody can say where the page begins in the next one.
    const from: number = Math.max(0, offset - (total ?? 0));
    const found = await shelves.page(pageRequest(one, request, from, wanted - page.length), context);
    one.system.rememberAll(found.concepts);
    page.push(...found.concepts.map((concept) => itemOfTable(concept, one.system)));
    total = total === undefined || found.total === undefined ? undefined : total + found.total;
  }
  if (page.length > EXPANDED_MAX && (count === undefined || count > EXPANDED_MAX)) throw tooMany(valueSet, total);
  return { items: page, total };
}

function pageRequest(
  { system, term }: PagedSystem,
  request: ExpandRequest,
  offset: number,
  count: number,
): PageRequest {
  const { filter, activeOnly = false, excludeNotForUI = false } = request;
  const numbers = system.numbersIn(term);
  return {
    system: system.table,
    isCaseless: system.isCaseless,
    term,
    numberOf: (code) => numbers.get(code),
    words: filter === undefined ? undefined : wordsOf(filter),
    activeOnly,
    selectableOnly: excludeNotForUI,
    offset,
    count,
    size: sizeOf(term, system),
  };
}

function tooMany(valueSet: ValueSet, total: number | undefined): Fault {
  const many = total === undefined ? 'more codes than' : `${total} codes, more than`;
  return new Fault(
    'too-costly',
    `${capital(nameOf(valueSet))} has ${many} the ${EXPANDED_MAX} that are told at once.`,
    {
      expression: 'count',
      hint: 'Ask for pages with count and offset, or for less with filter.',
    },
  );
}

/** Only a whole system or a branch of it has an order from above to below; a list has the order of whoever made it. */
function canNest({ includes, stored }: Composition): boolean {
  return !stored && includes.every(({ listed, imports, system }) => !listed && imports.length === 0 && system?.list());
}

function nestedEntries(items: readonly Item[], shown: Shown): ValueSetExpansionContains[] {
  return nested(items).map(function toEntry({ item, below }): ValueSetExpansionContains {
    const entry = entryOf(item, shown);
    return below.length === 0 ? entry : { ...entry, contains: below.map(toEntry) };
  });
}

/** What stands at the top of an expansion that is not all, or that tells properties. */
function declared(composition: Composition, { properties = [] }: ExpandRequest, page: readonly Item[]) {
  const fragments = fragmentsOf(composition);
  const open = fragments.flatMap((system) => [
    { url: 'http://hl7.org/fhir/StructureDefinition/valueset-unclosed', valueBoolean: true },
    {
      url: 'http://hl7.org/fhir/StructureDefinition/valueset-unclosed-reason',
      valueString: `This extension is based on a fragment of the code system ${system.url}`,
    },
  ]);
  const extension = [...open, ...propertyDeclarations(withStatus(properties, page), page)];
  return extension.length > 0 ? { extension } : {};
}

function fragmentsOf(composition: Composition) {
  const parts = composition.includes.filter(({ problem }) => problem?.kind === 'incomplete-system');
  return [...new Set(parts.map(({ system }) => system!))];
}

function parametersOf(
  { told = [], displayLanguage }: ExpandRequest,
  { languages }: Shown,
  valueSet: ValueSet,
  { systems, valueSets }: Used,
  { supplements }: Scope,
): ValueSetExpansionParameter[] {
  const uri = (name: string, valueUri: string): ValueSetExpansionParameter => ({ name, valueUri });
  const language =
    languages && displayLanguage === undefined ? [{ name: 'displayLanguage', valueCode: languages.text }] : [];
  const cautions = [...systems.map(({ about }) => about), valueSet, ...valueSets].flatMap((one) => {
    const caution = cautionOf(one, one === valueSet ? one : valueSet);
    return caution ? [uri(`warning-${caution}`, versioned(one))] : [];
  });
  return [
    ...told,
    ...language,
    ...systems.map((one) => uri('used-codesystem', versioned(one))),
    ...systems.filter(({ about }) => about.content === 'fragment').map((one) => uri('used-fragment', versioned(one))),
    ...valueSets.filter((one) => !isContained(one, valueSet)).map((one) => uri('used-valueset', versioned(one))),
    ...supplements.map((one) => uri('used-supplement', versioned(one))),
    ...cautions,
  ];
}

function isContained(one: ValueSet, { contained = [] }: ValueSet): boolean {
  return contained.includes(one);
}

/** What names the value set; the rest of its description is told with its definition. */
function describing(valueSet: ValueSet, withDefinition: boolean): ValueSet {
  const { expansion: _, text: __, contained: ___, meta: ____, ...whole } = valueSet;
  if (withDefinition) return whole;
  const { id, language, url, version, name, title, status, experimental, date, publisher } = whole;
  const told = { id, language, url, version, name, title, status, experimental, date, publisher };
  const known = Object.entries(told).filter(([, value]) => value !== undefined);
  return { resourceType: 'ValueSet', ...Object.fromEntries(known) } as ValueSet;
}

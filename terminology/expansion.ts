/** `$expand`: a value set with its codes. https://hl7.org/fhir/R4/valueset-operation-expand.html */
import { randomUUID } from 'node:crypto';
import type { ValueSet, ValueSetExpansion, ValueSetExpansionContains, ValueSetExpansionParameter } from 'fhir/r4.js';
import { type Context, Fault } from '../resources/index.ts';
import { type Composition, compose, nameOf } from './composition.ts';
import { entryOf, propertyDeclarations, type Shown, withStatus } from './entry.ts';
import { capital, unlistable } from './expand.ts';
import { type Item, itemsOf, nested } from './items.ts';
import { type Asked, languagesOf, type NamedValueSet, requireVersions, type Scope, valueSetScope } from './scope.ts';
import type { Shelves } from './shelves.ts';
import { cautionOf, type Used, usedBy, versioned } from './used.ts';

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
  const composition = compose(valueSet, shelf);
  const { problem } = composition;
  if (problem && problem.kind !== 'incomplete-system') throw unlistable(valueSet, problem);
  const used = usedBy(composition);
  requireVersions(request, used.systems);
  const shown: Shown = { ...request, languages: languagesOf(request, valueSet) };
  const items = itemsOf(composition, request);
  const page = pageOf(items, request, valueSet);
  const isNested =
    request.excludeNested === false && page.length === items.length && !request.filter && canNest(composition);
  const contains = isNested ? nestedEntries(page, shown) : page.map((item) => entryOf(item, shown));
  const { offset } = request;
  const expansion: ValueSetExpansion = {
    ...declared(composition, request, page),
    identifier: `urn:uuid:${randomUUID()}`,
    timestamp: new Date(context.now()).toISOString(),
    total: items.length,
    ...(offset === undefined ? {} : { offset }),
    parameter: parametersOf(request, shown, valueSet, used, scope),
    ...(contains.length > 0 ? { contains } : {}),
  };
  return { ...describing(valueSet, request.includeDefinition === true), expansion };
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

function pageOf(items: readonly Item[], { offset = 0, count }: ExpandRequest, valueSet: ValueSet): readonly Item[] {
  if (count !== undefined) return items.slice(offset, offset + Math.min(count, EXPANDED_MAX));
  if (items.length - offset > EXPANDED_MAX) {
    throw new Fault(
      'too-costly',
      `${capital(nameOf(valueSet))} has ${items.length} codes, more than ${EXPANDED_MAX} that are told at once.`,
      {
        expression: 'count',
        hint: 'Ask for pages with count and offset, or for less with filter.',
      },
    );
  }
  return items.slice(offset);
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

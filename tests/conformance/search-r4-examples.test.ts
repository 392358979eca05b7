/**
 * Every search parameter of R4 on the specification's own examples: what an example says by the parameter's FHIRPath
 * expression, evaluated by the engine and not by the index, is a search that finds it.
 * https://hl7.org/fhir/R4/searchparameter-registry.html
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  compile,
  isResourceType,
  type SearchKind,
  type SearchParameterDefinition,
  searchParameterDefinitions,
  searchParameters,
} from '../../resources/index.ts';
import { hasSharedData, sharedData } from '../setup/shared-data.ts';
import { type Stored, searching } from './searching.ts';

const folder = sharedData('r4-examples/');

/** Resources of one parameter that are asked for one by one. */
const EXAMPLES_MAX = 4;
/** Searches that one of them is asked for by. */
const ASKS_MAX = 12;

/** `name=value` without the name. Whole: everything that says the same is found by it, and nothing else. */
interface Asked {
  readonly modifier: string;
  readonly value: string;
  readonly isWhole: boolean;
}

const definitions = new Map(searchParameterDefinitions().map((one) => [one.url, one]));

describe.runIf(hasSharedData)('search parameters of R4, on its examples', async () => {
  if (!hasSharedData) return;
  const search = await searching([], 'UTC', { validation: 'off' });
  // A few refer to what their elements do not allow, and are refused.
  const put = async (one: Stored) =>
    search.put(one).then(
      () => [one],
      () => [],
    );
  const stored = (await Promise.all(readExamples().map(put))).flat();
  const byType = Map.groupBy(stored, ({ resourceType }) => resourceType);

  describe.each([...byType.keys()].sort())('%s', (type) => {
    const examples = byType.get(type)!;
    const parameters = [...searchParameters(type).values()].filter(({ code }) => !STORED.has(code));
    const told = new Map(
      parameters.map(({ code, url, targets }) => [
        code,
        new Map(examples.map((one) => [one.id, valuesOf(definitions.get(url)!, one, targets)])),
      ]),
    );
    const withValues = parameters.filter(({ code }) => [...told.get(code)!.values()].some(({ isThere }) => isThere));

    it.each(withValues.map(({ code, type: kind }) => [code, kind] as const))('%s (%s)', async (code, kind) => {
      const byId = told.get(code)!;
      const asking = [...byId]
        .filter(([, { asks }]) => asks.length > 0)
        .slice(0, EXAMPLES_MAX)
        .flatMap(([id, { asks }]) =>
          asks.slice(0, ASKS_MAX).map((one) => ({ id, one, query: queryOf(type, code, one) })),
        );
      const answers = await Promise.all(asking.map(({ query }) => search.ids(query)));
      for (const [index, { id, one, query }] of asking.entries()) {
        const found = answers[index]!;
        expect(found, query).toContain(id);
        if (!one.isWhole) continue;
        const same = [...byId].filter(([, { asks }]) => asks.some((it) => it.value === one.value && it.isWhole));
        expect(found.sort(), query).toEqual(same.map(([it]) => it).sort());
      }
      if (kind === 'composite') return;
      const without = [...byId].filter(([, { isThere }]) => !isThere).map(([id]) => id);
      expect((await search.ids(`${type}?${code}:missing=true&_count=1000`)).sort()).toEqual(without.sort());
      expect(await search.ids(`${type}?${code}:missing=false&_count=1000`)).toHaveLength(
        examples.length - without.length,
      );
    });

    it('has no example of the others, and finds none', async () => {
      for (const { code, type: kind, components } of parameters.filter((one) => !withValues.includes(one))) {
        const value = components ? components.map((one) => SOMETHING[one.type]).join('$') : SOMETHING[kind];
        expect(await search.ids(`${type}?${code}=${encodeURIComponent(value)}`), code).toEqual([]);
        if (kind !== 'composite') expect(await search.ids(`${type}?${code}:missing=false`), code).toEqual([]);
      }
    });
  });

  it('stand for nearly all types', () => {
    expect(stored.length).toBeGreaterThan(700);
    expect(byType.size).toBeGreaterThan(120);
  });
});

/** Kept by the store, or answered by words: no expression says what they find. */
const STORED: ReadonlySet<string> = new Set(['_id', '_lastUpdated', '_text', '_content']);

const SOMETHING: Readonly<Record<SearchKind, string>> = {
  token: 'http://nowhere.example|nothing',
  string: 'nothing of the kind',
  date: '1066-10-14',
  number: '-4711.25',
  quantity: '-4711.25|http://unitsofmeasure.org|mg',
  reference: 'nobody',
  uri: 'http://nowhere.example/nothing',
  composite: '',
  special: '0|0|1|km',
};

function queryOf(type: string, code: string, { modifier, value }: Asked): string {
  return `${type}?${code}${modifier}=${encodeURIComponent(value)}&_count=1000`;
}

function readExamples(): Stored[] {
  return readdirSync(folder)
    .map((file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8').replace(/^\ufeff/, '')))
    .filter(({ resourceType, id }) => isResourceType(resourceType) && id !== undefined);
}

interface Told {
  /** Searches that must find the resource. */
  readonly asks: readonly Asked[];
  /** Whether the resource has a value of the parameter at all: also one that nobody can ask for, such as a display. */
  readonly isThere: boolean;
}

/** What a resource says by the expression of a parameter. */
function valuesOf(definition: SearchParameterDefinition, resource: any, targets: readonly string[]): Told {
  const { type: kind, expression } = definition;
  const branches = branchesOf(expression!, resource.resourceType);
  if (kind === 'composite') {
    const asks = branches
      .flatMap((branch) => compile(branch)(resource))
      .flatMap((value) => compositeOf(definition, value, resource));
    return { asks, isThere: asks.length > 0 };
  }
  const all = branches.map((branch) => ({
    values: compile(`(${branch.replace(RESOLVED, '')})${OTHER[kind] ?? ''}`)(resource),
    targets: RESOLVED.test(branch) ? targets : [],
  }));
  return {
    asks: all.flatMap(({ values }) => values.flatMap((value) => asked(kind, value, targets))),
    isThere: all.some((one) => one.values.some((value) => isValue(kind, value, one.targets, resource))),
  };
}

/** Some elements may also be of a type that parameters of this kind say nothing about. */
const OTHER: Partial<Readonly<Record<SearchKind, string>>> = {
  date: '.where(($this is string).not())',
  reference: '.where(($this is Attachment).not())',
};

/** What the engine cannot do without the server: following references. */
const RESOLVED = /\.where\(resolve\(\) is \w+\)/;

function isValue(kind: SearchKind, value: any, targets: readonly string[], resource: any): boolean {
  if (kind === 'reference')
    return targets.length === 0 || targets.includes(containedType(value, resource) ?? typeOf(value)!);
  if (kind === 'string') return strings(value).length > 0;
  return true;
}

/** The type of what a resource contains itself. */
function containedType({ reference }: any, { contained = [] }: any): string | undefined {
  return contained.find(({ id }: any) => reference === `#${id}`)?.resourceType;
}

/** The type that a reference tells, or that of the resource which stands there itself. */
function typeOf(value: any): string | undefined {
  return (
    value.resourceType ??
    /^(?:.*\/)?([A-Z]\w+)\/[^/]+(?:\/_history\/.*)?$/.exec(value.reference ?? '')?.[1] ??
    value.type
  );
}

/** The branches of a union that are about a type. */
function branchesOf(expression: string, type: string): string[] {
  return expression
    .split(' | ')
    .filter((branch) => new RegExp(`^\\(*(${type}|Resource|DomainResource)\\b`).test(branch) || /^[a-z(%]/.test(branch))
    .filter(
      (branch) => !/^\(*[A-Z]/.test(branch) || new RegExp(`^\\(*(${type}|Resource|DomainResource)\\b`).test(branch),
    )
    .map((branch) =>
      branch
        .replace(/^\((.+) as (\w+)\)$/, '$1.ofType($2)')
        .replace(/ as (\w+)$/, '.ofType($1)')
        .replace(/\.as\((\w+)\)/g, '.ofType($1)'),
    );
}

/** One search for each first value of the components of an element. */
function compositeOf(definition: SearchParameterDefinition, element: any, resource: any): Asked[] {
  const parts = definition.component!.map(({ definition: url, expression }) => {
    const known = definitions.get(url)!;
    const found = branchesOf(expression, resource.resourceType)
      .flatMap((branch) => compile(branch)(branch.startsWith('%') ? resource : element))
      .flatMap((value) => asked(known.type, value, []))
      .filter(({ modifier }) => modifier === '');
    return found[0]?.value;
  });
  return parts.includes(undefined) ? [] : [{ modifier: '', value: parts.join('$'), isWhole: false }];
}

function asked(kind: SearchKind, value: any, targets: readonly string[]): Asked[] {
  switch (kind) {
    case 'token':
      return tokens(value);
    case 'string':
      return strings(value);
    case 'date':
      return dates(value);
    case 'number':
      return [loose(String(value)), loose(`ge${value}`), loose(`le${value}`), loose(`ap${value}`)];
    case 'quantity':
      return quantities(value);
    case 'reference':
      return references(value, targets);
    case 'uri':
      return [whole(escaped(value)), ...(value.startsWith('urn:') ? [] : [loose(escaped(value), ':below')])];
    default:
      return [loose(`${value.latitude}|${value.longitude}|1|km`)];
  }
}

function tokens(value: any): Asked[] {
  if (typeof value !== 'object') return [whole(escaped(String(value)))];
  if (value.coding !== undefined || value.text !== undefined) {
    const text: Asked[] = typeof value.text === 'string' ? [loose(escaped(value.text), ':text')] : [];
    return [...(value.coding ?? []).flatMap(tokens), ...text];
  }
  if (value.value !== undefined) {
    const both = value.system === undefined ? [] : [loose(`${escaped(value.system)}|${escaped(value.value)}`)];
    return [loose(escaped(value.value)), ...both];
  }
  const { system, code, display } = value;
  return [
    ...(code === undefined ? [] : [whole(`${escaped(system ?? '')}|${escaped(code)}`), loose(escaped(code))]),
    ...(system === undefined ? [] : [loose(`${escaped(system)}|`)]),
    ...(display === undefined ? [] : [loose(escaped(display), ':text')]),
  ];
}

const PARTS = [
  'text',
  'family',
  'given',
  'prefix',
  'suffix',
  'line',
  'city',
  'district',
  'state',
  'postalCode',
  'country',
];

function strings(value: any): Asked[] {
  if (typeof value !== 'string') {
    return PARTS.flatMap((part) => value[part] ?? [])
      .filter((one) => one !== null)
      .flatMap(strings);
  }
  const start = value.trim().slice(0, 6).trim();
  return [
    loose(escaped(start)),
    loose(escaped(start.toUpperCase())),
    loose(escaped(value), ':exact'),
    loose(escaped(value.slice(Math.floor(value.length / 2)).trim() || value), ':contains'),
  ];
}

function dates(value: any): Asked[] {
  if (typeof value === 'string') return [loose(value), loose(`ge${value}`), loose(`le${value}`)];
  const { start, end } = value.repeat?.boundsPeriod ?? value;
  const events: string[] = value.event ?? [];
  return [
    ...(start === undefined ? [] : [loose(`ge${start}`)]),
    ...(end === undefined ? [] : [loose(`le${end}`)]),
    ...events.flatMap((event) => [loose(`ge${event}`), loose(`le${event}`)]),
  ];
}

function quantities(value: any): Asked[] {
  if (value.low !== undefined || value.high !== undefined) {
    return [
      ...(value.low === undefined ? [] : quantities(value.low).map((one) => ({ ...one, value: `ge${one.value}` }))),
      ...(value.high === undefined ? [] : quantities(value.high).map((one) => ({ ...one, value: `le${one.value}` }))),
    ];
  }
  const { value: number, system, code, unit, currency, comparator } = value;
  if (number === undefined) return [];
  const prefix = comparator?.startsWith('<') ? 'lt' : comparator?.startsWith('>') ? 'gt' : '';
  return [
    loose(`${prefix}${number}`),
    ...(system && code ? [loose(`${prefix}${number}|${escaped(system)}|${escaped(code)}`)] : []),
    ...[code, unit, currency].flatMap((one) => (one ? [loose(`${prefix}${number}||${escaped(one)}`)] : [])),
    ...(currency ? [loose(`${number}|urn:iso:std:iso:4217|${currency}`)] : []),
  ];
}

function references(value: any, targets: readonly string[]): Asked[] {
  if (typeof value === 'string') return value.startsWith('#') ? [] : [loose(escaped(value.replace(/#.*/, '')))];
  const { reference, identifier } = value;
  const type = typeOf(value);
  if (value.resourceType !== undefined) {
    return value.id === undefined || !targets.includes(type!) ? [] : [loose(`${type}/${value.id}`)];
  }
  const isAllowed = type === undefined || targets.length === 0 || targets.includes(type);
  return [
    ...(reference === undefined || reference.startsWith('#') || !isAllowed ? [] : [loose(escaped(reference))]),
    ...(identifier?.value === undefined ? [] : [loose(escaped(identifier.value), ':identifier')]),
  ];
}

/** https://hl7.org/fhir/R4/search.html#escaping */
function escaped(text: string): string {
  return text.replace(/[\\,|$]/g, '\\$&');
}

function whole(value: string): Asked {
  return { modifier: '', value, isWhole: true };
}

function loose(value: string, modifier = ''): Asked {
  return { modifier, value, isWhole: false };
}

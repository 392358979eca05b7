import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judge } from '../../../profiles/index.ts';
import {
  type ElementDef,
  hasType,
  jsonKeys,
  parseJson,
  pathStep,
  typeDef,
  typeRules,
} from '../../../resources/index.ts';
import { ownLibrary } from '../../setup/own-library.ts';
import { hasSharedData, sharedData } from '../../setup/shared-data.ts';

/** A member of an object somewhere in a resource. */
interface Site {
  readonly way: readonly (string | number)[];
  /** FHIRPath of the object that holds it. */
  readonly holder: string;
  readonly key: string;
  readonly element: ElementDef;
  /** Type of the member, and of the object that holds it. */
  readonly type: string;
  readonly within: string;
}

/** A change, and where it must be refused. */
interface Mutation {
  readonly kind: string;
  readonly text: string;
  readonly at: string;
}

const RUNS = 10_000;
const library = ownLibrary();

function errors(text: string): string[] {
  const parsed = parseJson(text);
  const { findings } = judge(parsed.value.resourceType, parsed, { level: 'full', library });
  return findings.filter(({ severity = 'error' }) => severity === 'error').map(({ expression }) => expression!);
}

/** All members of a resource that R4 knows. */
function sitesOf(data: any, within: string, way: readonly (string | number)[], at: string, found: Site[] = []): Site[] {
  for (const element of typeDef(within).elements) {
    for (const { key, type, inside } of jsonKeys(element)) {
      const value = data[key];
      if (value === undefined) continue;
      found.push({ way, holder: at, key, element, type: inside ?? type.code, within });
      for (const [i, item] of (Array.isArray(value) ? value : [value]).entries()) {
        if (typeof item !== 'object' || item === null) continue;
        const isList = Array.isArray(value);
        const inner = inside ?? item.resourceType;
        if (!hasType(inner)) continue;
        const here = `${at}.${element.name}${isList ? pathStep(i) : ''}`;
        sitesOf(item, inner, isList ? [...way, key, i] : [...way, key], here, found);
      }
    }
  }
  return found;
}

const isPrimitive = (type: string) => /^[a-z]/.test(type);

/** The ways to spoil a member, each where it can be done. */
const kinds: Readonly<Record<string, (holder: any, site: Site, seed: number) => string | undefined>> = {
  drop(holder, { key, element, holder: at }) {
    if (element.min === 0) return undefined;
    delete holder[key];
    return Object.keys(holder).length === 0 ? at : `${at}.${element.name}`;
  },
  add(holder, { holder: at }, seed) {
    const name = ['colour', 'note2', 'extra', 'x'][seed % 4]!;
    holder[name] = ['a', 1, true, { id: 'a' }][seed % 4];
    return `${at}.${name}`;
  },
  'add another of a choice'(holder, { element, key, holder: at }) {
    const other = jsonKeys(element).find((it) => it.key !== key && isPrimitive(it.type.code));
    if (!element.choice || !other) return undefined;
    holder[other.key] = 'a';
    return `${at}.${element.name}`;
  },
  'add a list'(holder, { key, element, holder: at }) {
    if (element.max > 1) return undefined;
    holder[key] = [holder[key]];
    return `${at}.${element.name}`;
  },
  'add nothing'(holder, { key, element, holder: at }) {
    holder[key] = element.max > 1 ? [] : null;
    return `${at}.${element.name}`;
  },
  retype(holder, { key, element, holder: at, type }, seed) {
    const value = holder[key];
    const one = Array.isArray(value) ? value[0] : value;
    const strange = isPrimitive(type)
      ? typeof one === 'string'
        ? seed % 2
          ? 7
          : { value: 'a' }
        : 'seven'
      : seed % 2
        ? 'a'
        : 7;
    if (Array.isArray(value)) value[0] = strange;
    else holder[key] = strange;
    return `${at}.${element.name}${Array.isArray(value) ? '[0]' : ''}`;
  },
  unlist(holder, { key, element, holder: at }) {
    if (!Array.isArray(holder[key])) return undefined;
    holder[key] = holder[key][0];
    return `${at}.${element.name}`;
  },
  rename(holder, { key, holder: at, within }, seed) {
    const name = seed % 2 ? `${key}s` : `${key.slice(0, -2)}${key.at(-1)}${key.at(-2)}`;
    const isKnown = typeDef(within).elements.some((it) => jsonKeys(it).some((other) => other.key === name));
    if (isKnown || name === key || name.startsWith('_')) return undefined;
    holder[name] = holder[key];
    delete holder[key];
    return `${at}.${name}`;
  },
  recode(holder, { key, element, holder: at, type, within }) {
    const binding = typeRules(within).elements?.[element.name]?.binding;
    if (binding?.[0] !== 'required' || holder[key] === undefined) return undefined;
    const isList = Array.isArray(holder[key]);
    const spoiled =
      type === 'code' ? 'no such code' : { coding: [{ system: 'http://hospital.example.org', code: 'none' }] };
    if (type !== 'code' && type !== 'CodeableConcept') return undefined;
    holder[key] = isList ? [spoiled] : spoiled;
    return `${at}.${element.name}${isList ? '[0]' : ''}`;
  },
  'break the format'(holder, { key, element, holder: at, type }) {
    const wrong: Record<string, unknown> = {
      date: '2021-02-30',
      dateTime: '2021-13-01',
      instant: '2021-02-28T10:00:00',
      time: '25:00:00',
      uri: 'a b',
      url: 'a b',
      canonical: 'a b',
      id: 'a_b',
      positiveInt: 0,
      unsignedInt: -1,
      integer: 1.5,
      base64Binary: 'a',
      string: '',
      markdown: ' ',
      code: ' a',
    };
    if (wrong[type] === undefined) return undefined;
    const isList = Array.isArray(holder[key]);
    holder[key] = isList ? [wrong[type]] : wrong[type];
    return `${at}.${element.name}${isList ? '[0]' : ''}`;
  },
};

describe.runIf(hasSharedData)('an example of R4 in which one element is spoiled', () => {
  const folder = sharedData('r4-examples/');
  const examples = hasSharedData
    ? readdirSync(folder)
        .filter((file) => file.endsWith('.json'))
        .map((file) => readFileSync(new URL(file, folder), 'utf8'))
        .filter((text) => text.length < 15_000 && text.includes('resourceType') && errors(text).length === 0)
        .map((text) => ({
          text,
          sites: sitesOf(JSON.parse(text), JSON.parse(text).resourceType, [], JSON.parse(text).resourceType),
        }))
    : [];

  function mutate(example: (typeof examples)[number], at: number, kind: string, seed: number): Mutation | undefined {
    const site = example.sites[at % example.sites.length]!;
    const data = JSON.parse(example.text);
    const holder = site.way.reduce((inner, step) => inner[step], data);
    // What stands beside a primitive makes a list of it longer, and its removal no loss.
    if (holder[`_${site.key}`] !== undefined) return undefined;
    const wanted = kinds[kind]!(holder, site, seed);
    return wanted === undefined ? undefined : { kind, text: JSON.stringify(data), at: wanted };
  }

  it('is refused at that element', () => {
    let count = 0;
    const missed: string[] = [];
    const mutation = fc
      .tuple(fc.constantFrom(...examples), fc.nat(), fc.constantFrom(...Object.keys(kinds)), fc.nat())
      .map((parts) => mutate(...parts))
      .filter((it) => it !== undefined);
    fc.assert(
      fc.property(mutation, ({ kind, text, at }) => {
        count++;
        if (!errors(text).includes(at)) missed.push(`${kind} at ${at}: ${errors(text).slice(0, 3).join(', ')}`);
      }),
      { numRuns: RUNS },
    );
    expect(count).toBeGreaterThanOrEqual(RUNS);
    expect(missed.length / count, missed.slice(0, 20).join('\n')).toBeLessThan(0.01);
  }, 180_000);
});

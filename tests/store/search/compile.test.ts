/** Compiled paths find exactly what FHIRPath, interpreted, finds. */
import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { compile, isResourceType, searchParameterDefinitions, searchParameters } from '../../../resources/index.ts';
import { compileVisits } from '../../../store/search/compile.ts';
import type { Sink } from '../../../store/search/sink.ts';
import { hasSharedData, sharedData } from '../../setup/shared-data.ts';

/** The parts of a name or an address that string parameters look into, in place of the whole. */
const PARTS = [
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
  'text',
];

describe('compiled paths', () => {
  it.runIf(hasSharedData)(
    'find what FHIRPath finds, for every parameter of every type, in the examples of R4',
    { timeout: 300_000 },
    () => {
      const seen = new Set<string>();
      let values = 0;
      for (const resource of examples()) {
        values += compareAll(resource);
        seen.add(resource.resourceType);
      }
      expect(seen.size).toBeGreaterThan(120);
      expect(values).toBeGreaterThan(5000);
    },
  );

  it.runIf(hasSharedData)('find what FHIRPath finds in the records of patients', { timeout: 300_000 }, () => {
    const types = new Set<string>();
    for (const resource of syntheaRecords()) {
      compareAll(resource);
      types.add(resource.resourceType);
    }
    expect(types.size).toBeGreaterThan(15);
  });

  it('leave out the nulls of lists of primitives', () => {
    const patient = { resourceType: 'Patient', name: [{ given: ['Ann', null, 'Mary'] }] };
    expect(compiled(patient, 'given')).toEqual(['"Ann"', '"Mary"']);
  });

  it('tell a patient as deceased by a date, by true, and not by nothing', () => {
    const deceased = (members: object) => compiled({ resourceType: 'Patient', ...members }, 'deceased');
    expect(deceased({ deceasedDateTime: '2024-02-29' })).toEqual(['true']);
    expect(deceased({ deceasedBoolean: true })).toEqual(['true']);
    expect(deceased({ deceasedBoolean: false })).toEqual(['false']);
    expect(deceased({})).toEqual(['false']);
    expect(
      deceased({ _deceasedBoolean: { extension: [{ url: 'http://example.org/why', valueString: 'unknown' }] } }),
    ).toEqual([]);
  });

  it('find only the kind of contact that a parameter is about', () => {
    const telecom = [
      { system: 'phone', value: '+49 30 1234' },
      { system: 'email', value: 'ann@example.org' },
    ];
    const patient = { resourceType: 'Patient', telecom };
    expect(compiled(patient, 'phone')).toEqual([JSON.stringify(telecom[0])]);
    expect(compiled(patient, 'email')).toEqual([JSON.stringify(telecom[1])]);
    expect(compiled(patient, 'telecom')).toHaveLength(2);
  });
});

/** @returns how many values were compared */
function compareAll(resource: any): number {
  let compared = 0;
  const found = visited(resource);
  const differences: string[] = [];
  for (const parameter of searchParameters(resource.resourceType).values()) {
    if (parameter.components || parameter.slots.length === 0) continue;
    const ours = new Set(parameter.slots.map(({ name }) => name)).values().flatMap((name) => found.get(name) ?? []);
    const interpreted = interpret(parameter.url, parameter.type, resource);
    compared += interpreted.length;
    const [left, right] = [[...ours].sort().join('\n'), interpreted.sort().join('\n')];
    if (left !== right)
      differences.push(`${resource.resourceType}/${resource.id} ${parameter.code}: ${left} | ${right}`);
  }
  expect(differences).toEqual([]);
  return compared;
}

function compiled(resource: any, code: string): string[] {
  const names = new Set(
    searchParameters(resource.resourceType)
      .get(code)!
      .slots.map(({ name }) => name),
  );
  const found = visited(resource);
  return [...names].flatMap((name) => found.get(name) ?? []);
}

const visitors = new Map<string, (resource: any, found: Map<string, string[]>) => void>();

/** Name of a slot → the values that stand there, as JSON. */
function visited(resource: any): Map<string, string[]> {
  const type: string = resource.resourceType;
  if (!visitors.has(type)) visitors.set(type, visitorOf(type));
  const found = new Map<string, string[]>();
  visitors.get(type)!(resource, found);
  return found;
}

function visitorOf(type: string): (resource: any, found: Map<string, string[]>) => void {
  let current: Map<string, string[]>;
  const plain = [...searchParameters(type).values()].filter(({ components }) => !components);
  const slots = new Map(plain.flatMap((one) => one.slots.map((slot) => [slot.name, slot])));
  const visit = compileVisits(
    type,
    [...slots.values()].map((slot) => {
      const record = (value: unknown) => {
        const known = current.get(slot.name);
        if (known) known.push(JSON.stringify(value));
        else current.set(slot.name, [JSON.stringify(value)]);
      };
      return { slot, presence: undefined, collect: () => record };
    }),
    [],
  );
  return (resource, found) => {
    current = found;
    visit(resource, { bits: new Int32Array(8) } as Sink);
  };
}

function interpret(url: string, kind: string, resource: any): string[] {
  const definition = searchParameterDefinitions().find((one) => one.url === url)!;
  const type: string = resource.resourceType;
  const branches = definition
    .expression!.split(' | ')
    .filter((branch) => new RegExp(`^\\(?(${type}|Resource)\\b`).test(branch) || /^[a-z]/.test(branch))
    .map((branch) => branch.replace(/\.where\(resolve\(\) is \w+\)/, ''));
  // Each branch by itself: a union would join equal values into one.
  return branches
    .flatMap((branch) => compile(branch)(resource))
    .flatMap((value) => (kind === 'string' ? partsOf(value) : [value]))
    .map((value) => JSON.stringify(value));
}

function partsOf(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [value];
  return PARTS.flatMap((part) => (value as Record<string, unknown>)[part] ?? []).filter((part) => part !== null);
}

function* examples(): Generator<any> {
  const folder = sharedData('r4-examples/');
  for (const file of readdirSync(folder)) {
    const resource = JSON.parse(readFileSync(new URL(file, folder), 'utf8').replace(/^\ufeff/, ''));
    if (isResourceType(resource.resourceType)) yield resource;
  }
}

/** A few resources of each type of some patients. */
function* syntheaRecords(): Generator<any> {
  const folder = sharedData('synthea/');
  const files = readdirSync(folder).filter((file) => file.endsWith('.gz'));
  for (const file of [...files.slice(0, 2), ...files.slice(5, 9)]) {
    const counts = new Map<string, number>();
    for (const { resource } of JSON.parse(gunzipSync(readFileSync(new URL(file, folder))).toString()).entry) {
      const count = (counts.get(resource.resourceType) ?? 0) + 1;
      counts.set(resource.resourceType, count);
      if (count <= 6) yield resource;
    }
  }
}

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { typeDef } from '../../resources/definitions.ts';
import { parseJson, writeJson } from '../../resources/json.ts';
import { Fault } from '../../resources/outcome.ts';
import { parseSubset, SUBSETTED, type Subset, subset } from '../../resources/subset.ts';
import { hasSharedData, sharedData } from '../setup/shared-data.ts';

const patient = {
  resourceType: 'Patient',
  id: 'p1',
  meta: { versionId: '2', tag: [{ system: 'http://example.org/tags', code: 'reviewed' }] },
  implicitRules: 'http://example.org/rules',
  text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">Peter Chalmers</div>' },
  contained: [{ resourceType: 'Organization', id: 'o1' }],
  extension: [{ url: 'http://example.org/birth-place', valueString: 'Utrecht' }],
  modifierExtension: [{ url: 'http://example.org/not-verified', valueBoolean: true }],
  identifier: [
    { system: 'http://hospital.example.org/mrn', value: '12345', extension: [{ url: 'u', valueCode: 'c' }] },
  ],
  active: true,
  name: [{ id: 'n1', family: 'Chalmers', given: ['Peter', 'James'], _given: [null, { id: 'second' }] }],
  birthDate: '1974-12-25',
  _birthDate: { extension: [{ url: 'http://example.org/time', valueTime: '14:35:00' }] },
  deceasedBoolean: false,
  maritalStatus: { text: 'Married' },
  photo: [{ contentType: 'image/png', data: 'AAAA' }],
  contact: [{ gender: 'female' }],
  link: [{ other: { reference: 'Patient/p2' }, type: 'seealso' }],
};

const glucose = `{"resourceType":"Observation","id":"g1","status":"final","code":{"text":"Glucose","coding":[{"system":"http://loinc.org","code":"15074-8"}]},"subject":{"reference":"Patient/p1"},"effectiveDateTime":"2024-03-01","valueQuantity":{"value":6.30,"unit":"mmol/l"},"referenceRange":[{"low":{"value":3.10}}],"component":[{"code":{"text":"Fasting"},"valueQuantity":{"value":5.10},"referenceRange":[{"high":{"value":6.20}}]}],"note":[{"text":"Fasting"}]}`;

const keys = (value: any) =>
  Object.keys(value)
    .filter((key) => key !== 'resourceType')
    .sort();
const faultOf = (action: () => unknown): Fault => {
  try {
    action();
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error('No fault was raised.');
};

/** Of every Patient subset; a Patient has no mandatory elements. */
const alwaysThere = ['id', 'implicitRules', 'meta', 'modifierExtension'];

describe('_elements', () => {
  const of = (text: string, resource: any = patient) => subset(resource, parseSubset([], [text])!);

  it('gives what was asked for, id, meta, and what may turn the meaning around', () => {
    expect(keys(of('id,active'))).toEqual([...alwaysThere, 'active'].sort());
  });

  it('gives mandatory elements as well', () => {
    expect(keys(of('subject', JSON.parse(glucose)))).toEqual(['code', 'id', 'meta', 'status', 'subject']);
  });

  it('gives a choice element by its FHIRPath name, by its JSON name and by that of the definition', () => {
    for (const name of ['value', 'valueQuantity', 'value[x]', 'Observation.value']) {
      expect(of(name, JSON.parse(glucose)).valueQuantity).toEqual({ value: 6.3, unit: 'mmol/l' });
    }
    expect(of('valueString', JSON.parse(glucose))).not.toHaveProperty('valueQuantity');
  });

  it('gives a primitive with its extensions', () => {
    expect(keys(of('birthDate'))).toEqual([...alwaysThere, '_birthDate', 'birthDate'].sort());
  });

  it('gives elements of a named type to resources of that type only', () => {
    const wanted = parseSubset([], ['Patient.name,Observation.note'])!;
    expect(subset(patient, wanted)).toHaveProperty('name');
    expect(keys(subset(JSON.parse(glucose), wanted))).toEqual(['code', 'id', 'meta', 'note', 'status']);
  });

  it('takes several lists, spaces and empty names', () => {
    expect(parseSubset([], ['id, name', 'active,'])).toEqual(parseSubset([], ['id,name,active']));
    expect(parseSubset([], [''])).toBeUndefined();
  });

  it.each(['brithDate', 'constructor', '__proto__', 'Patient.nothing', 'Nothing.name', 'a b'])(
    'refuses the name %s, which no element of a Patient has',
    (name) => {
      expect(faultOf(() => parseSubset([], [name], ['Patient'])).status).toBe(400);
    },
  );

  it('refuses what is no element of any of the types searched', () => {
    expect(parseSubset([], ['valueQuantity'], ['Patient', 'Observation'])).toBeDefined();
    expect(faultOf(() => parseSubset([], ['valueQuantity'], ['Patient', 'Group'])).kind).toBe('invalid-value');
  });

  it('refuses elements of elements, naming the one that can be asked for', () => {
    const fault = faultOf(() => parseSubset([], ['name.family'], ['Patient']));
    expect(fault.findings[0]?.hint).toContain('`name`');
    expect(faultOf(() => parseSubset([], ['Patient.name.family'], ['Patient'])).status).toBe(400);
  });
});

describe('_summary', () => {
  const of = (summary: 'true' | 'text' | 'data', resource: any = patient) => subset(resource, { summary });

  it('true gives the summary elements, at every level', () => {
    const part = of('true');
    expect(keys(part)).toEqual(
      [...alwaysThere, 'identifier', 'active', 'name', 'birthDate', 'deceasedBoolean', 'link'].sort(),
    );
    expect(part.identifier).toEqual([{ system: 'http://hospital.example.org/mrn', value: '12345' }]);
    expect(part.name).toEqual([{ family: 'Chalmers', given: ['Peter', 'James'] }]);
    const { component } = of('true', JSON.parse(glucose));
    expect(component).toEqual([{ code: { text: 'Fasting' }, valueQuantity: { value: 5.1 } }]);
  });

  it('true keeps extensions where they stand in for the value', () => {
    const absent = {
      extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }],
    };
    const part = of('true', {
      resourceType: 'Patient',
      _birthDate: absent,
      name: [{ given: [null], _given: [absent] }],
    });
    expect(part._birthDate).toEqual(absent);
    expect(part.name).toEqual([{ given: [null], _given: [absent] }]);
  });

  it('true leaves no element empty, and a mandatory one whole', () => {
    const only = { extension: [{ url: 'http://example.org/x', valueCode: 'y' }] };
    const part = of('true', { resourceType: 'Observation', status: 'final', code: only, subject: only });
    expect(keys(part)).toEqual(['code', 'meta', 'status']);
    expect(part.code).toEqual(only);
  });

  it('true keeps mandatory children that are no summary', () => {
    const sampled = { origin: { value: 0 }, period: 10, dimensions: 1, data: '1 2 3' };
    const part = of('true', {
      resourceType: 'Observation',
      status: 'final',
      code: { text: 'ECG' },
      valueSampledData: sampled,
    });
    expect(part.valueSampledData).toEqual({ origin: { value: 0 }, period: 10, dimensions: 1 });
  });

  it('true leaves the resources of a stored Bundle whole', () => {
    const bundle = { resourceType: 'Bundle', id: 'b', type: 'collection', entry: [{ resource: patient }] };
    expect(of('true', bundle).entry[0].resource).toBe(patient);
  });

  it('text gives the narrative, id, meta and mandatory elements', () => {
    expect(keys(of('text'))).toEqual([...alwaysThere, 'text'].sort());
    expect(keys(of('text', JSON.parse(glucose)))).toEqual(['code', 'id', 'meta', 'status']);
  });

  it('data gives all but the narrative', () => {
    expect(keys(of('data'))).toEqual(keys(patient).filter((key) => key !== 'text'));
    expect(of('data')._birthDate).toBe(patient._birthDate);
  });

  it('false wants the whole', () => {
    expect(parseSubset(['false'], [])).toBeUndefined();
    expect(parseSubset([], [])).toBeUndefined();
  });

  it.each(['yes', 'TRUE', '', 'constructor'])('refuses "%s"', (value) => {
    expect(faultOf(() => parseSubset([value], [])).status).toBe(400);
  });

  it('refuses two different ones, takes the same one twice', () => {
    expect(faultOf(() => parseSubset(['true', 'data'], [])).status).toBe(400);
    expect(parseSubset(['true', 'true'], [])).toEqual({ summary: 'true' });
  });

  it.each(['true', 'text', 'data', 'count'])('%s excludes _elements', (value) => {
    expect(faultOf(() => parseSubset([value], ['id'])).status).toBe(400);
  });

  it('false does not exclude _elements', () => {
    expect(parseSubset(['false'], ['id'])).toEqual({ elements: [{ type: undefined, name: 'id' }] });
  });
});

const subsets: [string, Subset][] = [
  ['_summary=true', { summary: 'true' }],
  ['_summary=text', { summary: 'text' }],
  ['_summary=data', { summary: 'data' }],
  [
    '_elements=value,component',
    {
      elements: [
        { type: undefined, name: 'value' },
        { type: undefined, name: 'component' },
      ],
    },
  ],
];

describe.each(subsets)('every part by %s', (_name, wanted) => {
  it('is tagged SUBSETTED once, beside the tags that were there', () => {
    expect(subset(patient, wanted).meta).toEqual({ ...patient.meta, tag: [...patient.meta.tag, SUBSETTED] });
    expect(subset(subset(patient, wanted), wanted).meta.tag).toHaveLength(2);
    expect(subset({ resourceType: 'Patient' }, wanted)).toEqual({
      resourceType: 'Patient',
      meta: { tag: [SUBSETTED] },
    });
  });

  it('leaves the resource as it was', () => {
    const before = JSON.stringify(patient);
    subset(patient, wanted);
    expect(JSON.stringify(patient)).toBe(before);
  });

  it('keeps the digits of every number that is in it', () => {
    const { value, digits } = parseJson(glucose);
    const text = writeJson(subset(value, wanted, digits), digits);
    for (const number of text.match(/"value":[\d.]+/g) ?? []) expect(glucose).toContain(number);
    expect(text.includes('"value"')).toBe(wanted !== subsets[1]![1]);
    expect(text).not.toMatch(/"value":(6\.3|5\.1|3\.1)[^\d]/);
  });

  it('begins with type, id and meta', () => {
    expect(Object.keys(subset({ ...patient, meta: undefined }, wanted)).slice(0, 3)).toEqual([
      'resourceType',
      'id',
      'meta',
    ]);
  });
});

const examples = sharedData('r4-examples/');

describe.runIf(hasSharedData)('the examples of the specification', () => {
  it('have all their mandatory elements in every part, and no empty element', () => {
    const files = readdirSync(examples).filter((file) => file.endsWith('.json'));
    expect(files.length).toBeGreaterThan(700);
    for (const file of files.filter((_, index) => index % 4 === 0)) {
      const resource = JSON.parse(readFileSync(new URL(file, examples), 'utf8'));
      const mandatory = typeDef(resource.resourceType).elements.filter(({ min }) => min > 0);
      for (const [, wanted] of subsets) {
        const part = subset(resource, wanted);
        for (const { name } of mandatory) {
          const has = (value: any) => Object.keys(value).some((key) => key === name || key.startsWith(name));
          expect([file, name, has(part)]).toEqual([file, name, has(resource)]);
        }
        expect(JSON.stringify(part)).not.toMatch(/\{\}|\[\]/);
      }
    }
  });
});

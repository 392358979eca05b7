import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fhirpathPatch } from '../../../operations/patch/fhirpath-patch.ts';
import { parseJson, writeJson } from '../../../resources/json.ts';
import { Fault } from '../../../resources/outcome.ts';
import { jsonValues } from '../../setup/json-values.ts';
import { hasSharedData, sharedData } from '../../setup/shared-data.ts';
import { readXml, resourceOf, type XmlNode } from './fhir-xml.ts';
import { faultOf, operation, patched, plain, refusal } from './parameters.ts';

const casesFile = sharedData('patch-tests/fhir-patch-tests.xml');

const patient = {
  resourceType: 'Patient',
  id: 'example',
  active: true,
  identifier: [{ system: 'http://hospital.example.org/mrn', value: '12345' }],
  name: [
    { use: 'official', family: 'Chalmers', given: ['Peter', 'James'] },
    { use: 'usual', given: ['Jim'] },
  ],
  birthDate: '1974-12-25',
  _birthDate: {
    extension: [
      { url: 'http://hl7.org/fhir/StructureDefinition/patient-birthTime', valueDateTime: '1974-12-25T14:35:45-05:00' },
    ],
  },
  deceasedBoolean: false,
  contact: [{ gender: 'female', name: { family: 'du Marché' } }],
};

/** The XML cases indent their narrative each in their own way. */
function settled(resource: any) {
  return JSON.parse(JSON.stringify(resource, (key, value) => (key === 'div' ? value.replaceAll(/\s+/g, '') : value)));
}

describe.runIf(hasSharedData)('the public FHIRPath Patch cases', () => {
  const cases = hasSharedData ? readXml(readFileSync(casesFile, 'utf8')).children[0]!.children : [];
  const part = (node: XmlNode, name: string) => node.children.find((child) => child.name === name);
  for (const node of cases) {
    const expected = part(node, 'output')?.children[0];
    it(`${expected ? 'carries out' : 'refuses'}: ${node.attributes.name}`, () => {
      const input = resourceOf(part(node, 'input')!.children[0]!);
      const run = () => fhirpathPatch(plain(input), plain(resourceOf(part(node, 'diff')!.children[0]!))).value;
      if (expected) expect(settled(run())).toEqual(settled(resourceOf(expected)));
      else expect(faultOf(run).status).toBe(400);
    });
  }
});

describe('add', () => {
  it('adds an element that is not there yet', () => {
    const result = patched(patient, { type: 'add', path: 'Patient', name: 'gender', value: { valueCode: 'male' } });
    expect(result).toEqual({ ...patient, gender: 'male' });
  });

  it('appends to a list, and begins one', () => {
    const result = patched(
      patient,
      { type: 'add', path: "Patient.name.where(use = 'official')", name: 'given', value: { valueString: 'Sr' } },
      {
        type: 'add',
        path: 'Patient',
        name: 'telecom',
        value: { valueContactPoint: { system: 'phone', value: '(03) 5555 6473' } },
      },
    );
    expect(result.name[0].given).toEqual(['Peter', 'James', 'Sr']);
    expect(result.telecom).toEqual([{ system: 'phone', value: '(03) 5555 6473' }]);
  });

  it('names a choice element by the type of its value', () => {
    const { deceasedBoolean, ...alive } = patient;
    const add = (name: string, value: object) => patched(alive, { type: 'add', path: 'Patient', name, value });
    expect(add('deceased', { valueBoolean: true }).deceasedBoolean).toBe(deceasedBoolean || true);
    expect(add('deceased', { valueDateTime: '2020-05-01' }).deceasedDateTime).toBe('2020-05-01');
    expect(add('deceased[x]', { valueBoolean: true }).deceasedBoolean).toBe(true);
    expect(add('deceasedDateTime', { valueDateTime: '2020' }).deceasedDateTime).toBe('2020');
  });

  it('refuses a second value of a choice, whatever its type', () => {
    expect(
      refusal(patient, { type: 'add', path: 'Patient', name: 'deceased', value: { valueDateTime: '2020' } }),
    ).toEqual([400, 'Parameters.parameter[0]', 'Parameters.parameter[0] (add) finds `deceased` there already.']);
  });

  it('refuses an element that does not repeat and is there, be it by an extension only', () => {
    const add = { type: 'add', path: 'Patient', name: 'birthDate', value: { valueDate: '1974-12-26' } };
    expect(refusal(patient, add)[0]).toBe(400);
    const { birthDate, ...unknown } = patient;
    expect(refusal(unknown, add)[2]).toContain('finds `birthDate` there already');
    expect(birthDate).toBe('1974-12-25');
  });

  it('builds a backbone element of parts, as deep as necessary', () => {
    const value = {
      part: [
        { name: 'relationship', valueCodeableConcept: { text: 'Partner' } },
        { name: 'relationship', valueCodeableConcept: { text: 'Emergency contact' } },
        {
          name: 'name',
          part: [
            { name: 'family', valueString: 'Abels' },
            { name: 'given', valueString: 'Sarah' },
          ],
        },
        { name: 'gender', valueCode: 'female' },
      ],
    };
    expect(patched(patient, { type: 'add', path: 'Patient', name: 'contact', value }).contact[1]).toEqual({
      relationship: [{ text: 'Partner' }, { text: 'Emergency contact' }],
      name: { family: 'Abels', given: ['Sarah'] },
      gender: 'female',
    });
  });

  it('names choice elements inside of parts', () => {
    const observation = { resourceType: 'Observation', status: 'final', code: { text: 'Blood pressure' } };
    const value = {
      part: [
        { name: 'code', valueCodeableConcept: { text: 'Systolic' } },
        { name: 'value', valueQuantity: { value: 107, unit: 'mmHg' } },
      ],
    };
    expect(patched(observation, { type: 'add', path: 'Observation', name: 'component', value }).component).toEqual([
      { code: { text: 'Systolic' }, valueQuantity: { value: 107, unit: 'mmHg' } },
    ]);
  });

  it('takes a value that has extensions, or only those', () => {
    const { birthDate, _birthDate, ...unborn } = patient;
    const extension = [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }];
    const both = { valueDate: '1974-12', _valueDate: { extension } };
    const add = (value: object) => patched(unborn, { type: 'add', path: 'Patient', name: 'birthDate', value });
    expect(add(both)).toEqual({ ...unborn, birthDate: '1974-12', _birthDate: { extension } });
    expect(add({ _valueDate: { extension } })).toEqual({ ...unborn, _birthDate: { extension } });
    expect([birthDate, _birthDate.extension.length]).toEqual(['1974-12-25', 1]);
  });

  it('keeps a list of primitives and what is beside it in step', () => {
    const value = { valueString: 'Sr', _valueString: { id: 'suffix' } };
    const { name } = patched(patient, { type: 'add', path: 'Patient.name[0]', name: 'given', value });
    expect(name[0]).toMatchObject({ given: ['Peter', 'James', 'Sr'], _given: [null, null, { id: 'suffix' }] });
  });

  it('adds an extension to a primitive', () => {
    const extension = { url: 'http://example.org/verified', valueBoolean: true };
    const value = {
      part: [
        { name: 'url', valueUri: extension.url },
        { name: 'value', valueBoolean: true },
      ],
    };
    const add = (path: string) => patched(patient, { type: 'add', path, name: 'extension', value });
    expect(add('Patient.birthDate')._birthDate.extension).toEqual([patient._birthDate.extension[0], extension]);
    expect(add('Patient.name[0].given[1]').name[0]._given).toEqual([null, { extension: [extension] }]);
    expect(add('Patient.active')._active).toEqual({ extension: [extension] });
  });

  it('adds a contained resource, and to one', () => {
    const value = { resource: { resourceType: 'Organization', id: 'o1', name: 'Acme' } };
    const once = patched(patient, { type: 'add', path: 'Patient', name: 'contained', value });
    expect(once.contained).toEqual([value.resource]);
    const twice = patched(once, {
      type: 'add',
      path: 'Patient.contained[0]',
      name: 'active',
      value: { valueBoolean: true },
    });
    expect(twice.contained[0].active).toBe(true);
  });

  it('refuses a parent that is not there, or not one', () => {
    const value = { valueDateTime: '2021-12-01' };
    expect(refusal(patient, { type: 'add', path: 'Patient.identifier[0].period', name: 'end', value })).toEqual([
      400,
      'Parameters.parameter[0].part[1]',
      'Parameters.parameter[0].part[1] (add) selects no element of the resource; it must select one.',
    ]);
    expect(
      refusal(patient, { type: 'add', path: 'Patient.name', name: 'text', value: { valueString: 'x' } })[2],
    ).toContain('selects 2 elements');
  });

  it('refuses a name that is no element there', () => {
    const fault = refusal(patient, { type: 'add', path: 'Patient', name: 'brithDate', value: { valueDate: '1974' } });
    expect(fault.slice(0, 2)).toEqual([400, 'Parameters.parameter[0].part[2]']);
  });
});

describe('insert', () => {
  it('puts an item in the place given', () => {
    const insert = (index: number) =>
      patched(patient, { type: 'insert', path: 'Patient.name', index, value: { valueHumanName: { text: 'x' } } }).name;
    expect(insert(0)[0]).toEqual({ text: 'x' });
    expect(insert(1)[1]).toEqual({ text: 'x' });
    expect(insert(2)[2]).toEqual({ text: 'x' });
  });

  it('begins an empty list at 0', () => {
    const insert = {
      type: 'insert',
      path: 'Patient.telecom',
      index: 0,
      value: { valueContactPoint: { value: '112' } },
    };
    expect(patched(patient, insert).telecom).toEqual([{ value: '112' }]);
  });

  it('keeps what is beside a list of primitives in step', () => {
    const named = { resourceType: 'Patient', name: [{ given: ['A', 'B'], _given: [null, { id: 'b' }] }] };
    const insert = { type: 'insert', path: 'Patient.name[0].given', index: 1, value: { valueString: 'X' } };
    expect(patched(named, insert).name[0]).toEqual({ given: ['A', 'X', 'B'], _given: [null, null, { id: 'b' }] });
  });

  it('refuses an index behind the end', () => {
    expect(
      refusal(patient, { type: 'insert', path: 'Patient.name', index: 3, value: { valueHumanName: { text: 'x' } } }),
    ).toEqual([
      400,
      'Parameters.parameter[0].part[2]',
      'Parameters.parameter[0].part[2] (index) is outside of the list, which has 2 items.',
    ]);
  });

  it.each(['Patient.name[0]', 'Patient.birthDate', 'Patient', 'Patient.name.first()', 'Patient.name.given'])(
    'refuses a path that names no single list: %s',
    (path) => {
      expect(refusal(patient, { type: 'insert', path, index: 0, value: { valueString: 'x' } }).slice(0, 2)).toEqual([
        400,
        'Parameters.parameter[0].part[1]',
      ]);
    },
  );
});

describe('delete', () => {
  it('takes an element away with its extensions', () => {
    const { birthDate, _birthDate, ...others } = patient;
    expect(patched(patient, { type: 'delete', path: 'Patient.birthDate' })).toEqual(others);
    expect([birthDate, _birthDate.extension.length]).toEqual(['1974-12-25', 1]);
  });

  it('takes a choice away by its FHIRPath name', () => {
    expect(patched(patient, { type: 'delete', path: 'Patient.deceased' })).not.toHaveProperty('deceasedBoolean');
  });

  it('takes one item of a list, and the list with the last', () => {
    const usual = { type: 'delete', path: "Patient.name.where(use = 'usual')" };
    expect(patched(patient, usual).name).toEqual([patient.name[0]]);
    expect(patched(patient, usual, { type: 'delete', path: 'Patient.name' })).not.toHaveProperty('name');
  });

  it('takes what it leaves empty', () => {
    const result = patched(
      patient,
      { type: 'delete', path: 'Patient.contact.name.family' },
      { type: 'delete', path: 'Patient.contact.gender' },
    );
    expect(result).not.toHaveProperty('contact');
  });

  it('takes an extension off a primitive, the list beside it staying in step', () => {
    const named = {
      resourceType: 'Patient',
      name: [{ given: ['A', 'B'], _given: [{ extension: [{ url: 'u', valueCode: 'c' }] }, { id: 'b' }] }],
    };
    const once = patched(named, { type: 'delete', path: 'Patient.name.given[0].extension' });
    expect(once.name[0]).toEqual({ given: ['A', 'B'], _given: [null, { id: 'b' }] });
    const item = patched(named, { type: 'delete', path: 'Patient.name.given[1]' });
    expect(item.name[0]).toEqual({ given: ['A'], _given: [named.name[0]!._given[0]] });
  });

  it('of what is not there changes nothing', () => {
    expect(patched(patient, { type: 'delete', path: 'Patient.maritalStatus' })).toEqual(patient);
  });

  it('refuses several elements, and the resource itself', () => {
    expect(refusal(patient, { type: 'delete', path: 'Patient.name' })[2]).toContain('selects 2 elements');
    expect(refusal(patient, { type: 'delete', path: 'Patient' })[2]).toContain('points at the resource itself');
  });
});

describe('replace', () => {
  it('puts another value in the very place', () => {
    const replace = { type: 'replace', path: 'Patient.name[0].given[0]', value: { valueString: 'Pieter' } };
    const result = patched(patient, replace);
    expect(result.name[0].given).toEqual(['Pieter', 'James']);
    expect(JSON.stringify(result)).toBe(JSON.stringify(patient).replace('Peter', 'Pieter'));
  });

  it('with the same value leaves the text as it was', () => {
    const same = { type: 'replace', path: 'Patient.identifier', value: { valueIdentifier: patient.identifier[0] } };
    expect(JSON.stringify(patched(patient, same))).toBe(JSON.stringify(patient));
  });

  it('replaces the extensions of a primitive, too', () => {
    const replace = { type: 'replace', path: 'Patient.birthDate', value: { valueDate: '1974-12-26' } };
    const { _birthDate, ...others } = patient;
    expect(patched(patient, replace)).toEqual({ ...others, birthDate: '1974-12-26' });
    expect(_birthDate.extension).toHaveLength(1);
  });

  it('changes the type of a choice', () => {
    const result = patched(patient, {
      type: 'replace',
      path: 'Patient.deceased',
      value: { valueDateTime: '2020-05-01' },
    });
    expect(result).not.toHaveProperty('deceasedBoolean');
    expect(result.deceasedDateTime).toBe('2020-05-01');
  });

  it('refuses what is not there, several, and the resource itself', () => {
    const replace = (path: string) => refusal(patient, { type: 'replace', path, value: { valueString: 'x' } });
    expect(replace('Patient.maritalStatus.text')[2]).toContain('selects no element');
    expect(replace('Patient.name.given')[2]).toContain('selects 3 elements');
    expect(replace('Patient')[2]).toContain('points at the resource itself');
  });
});

describe('move', () => {
  it('moves an item with what is beside it', () => {
    const named = { resourceType: 'Patient', name: [{ given: ['A', 'B', 'C'], _given: [null, null, { id: 'c' }] }] };
    const move = { type: 'move', path: 'Patient.name[0].given', source: 2, destination: 0 };
    expect(patched(named, move).name[0]).toEqual({ given: ['C', 'A', 'B'], _given: [{ id: 'c' }, null, null] });
  });

  it('refuses places outside of the list', () => {
    const move = (source: number, destination: number) =>
      refusal(patient, { type: 'move', path: 'Patient.name', source, destination });
    expect(move(2, 0).slice(0, 2)).toEqual([400, 'Parameters.parameter[0].part[2]']);
    expect(move(0, 2).slice(0, 2)).toEqual([400, 'Parameters.parameter[0].part[3]']);
    expect(refusal(patient, { type: 'move', path: 'Patient.photo', source: 0, destination: 0 })[0]).toBe(400);
  });
});

describe('digits', () => {
  const observation = `{"resourceType":"Observation","id":"g","status":"final","code":{"text":"Glucose"},"valueQuantity":{"value":6.30,"unit":"mmol/l"},"component":[{"code":{"text":"a"},"valueQuantity":{"value":1.00}},{"code":{"text":"b"},"valueQuantity":{"value":2.000}}]}`;
  const run = (patch: string) => {
    const result = fhirpathPatch(parseJson(observation), parseJson(patch));
    return writeJson(result.value, result.digits);
  };
  const patch = (...parts: string[]) =>
    `{"resourceType":"Parameters","parameter":[{"name":"operation","part":[${parts.map((part) => `{"name":${part}}`).join(',')}]}]}`;

  it('of untouched elements stay', () => {
    const replace = patch(
      '"type","valueCode":"replace"',
      '"path","valueString":"Observation.status"',
      '"value","valueCode":"amended"',
    );
    expect(run(replace)).toBe(observation.replace('final', 'amended'));
  });

  it('of the patch come in, in values and in parts', () => {
    const replace = patch(
      '"type","valueCode":"replace"',
      '"path","valueString":"Observation.value.value"',
      '"value","valueDecimal":6.400',
    );
    expect(run(replace)).toBe(observation.replace('6.30', '6.400'));
    const add = patch(
      '"type","valueCode":"add"',
      '"path","valueString":"Observation"',
      '"name","valueString":"component"',
      '"value","part":[{"name":"code","valueCodeableConcept":{"text":"c"}},{"name":"value","valueQuantity":{"value":3.10}}]',
    );
    expect(run(add)).toContain('{"code":{"text":"c"},"valueQuantity":{"value":3.10}}]');
  });

  it('move with their element', () => {
    const move = patch(
      '"type","valueCode":"move"',
      '"path","valueString":"Observation.component"',
      '"source","valueInteger":1',
      '"destination","valueInteger":0',
    );
    expect(run(move)).toContain(
      '[{"code":{"text":"b"},"valueQuantity":{"value":2.000}},{"code":{"text":"a"},"valueQuantity":{"value":1.00}}]',
    );
  });

  it('in a path decide by value', () => {
    const replace = patch(
      '"type","valueCode":"delete"',
      '"path","valueString":"Observation.component.where(value.value = 1.0)"',
    );
    expect(run(replace)).not.toContain('1.00');
  });
});

describe('for every hostile patch', () => {
  const word = fc.constantFrom(
    'Patient',
    'Patient.name',
    'Patient.name[0].given',
    'name',
    'given',
    'Patient.constructor',
    '__proto__',
    'constructor',
    'extension',
    'Patient.birthDate',
    'deceased',
    'contact',
    '%resource',
    '',
  );
  const scalar = fc.oneof(word, fc.integer({ min: -2, max: 3 }), fc.boolean(), fc.constant(null), jsonValues());
  const { part } = fc.letrec((tie) => ({
    part: fc.oneof(
      { depthSize: 'small' },
      fc
        .tuple(
          fc.constantFrom('type', 'path', 'name', 'value', 'index', 'source', 'destination', 'given', '__proto__'),
          fc.constantFrom(
            'valueString',
            'valueCode',
            'valueInteger',
            'valueHumanName',
            '_valueDate',
            'valueExtension',
            'resource',
            'value__proto__',
          ),
          fc.oneof(scalar, fc.constantFrom('add', 'insert', 'delete', 'replace', 'move')),
        )
        .map(([name, key, value]) => ({ name, [key]: value })),
      fc.record({ name: fc.constantFrom('value', 'name'), part: fc.array(tie('part'), { maxLength: 3 }) }),
      jsonValues(),
    ),
  }));
  const wellMade = fc
    .record({
      type: fc.constantFrom('add', 'insert', 'delete', 'replace', 'move'),
      path: word,
      name: word,
      index: fc.nat(3),
      source: fc.nat(3),
      destination: fc.nat(3),
    })
    .chain((parts) => fc.array(part, { maxLength: 2 }).map((more) => ({ ...parts, more })))
    .map(({ more, ...parts }) => {
      const needed: Record<string, string[]> = {
        add: ['name'],
        insert: ['index'],
        delete: [],
        replace: [],
        move: ['source', 'destination'],
      };
      const own = Object.fromEntries(
        Object.entries(parts).filter(([key]) => ['type', 'path', ...needed[parts.type]!].includes(key)),
      );
      const made = operation(own);
      return { ...made, part: [...made.part, ...more] };
    });

  it('the answer is a result or a Fault, the resource unchanged, no prototype touched', () => {
    const before = JSON.stringify(patient);
    const names = Object.getOwnPropertyNames(Object.prototype).length;
    fc.assert(
      fc.property(
        fc.array(fc.oneof(wellMade, fc.record({ name: fc.constant('operation'), part: fc.array(part) })), {
          maxLength: 4,
        }),
        (parameter) => {
          try {
            fhirpathPatch(plain(patient), plain({ resourceType: 'Parameters', parameter }));
          } catch (error) {
            expect(error).toBeInstanceOf(Fault);
          }
          expect(JSON.stringify(patient)).toBe(before);
          expect(Object.getOwnPropertyNames(Object.prototype)).toHaveLength(names);
        },
      ),
      { numRuns: 500 },
    );
  });
});

import { describe, expect, it } from 'vitest';
import { patchLimits } from '../../../operations/patch/draft.ts';
import { readOperations } from '../../../operations/patch/fhirpath-operations.ts';
import { fhirpathPatch } from '../../../operations/patch/fhirpath-patch.ts';
import { faultOf, parameters, patched, plain } from './parameters.ts';

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

describe('readOperations', () => {
  it('gives each operation with the places of its parts', () => {
    const patch = parameters(
      { type: 'delete', path: 'Patient.active' },
      { type: 'move', path: 'Patient.name', source: 1, destination: 0 },
    );
    const [first, second] = readOperations(patch, patchLimits);
    expect(first).toMatchObject({ at: 'Parameters.parameter[0]', type: 'delete', path: 'Patient.active' });
    expect(second).toMatchObject({ type: 'move', source: 1, destination: 0 });
    expect(second?.places.get('source')).toBe('Parameters.parameter[1].part[2]');
  });

  it('refuses more operations than the limit', () => {
    const patch = parameters({ type: 'delete', path: 'a' }, { type: 'delete', path: 'b' });
    expect(faultOf(() => readOperations(patch, { ...patchLimits, operationsMax: 1 })).kind).toBe('too-costly');
  });
});

describe('a patch that is none', () => {
  const refused = (patch: unknown) => {
    const fault = faultOf(() => fhirpathPatch(plain(patient), plain(patch)));
    return [fault.status, fault.findings[0]?.expression];
  };
  const withParts = (...part: unknown[]) => ({ resourceType: 'Parameters', parameter: [{ name: 'operation', part }] });
  const type = { name: 'type', valueCode: 'add' };
  const path = { name: 'path', valueString: 'Patient' };
  const name = { name: 'name', valueString: 'gender' };
  const value = { name: 'value', valueCode: 'male' };

  it.each([
    ['no Parameters', { resourceType: 'Patient' }, undefined],
    ['no object', [], undefined],
    ['parameter no list', { resourceType: 'Parameters', parameter: {} }, 'Parameters.parameter'],
    [
      'parameter of another name',
      { resourceType: 'Parameters', parameter: [{ name: 'op' }] },
      'Parameters.parameter[0]',
    ],
    ['no parts', { resourceType: 'Parameters', parameter: [{ name: 'operation' }] }, 'Parameters.parameter[0]'],
    [
      'a part of unknown name',
      withParts(type, path, { name: 'nmae', valueString: 'gender' }, value),
      'Parameters.parameter[0].part[2]',
    ],
    ['a part twice', withParts(type, path, path, value), 'Parameters.parameter[0].part[2]'],
    ['a part that is null', withParts(type, null), 'Parameters.parameter[0].part[1]'],
    ['no type', withParts(path, name, value), 'Parameters.parameter[0]'],
    ['an unknown type', withParts({ name: 'type', valueCode: 'remove' }, path), 'Parameters.parameter[0].part[0]'],
    [
      'a type from Object.prototype',
      withParts({ name: 'type', valueCode: 'constructor' }, path),
      'Parameters.parameter[0].part[0]',
    ],
    ['no path', withParts(type, name, value), 'Parameters.parameter[0]'],
    [
      'a path of another type',
      withParts(type, { name: 'path', valueUri: 'Patient' }, name, value),
      'Parameters.parameter[0].part[1]',
    ],
    ['no name', withParts(type, path, value), 'Parameters.parameter[0]'],
    ['no value', withParts(type, path, name), 'Parameters.parameter[0]'],
    ['an empty value', withParts(type, path, name, { name: 'value' }), 'Parameters.parameter[0].part[3]'],
    [
      'empty parts',
      withParts(type, path, { ...name, valueString: 'contact' }, { name: 'value', part: [] }),
      'Parameters.parameter[0].part[3]',
    ],
    ['two values', withParts(type, path, name, { ...value, valueString: 'male' }), 'Parameters.parameter[0].part[3]'],
    [
      'a member that no part has',
      withParts(type, path, name, { ...value, vaule: 1 }),
      'Parameters.parameter[0].part[3]',
    ],
    [
      'a part of another operation',
      withParts(type, path, name, value, { name: 'index', valueInteger: 0 }),
      'Parameters.parameter[0].part[4]',
    ],
    [
      'a path that is no FHIRPath',
      withParts(type, { name: 'path', valueString: 'Patient.' }, name, value),
      'Parameters.parameter[0].part[1]',
    ],
    [
      'a path to a value',
      withParts(type, { name: 'path', valueString: 'Patient.name.count()' }, name, value),
      'Parameters.parameter[0].part[1]',
    ],
    [
      'a path to another resource',
      withParts(type, { name: 'path', valueString: 'Patient.managingOrganization.resolve()' }, name, value),
      'Parameters.parameter[0].part[1]',
    ],
  ])('is refused: %s', (_what, patch, expression) => {
    expect(refused(patch)).toEqual([400, expression]);
  });

  it.each([-1, 0.5, '0', null])('is refused for the index %j', (index) => {
    const patch = withParts(
      { name: 'type', valueCode: 'insert' },
      { ...path, valueString: 'Patient.name' },
      { name: 'index', valueInteger: index },
      value,
    );
    expect(refused(patch)).toEqual([400, 'Parameters.parameter[0].part[2]']);
  });

  it('names the part inside of parts', () => {
    const parts = (...part: unknown[]) =>
      withParts(type, path, { ...name, valueString: 'contact' }, { name: 'value', part });
    const at = 'Parameters.parameter[0].part[3].part[1]';
    const gender = { name: 'gender', valueCode: 'male' };
    expect(refused(parts(gender, { name: 'nothing', valueCode: 'x' }))).toEqual([400, at]);
    expect(refused(parts(gender, gender))).toEqual([400, at]);
    expect(refused(parts(gender, { name: 'name', valueString: 'x' }))).toEqual([400, at]);
    expect(refused(parts(gender, { name: 'name', part: [{ name: 'given' }] }))).toEqual([400, `${at}.part[0]`]);
    expect(refused(parts(gender, { valueString: 'x' }))).toEqual([400, at]);
  });

  it('without operations changes nothing', () => {
    expect(fhirpathPatch(plain(patient), plain({ resourceType: 'Parameters' })).value).toEqual(patient);
  });

  it('leaves nothing half done when a later operation fails', () => {
    const before = JSON.stringify(patient);
    const run = () =>
      patched(
        patient,
        { type: 'delete', path: 'Patient.active' },
        { type: 'replace', path: 'Patient.photo', value: { valueString: 'x' } },
      );
    expect(faultOf(run).findings[0]?.expression).toBe('Parameters.parameter[1].part[1]');
    expect(JSON.stringify(patient)).toBe(before);
  });
});

import { describe, expect, it } from 'vitest';
import { Definitions } from '../../../profiles/profile/definitions.ts';
import { conforms, conformsTarget, typeRules } from '../../../profiles/profile/types.ts';
import { type Check, Walk } from '../../../profiles/profile/walk.ts';
import { findings, libraryOf, profileOf, told } from './profiling.ts';

const core = 'http://hl7.org/fhir/StructureDefinition/';
const observation = (more: object) => ({ resourceType: 'Observation', status: 'final', code: { text: 'x' }, ...more });
const needsName: Check = (value, _beside, walk) => {
  if (value.name === undefined) walk.breaks();
};

describe('types and targets', () => {
  it('are no rule where the profile leaves the type as it is', () => {
    const node = { name: 'x', slice: undefined, element: undefined, def: {}, children: [], slices: [] };
    expect(typeRules(node, undefined, { canonical: 'c', short: 'c' }, () => undefined)).toEqual([]);
  });

  it('are found out on the side without a trace on the walk', () => {
    const walk = new Walk(true, new Definitions(libraryOf([])), {});
    expect(conforms(needsName, { name: 'a' }, walk, 'Patient')).toBe(true);
    expect(conforms(needsName, {}, walk, 'Patient')).toBe(false);
    const target = { resource: { resourceType: 'Patient' }, fullUrl: undefined };
    expect(conformsTarget('urn:p', needsName, target, walk)).toBe(false);
    expect([walk.isBroken, walk.findings]).toEqual([false, []]);
  });

  it('leave some types of a choice', () => {
    const profile = profileOf('number', 'Observation', [
      ['Observation.value[x]', { type: [{ code: 'Quantity' }, { code: 'integer' }] }],
    ]);
    expect(told(observation({ valueInteger: 3 }), [profile])).toEqual([]);
    expect(findings(observation({ valueString: '3' }), [profile])).toEqual([
      expect.objectContaining({ expression: 'Observation.value', rule: 'type', hint: 'It may be Quantity, integer.' }),
    ]);
  });

  it('name the type of a resource inside', () => {
    const profile = profileOf('contained', 'Observation', [
      ['Observation.contained', { type: [{ code: 'Specimen' }] }],
    ]);
    expect(told(observation({ contained: [{ resourceType: 'Specimen', id: 's' }] }), [profile])).toEqual([]);
    expect(told(observation({ contained: [{ resourceType: 'Patient', id: 's' }] }), [profile])).toEqual([
      'error Observation.contained[0] type',
    ]);
  });

  it('may be held to a profile of the datatype', () => {
    const address = profileOf('street', 'Address', [
      ['Address.line', { min: 1 }],
      ['Address.city', { min: 1 }],
    ]);
    const profile = profileOf('addressed', 'Patient', [
      ['Patient.address', { type: [{ code: 'Address', profile: [address.url] }] }],
    ]);
    expect(
      told({ resourceType: 'Patient', address: [{ line: ['1 Main St'], city: 'Oslo' }] }, [profile, address]),
    ).toEqual([]);
    expect(told({ resourceType: 'Patient', address: [{ line: ['1 Main St'] }] }, [profile, address])).toEqual([
      'error Patient.address[0].city min',
    ]);
  });

  it('may be held to one of several profiles, and then say what is wrong by each', () => {
    const street = profileOf('street', 'Address', [['Address.line', { min: 1 }]]);
    const box = profileOf('box', 'Address', [['Address.text', { min: 1 }]]);
    const profile = profileOf('reachable', 'Patient', [
      ['Patient.address', { type: [{ code: 'Address', profile: [street.url, box.url] }] }],
    ]);
    expect(told({ resourceType: 'Patient', address: [{ text: 'PO Box 7' }] }, [profile, street, box])).toEqual([]);
    expect(told({ resourceType: 'Patient', address: [{ city: 'Oslo' }] }, [profile, street, box])).toEqual([
      'error Patient.address[0] profile',
      'error Patient.address[0].line min',
      'error Patient.address[0].text min',
    ]);
  });

  it('let references lead to some types only', () => {
    const profile = profileOf('subject', 'Observation', [
      ['Observation.subject', { type: [{ code: 'Reference', targetProfile: [`${core}Patient`, `${core}Location`] }] }],
    ]);
    expect(told(observation({ subject: { reference: 'Patient/1' } }), [profile])).toEqual([]);
    expect(told(observation({ subject: { display: 'somebody' } }), [profile])).toEqual([]);
    expect(told(observation({ subject: { reference: 'Group/12345' } }), [profile])).toEqual([
      'error Observation.subject target',
    ]);
    expect(told(observation({ subject: { type: 'Group', identifier: { value: '1' } } }), [profile])).toEqual([
      'error Observation.subject target',
    ]);
  });

  it('let references lead to resources of a profile, as far as they are at hand', () => {
    const born = profileOf('born', 'Patient', [['Patient.birthDate', { min: 1 }]]);
    const profile = profileOf('subject', 'Observation', [
      ['Observation.subject', { type: [{ code: 'Reference', targetProfile: [born.url] }] }],
    ]);
    const about = (patient: object) =>
      observation({ contained: [{ resourceType: 'Patient', id: 'p', ...patient }], subject: { reference: '#p' } });
    expect(told(about({ birthDate: '1970' }), [profile, born])).toEqual([]);
    expect(told(about({ gender: 'male' }), [profile, born])).toEqual(['error Observation.subject target']);
    expect(told(observation({ subject: { reference: 'Patient/elsewhere' } }), [profile, born])).toEqual([]);
    expect(told(observation({ subject: { reference: 'Group/1' } }), [profile, born])).toEqual([
      'error Observation.subject target',
    ]);
  });

  it('find targets in the Bundle by fullUrl and by relative address', () => {
    const born = profileOf('born', 'Patient', [['Patient.birthDate', { min: 1 }]]);
    const subject = profileOf('subject', 'Observation', [
      ['Observation.subject', { type: [{ code: 'Reference', targetProfile: [born.url] }] }],
    ]);
    const bundle = (reference: string) => ({
      resourceType: 'Bundle',
      type: 'collection',
      entry: [
        {
          fullUrl: 'http://a.example/fhir/Observation/1',
          resource: { ...observation({ subject: { reference } }), meta: { profile: [subject.url] } },
        },
        { fullUrl: 'http://a.example/fhir/Patient/1', resource: { resourceType: 'Patient', id: '1', gender: 'male' } },
      ],
    });
    const options = { profiles: [] };
    for (const reference of ['Patient/1', 'http://a.example/fhir/Patient/1', 'Patient/1/_history/2']) {
      expect(told(bundle(reference), [subject, born], options)).toEqual([
        'error Bundle.entry[0].resource.subject target',
      ]);
    }
    expect(told(bundle('Patient/2'), [subject, born], options)).toEqual([]);
  });

  it('take a circle of references for good that nothing else breaks', () => {
    const circle = profileOf('circle', 'Patient', [
      ['Patient.gender', { min: 1 }],
      [
        'Patient.link.other',
        { type: [{ code: 'Reference', targetProfile: ['https://hospital.example/fhir/StructureDefinition/circle'] }] },
      ],
    ]);
    const linked = (gender: object) => ({
      resourceType: 'Patient',
      gender: 'male',
      contained: [
        { resourceType: 'Patient', id: 'b', ...gender, link: [{ other: { reference: '#' }, type: 'seealso' }] },
      ],
      link: [{ other: { reference: '#b' }, type: 'seealso' }],
    });
    expect(told(linked({ gender: 'female' }), [circle])).toEqual([]);
    expect(told(linked({}), [circle])).toEqual(['error Patient.link[0].other target']);
  });

  it('may want the target to be sent along', () => {
    const said = { type: [{ code: 'Reference', aggregation: ['contained' as const] }] };
    const profile = profileOf('along', 'Observation', [['Observation.subject', said]]);
    expect(
      told(observation({ contained: [{ resourceType: 'Patient', id: 'p' }], subject: { reference: '#p' } }), [profile]),
    ).toEqual([]);
    expect(told(observation({ subject: { reference: 'Patient/p' } }), [profile])).toEqual([
      'error Observation.subject aggregation',
    ]);
  });
});

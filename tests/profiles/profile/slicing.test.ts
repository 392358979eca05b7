import type { ElementDefinitionSlicing } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import { slicesCheck } from '../../../profiles/profile/slicing.ts';
import { extensionOf, findings, profileOf, type Said, testBase, told } from './profiling.ts';

const loinc = 'http://loinc.org';
const coded = (code: string) => ({ coding: [{ system: loinc, code }] });
const byCode: ElementDefinitionSlicing = { discriminator: [{ type: 'pattern', path: 'code' }], rules: 'open' };

/** A blood pressure: systolic and diastolic, each once, and at most one heart rate. */
function pressure(slicing: Partial<ElementDefinitionSlicing> = {}, more: readonly Said[] = []) {
  return profileOf('pressure', 'Observation', [
    ['Observation.component', { slicing: { ...byCode, ...slicing } }],
    ['Observation.component:systolic', { min: 1, max: '1' }],
    ['Observation.component:systolic.code', { patternCodeableConcept: coded('8480-6') }],
    ['Observation.component:systolic.value[x]', { min: 1, type: [{ code: 'Quantity' }] }],
    ['Observation.component:diastolic', { min: 1, max: '1' }],
    ['Observation.component:diastolic.code', { patternCodeableConcept: coded('8462-4') }],
    ['Observation.component:rate', { min: 0, max: '1' }],
    ['Observation.component:rate.code', { patternCodeableConcept: coded('8867-4') }],
    ...more,
  ]);
}

function measured(...codes: string[]) {
  const component = codes.map((code) => ({ code: coded(code), valueQuantity: { value: 80 } }));
  return { resourceType: 'Observation', status: 'final', code: coded('85354-9'), component };
}

describe('slices', () => {
  it('are no check where the element has none', () => {
    const node = { name: 'x', slice: undefined, element: undefined, def: {}, children: [], slices: [] };
    const making = {
      profile: { canonical: 'c', short: 'c' },
      bases: { tree: () => undefined },
      checkOf: () => undefined,
      check: () => undefined,
    };
    expect(slicesCheck(node, making)).toBeUndefined();
  });

  it('accept items in any order and items of no slice when they are open', () => {
    expect(told(measured('8462-4', '9999-9', '8480-6'), [pressure()])).toEqual([]);
  });

  it('name the slice and the profile of which an item is missing, at the list', () => {
    expect(findings(measured('8480-6'), [pressure()])).toEqual([
      expect.objectContaining({
        expression: 'Observation.component',
        rule: 'slice:diastolic',
        issue: 'required',
        text: 'The slice `diastolic` of `component` is missing: pressure needs 1 of it.',
        hint: `Add what ${testBase}pressure describes as \`component:diastolic\`.`,
      }),
    ]);
  });

  it('are missing as well where the whole list is', () => {
    expect(told({ resourceType: 'Observation', status: 'final', code: coded('85354-9') }, [pressure()])).toEqual([
      'error Observation.component slice:systolic',
      'error Observation.component slice:diastolic',
    ]);
  });

  it('refuse more items of a slice than it may have', () => {
    expect(told(measured('8480-6', '8462-4', '8867-4', '8867-4'), [pressure()])).toEqual([
      'error Observation.component slice:rate',
    ]);
  });

  it('hold each item to what its slice says, at the item', () => {
    const { component, ...rest } = measured('8462-4', '8480-6');
    const observation = { ...rest, component: [component[0], { code: coded('8480-6'), valueString: 'high' }] };
    expect(told(observation, [pressure()])).toEqual(['error Observation.component[1].value type']);
    expect(told({ ...rest, component: [component[0], { code: coded('8480-6') }] }, [pressure()])).toEqual([
      'error Observation.component[1].value min',
    ]);
  });

  it('refuse what belongs to no slice when they are closed', () => {
    expect(told(measured('8480-6', '8462-4'), [pressure({ rules: 'closed' })])).toEqual([]);
    expect(told(measured('8480-6', '1234-5', '8462-4'), [pressure({ rules: 'closed' })])).toEqual([
      'error Observation.component[1] slicing',
    ]);
  });

  it('take what belongs to no slice at the end only, when they are open there', () => {
    expect(told(measured('8480-6', '8462-4', '1234-5'), [pressure({ rules: 'openAtEnd' })])).toEqual([]);
    expect(told(measured('8480-6', '1234-5', '8462-4'), [pressure({ rules: 'openAtEnd' })])).toEqual([
      'error Observation.component[2] slice:diastolic',
    ]);
  });

  it('refuse another order than that of the profile when they are ordered', () => {
    expect(told(measured('8480-6', '8462-4', '8867-4'), [pressure({ ordered: true })])).toEqual([]);
    expect(told(measured('8462-4', '8480-6'), [pressure({ ordered: true })])).toEqual([
      'error Observation.component[1] slice:systolic',
    ]);
  });

  it('hold what is in no slice to the default slice', () => {
    const profile = pressure({ rules: 'closed' }, [
      ['Observation.component:@default', {}],
      ['Observation.component:@default.dataAbsentReason', { min: 1 }],
    ]);
    const { component, ...rest } = measured('8480-6', '8462-4');
    const other = { code: coded('1234-5') };
    expect(
      told({ ...rest, component: [...component, { ...other, dataAbsentReason: { text: 'refused' } }] }, [profile]),
    ).toEqual([]);
    expect(told({ ...rest, component: [...component, other] }, [profile])).toEqual([
      'error Observation.component[2].dataAbsentReason min',
    ]);
  });

  it('may be sliced again', () => {
    const profile = profileOf('reslice', 'Patient', [
      ['Patient.identifier', { slicing: { discriminator: [{ type: 'value', path: 'system' }], rules: 'open' } }],
      [
        'Patient.identifier:insurer',
        { min: 1, max: '2', slicing: { discriminator: [{ type: 'value', path: 'use' }], rules: 'open' } },
      ],
      ['Patient.identifier:insurer.system', { fixedUri: 'urn:insurer' }],
      ['Patient.identifier:insurer/official', { min: 1, max: '1' }],
      ['Patient.identifier:insurer/official.use', { fixedCode: 'official' }],
      ['Patient.identifier:insurer/official.value', { min: 1 }],
    ]);
    const patient = (...identifier: object[]) => ({ resourceType: 'Patient', identifier });
    const official = { system: 'urn:insurer', use: 'official', value: '1' };
    const old = { system: 'urn:insurer', use: 'old', value: '0' };
    expect(told(patient({ system: 'urn:x' }, old, official), [profile])).toEqual([]);
    expect(told(patient(old), [profile])).toEqual(['error Patient.identifier slice:insurer/official']);
    expect(told(patient(official, official), [profile])).toEqual(['error Patient.identifier slice:insurer/official']);
    expect(told(patient({ system: 'urn:insurer', use: 'official' }), [profile])).toEqual([
      'error Patient.identifier[0].value min',
    ]);
    expect(told(patient(old, old, official), [profile])).toEqual(['error Patient.identifier slice:insurer']);
  });

  it('may stand inside of slices', () => {
    const profile = pressure({}, [
      [
        'Observation.component:systolic.interpretation',
        { slicing: { discriminator: [{ type: 'value', path: '$this' }], rules: 'open' } },
      ],
      [
        'Observation.component:systolic.interpretation:flag',
        { min: 1, max: '1', patternCodeableConcept: { coding: [{ system: 'urn:flags' }] } },
      ],
    ]);
    const { component, ...rest } = measured('8480-6', '8462-4');
    const flagged = {
      ...component[0],
      interpretation: [{ text: 'n' }, { coding: [{ system: 'urn:flags', code: 'H' }] }],
    };
    expect(told({ ...rest, component: [flagged, component[1]] }, [profile])).toEqual([]);
    expect(told({ ...rest, component }, [profile])).toEqual([
      'error Observation.component[0].interpretation slice:flag',
    ]);
  });

  it('of extensions go by url, and count', () => {
    const ward = extensionOf('ward', ['string']);
    const profile = profileOf('warded', 'Patient', [
      ['Patient.extension', { slicing: { discriminator: [{ type: 'value', path: 'url' }], rules: 'closed' } }],
      ['Patient.extension:ward', { min: 1, type: [{ code: 'Extension', profile: [ward.url] }] }],
    ]);
    const patient = (...extension: object[]) => ({ resourceType: 'Patient', extension });
    expect(told(patient({ url: ward.url, valueString: 'A' }), [profile, ward])).toEqual([]);
    expect(
      told(patient({ url: ward.url, valueString: 'A' }, { url: ward.url, valueString: 'B' }), [profile, ward]),
    ).toEqual(['error Patient.extension slice:ward']);
    expect(told(patient({ url: ward.url, valueCode: 'a' }), [profile, ward])).toEqual([
      'error Patient.extension[0].value type',
    ]);
    expect(told(patient({ url: 'urn:other', valueString: 'A' }), [profile, ward])).toEqual([
      'error Patient.extension[0] slicing',
      'error Patient.extension slice:ward',
    ]);
  });

  it('of extensions of primitives stand beside the value', () => {
    const time = extensionOf('birth-time', ['dateTime']);
    const profile = profileOf('timed', 'Patient', [
      ['Patient.birthDate.extension:time', { min: 1, type: [{ code: 'Extension', profile: [time.url] }] }],
    ]);
    const beside = { extension: [{ url: time.url, valueDateTime: '2020-01-01T08:00:00Z' }] };
    expect(told({ resourceType: 'Patient', birthDate: '2020-01-01', _birthDate: beside }, [profile, time])).toEqual([]);
    expect(told({ resourceType: 'Patient', birthDate: '2020-01-01' }, [profile, time])).toEqual([
      'error Patient.birthDate.extension slice:time',
    ]);
    expect(told({ resourceType: 'Patient', gender: 'male' }, [profile, time])).toEqual([]);
  });

  it('of a choice go by type, in short or in full', () => {
    const slicing: ElementDefinitionSlicing = { discriminator: [{ type: 'type', path: '$this' }], rules: 'open' };
    const full = profileOf('full', 'Observation', [
      ['Observation.value[x]', { slicing }],
      ['Observation.value[x]:valueQuantity', { type: [{ code: 'Quantity' }] }],
      ['Observation.value[x]:valueQuantity.code', { min: 1 }],
    ]);
    const short = profileOf('short', 'Observation', [
      ['Observation.valueQuantity', { min: 0 }],
      ['Observation.valueQuantity.code', { min: 1 }],
    ]);
    const value = (more: object) => ({ resourceType: 'Observation', status: 'final', code: coded('1'), ...more });
    for (const profile of [full, short]) {
      expect(told(value({ valueQuantity: { value: 1, code: 'kg' } }), [profile])).toEqual([]);
      expect(told(value({ valueString: 'much' }), [profile])).toEqual([]);
      expect(told(value({ valueQuantity: { value: 1 } }), [profile])).toEqual(['error Observation.value.code min']);
    }
  });

  it('narrow a choice when one type of it is needed in short', () => {
    const profile = profileOf('needed', 'Observation', [['Observation.valueQuantity', { min: 1 }]]);
    const value = (more: object) => ({ resourceType: 'Observation', status: 'final', code: coded('1'), ...more });
    expect(told(value({ valueQuantity: { value: 1 } }), [profile])).toEqual([]);
    expect(told(value({}), [profile])).toEqual([
      'error Observation.value min',
      'error Observation.value slice:valueQuantity',
    ]);
    expect(told(value({ valueString: 'much' }), [profile])).toContain('error Observation.value type');
  });
});

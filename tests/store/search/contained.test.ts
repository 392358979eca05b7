import { describe, expect, it } from 'vitest';
import { searchParameters } from '../../../resources/index.ts';
import { localsOf, localText } from '../../../store/search/contained.ts';
import { extract, extractor } from './extracting.ts';

const ref = (reference: string) => ({ reference });
const key = (type: string, code: string) => extractor.hash(`ref|${searchParameters(type).get(code)!.slots[0]!.name}`);
const medication = {
  resourceType: 'Medication',
  id: 'm',
  identifier: [{ system: 'urn:batch', value: '7' }],
  code: { coding: [{ system: 'urn:drug', code: 'A' }] },
  manufacturer: ref('#maker'),
};
const request = (...contained: object[]) =>
  extract({
    resourceType: 'MedicationRequest',
    id: 'rx',
    contained,
    medicationReference: ref('#m'),
    subject: ref('Patient/ann'),
  });

describe('the values of a resource that contains others', () => {
  it('hold those of each that is contained, under the place where it is', () => {
    const { contained } = request(medication, { resourceType: 'Organization', id: 'maker', name: 'North' });
    expect(contained!.map(({ type, id, local }) => [type, id, local])).toEqual([
      ['Medication', 'MedicationRequest/rx#m', 'm'],
      ['Organization', 'MedicationRequest/rx#maker', 'maker'],
    ]);
    const alone = extract({ ...medication, id: 'm' });
    expect(contained![0]!.values.code1).toBe(alone.code1);
    expect(contained![0]!.values.ids).toEqual(alone.ids);
    expect(contained![1]!.values.s1).toBe('north');
  });

  it('refer to what is contained as to anything else: by its rid, turned by the key of the element', () => {
    const values = request(medication, { resourceType: 'Organization', id: 'maker', name: 'North' });
    const [inside, maker] = values.contained!;
    expect(inside!.values.rid).toBe(extractor.hash(localText('MedicationRequest/rx', '#m')));
    const turned = values.h.slice(0, values.nr).map((token) => token ^ inside!.values.rid);
    expect(turned.filter((token) => token === key('MedicationRequest', 'medication'))).toHaveLength(1);
    const { h, nr } = inside!.values;
    expect(h.slice(0, nr).map((token) => token ^ maker!.values.rid)).toEqual([key('Medication', 'manufacturer')]);
  });

  it('give what is contained the shard of the container, and nothing to lock', () => {
    const values = request(medication);
    expect(values.contained![0]!.values).toMatchObject({ sk: values.sk, comp: [], locks: [], targets: [] });
    expect(values.sk).toBe(extractor.rid('Patient', 'ann'));
  });

  it('take the first of two with one id, and none without', () => {
    const { contained } = request(medication, { ...medication, code: { text: 'other' } }, { resourceType: 'Patient' });
    expect(contained).toHaveLength(1);
    expect(contained![0]!.values.code1).not.toBeNull();
  });

  it('say that a contained patient is the patient, but nobody whose compartment it is in', () => {
    const values = extract({
      resourceType: 'Observation',
      id: 'o',
      contained: [{ resourceType: 'Patient', id: 'p' }],
      subject: ref('#p'),
    });
    expect(values.subj).toBe(values.contained![0]!.values.rid);
    expect(values.comp).toEqual([]);
    const without = extract({ resourceType: 'Observation', id: 'o', subject: ref('#p') });
    expect([without.subj, without.contained]).toEqual([null, undefined]);
  });

  it('know no place inside of another resource', () => {
    const other = extract({
      resourceType: 'MedicationRequest',
      id: 'x',
      medicationReference: ref('MedicationRequest/rx#m'),
    });
    const { rid } = request(medication).contained![0]!.values;
    expect(other.h.map((token) => token ^ rid)).not.toContain(key('MedicationRequest', 'medication'));
  });
});

describe('localsOf', () => {
  it('is nothing for nearly all resources', () => {
    expect(localsOf('Patient', 'a', {})).toBeUndefined();
    expect(localsOf('Patient', 'a', { contained: [] })).toBeUndefined();
  });

  it('knows the container by #', () => {
    expect(localsOf('Patient', 'a', { contained: [{ resourceType: 'Basic', id: 'b' }] })!.types).toEqual(
      new Map([
        ['', 'Patient'],
        ['b', 'Basic'],
      ]),
    );
    expect(localText('Patient/a', '#')).toBe('rid|Patient/a');
  });
});

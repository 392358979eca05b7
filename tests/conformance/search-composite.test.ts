/** https://hl7.org/fhir/R4/search.html#combining */
import { describe, expect, it } from 'vitest';
import { faultFrom } from '../setup/fault.ts';
import { searching } from './searching.ts';

const LOINC = 'http://loinc.org';
const UCUM = 'http://unitsofmeasure.org';
const loinc = (...codes: string[]) => ({ coding: codes.map((code) => ({ system: LOINC, code })) });
const mmHg = (value: number) => ({ value, unit: 'mmHg', system: UCUM, code: 'mm[Hg]' });
const observation = (id: string, more: object) => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: loinc('85354-9'),
  ...more,
});
const pressure = (id: string, systolic: number, diastolic: number) =>
  observation(id, {
    component: [
      { code: loinc('8480-6'), valueQuantity: mmHg(systolic) },
      { code: { coding: [{ system: LOINC, code: '8462-4' }, { code: 'dia' }] }, valueQuantity: mmHg(diastolic) },
    ],
  });

const search = await searching([
  pressure('high', 150, 95),
  pressure('normal', 118, 76),
  pressure('wide', 138, 145),
  observation('weight', {
    code: loinc('29463-7', '3141-9'),
    valueQuantity: { value: 80, unit: 'kg', system: UCUM, code: 'kg' },
  }),
  observation('group', {
    code: loinc('883-9'),
    valueCodeableConcept: { coding: [{ system: LOINC, code: 'LA19710-5' }] },
  }),
  observation('panel', {
    component: [
      { code: loinc('883-9'), valueCodeableConcept: { coding: [{ system: LOINC, code: 'LA19709-7' }] } },
      { code: loinc('10331-7'), valueCodeableConcept: { coding: [{ system: LOINC, code: 'LA6576-8' }] } },
    ],
  }),
  observation('dated', { code: loinc('8665-2'), valueDateTime: '2024-02-01' }),
  observation('worded', { code: loinc('8251-1'), valueString: 'Slight dizziness' }),
  {
    resourceType: 'Group',
    id: 'women',
    type: 'person',
    actual: false,
    characteristic: [
      {
        code: { coding: [{ code: 'gender' }] },
        valueCodeableConcept: { coding: [{ code: 'female' }] },
        exclude: false,
      },
      { code: { coding: [{ code: 'smoker' }] }, valueBoolean: false, exclude: false },
    ],
  },
  {
    resourceType: 'DocumentReference',
    id: 'letter',
    status: 'current',
    content: [{ attachment: { url: 'http://documents.example/1' } }],
    relatesTo: [
      { code: 'replaces', target: { reference: 'DocumentReference/draft' } },
      { code: 'appends', target: { reference: 'DocumentReference/note' } },
    ],
  },
  {
    resourceType: 'MolecularSequence',
    id: 'sequence',
    coordinateSystem: 0,
    referenceSeq: {
      chromosome: { coding: [{ code: '1' }] },
      referenceSeqId: { coding: [{ system: 'http://www.ncbi.nlm.nih.gov/nuccore', code: 'NC_000001.11' }] },
      windowStart: 100,
      windowEnd: 500,
    },
    variant: [
      { start: 120, end: 130 },
      { start: 300, end: 310 },
    ],
  },
  {
    resourceType: 'ValueSet',
    id: 'for-adults',
    status: 'draft',
    useContext: [
      {
        code: { system: 'http://terminology.hl7.org/CodeSystem/usage-context-type', code: 'age' },
        valueRange: { low: { value: 18, system: UCUM, code: 'a' } },
      },
      {
        code: { system: 'http://terminology.hl7.org/CodeSystem/usage-context-type', code: 'focus' },
        valueCodeableConcept: { coding: [{ code: 'asthma' }] },
      },
    ],
  },
]);

const cases: readonly [url: string, ids: readonly string[]][] = [
  ['Observation?component-code-value-quantity=8480-6$gt140', ['high']],
  [`Observation?component-code-value-quantity=${LOINC}|8480-6$gt140`, ['high']],
  [`Observation?component-code-value-quantity=http://other.example|8480-6$gt140`, []],
  ['Observation?component-code-value-quantity=8462-4$gt140', ['wide']],
  [`Observation?component-code-value-quantity=8462-4$lt80|${UCUM}|mm[Hg]`, ['normal']],
  [`Observation?component-code-value-quantity=8480-6$gt18|${UCUM}|kPa`, ['high', 'wide']],
  ['Observation?component-code-value-quantity=dia$95', ['high']],
  ['Observation?component-code-value-quantity=|dia$95||mm[Hg]', ['high']],
  [`Observation?component-code-value-quantity=${LOINC}|dia$95`, []],
  ['Observation?component-code-value-quantity=8480-6$gt140,8462-4$lt80', ['high', 'normal']],
  ['Observation?component-code-value-quantity=8480-6$gt140&component-code-value-quantity=8462-4$lt80', []],
  ['Observation?combo-code-value-quantity=8480-6$gt140', ['high']],
  [`Observation?combo-code-value-quantity=29463-7$80|${UCUM}|kg`, ['weight']],
  ['Observation?combo-code-value-quantity=29463-7$80,8480-6$118', ['normal', 'weight']],
  [`Observation?code-value-quantity=${LOINC}|29463-7$80|${UCUM}|kg`, ['weight']],
  ['Observation?code-value-quantity=3141-9$ge80', ['weight']],
  ['Observation?code-value-quantity=3141-9$gt80', []],
  ['Observation?code-value-quantity=8480-6$gt140', []],
  ['Observation?code-value-concept=883-9$LA19710-5', ['group']],
  ['Observation?combo-code-value-concept=883-9$LA19710-5', ['group']],
  ['Observation?combo-code-value-concept=883-9$LA19709-7', ['panel']],
  [`Observation?component-code-value-concept=${LOINC}|883-9$${LOINC}|LA19709-7`, ['panel']],
  ['Observation?component-code-value-concept=883-9$LA6576-8', []],
  ['Observation?code-value-date=8665-2$ge2024', ['dated']],
  ['Observation?code-value-date=8665-2$lt2024', []],
  ['Observation?code-value-string=8251-1$slight', ['worded']],
  ['Observation?code-value-string=8665-2$slight', []],
  ['Group?characteristic-value=gender$female', ['women']],
  ['Group?characteristic-value=smoker$false', ['women']],
  ['Group?characteristic-value=smoker$female', []],
  ['DocumentReference?relationship=replaces$DocumentReference/draft', ['letter']],
  ['DocumentReference?relationship=appends$note', ['letter']],
  ['DocumentReference?relationship=replaces$http://localhost:8080/fhir/DocumentReference/draft', ['letter']],
  ['DocumentReference?relationship=replaces$DocumentReference/note', []],
  ['MolecularSequence?chromosome-variant-coordinate=1$ge120$le130', ['sequence']],
  ['MolecularSequence?chromosome-variant-coordinate=1$300$310', ['sequence']],
  ['MolecularSequence?chromosome-variant-coordinate=1$120$310', []],
  ['MolecularSequence?chromosome-variant-coordinate=2$120$130', []],
  ['MolecularSequence?referenceseqid-variant-coordinate=NC_000001.11$lt200$lt200', ['sequence']],
  ['MolecularSequence?chromosome-window-coordinate=1$le100$ge500', ['sequence']],
  ['MolecularSequence?chromosome-window-coordinate=1$le100$lt500', []],
  [`ValueSet?context-type-quantity=age$gt30|${UCUM}|a`, ['for-adults']],
  [`ValueSet?context-type-quantity=age$lt18|${UCUM}|a`, []],
  ['ValueSet?context-type-quantity=focus$gt30', []],
  ['ValueSet?context-type-value=focus$asthma', ['for-adults']],
  ['ValueSet?context-type-value=age$asthma', []],
];

describe('composite parameters', () => {
  it.each(cases)('%s', async (url, ids) => expect((await search.ids(url)).sort()).toEqual([...ids].sort()));

  it.each(['8480-6', '8480-6$gt140$5', '$gt140', '8480-6$', '8480-6$high', '|$5', `${LOINC}|$gt140`])(
    'refuses %s',
    async (value) => {
      const fault = await faultFrom(search.ids(`Observation?component-code-value-quantity=${value}`));
      expect(fault.status).toBe(400);
    },
  );
});

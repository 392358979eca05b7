import { describe, expect, it } from 'vitest';
import { ownStructure, serverBase, serverProfile, serverStructures } from '../../../profiles/profile/own-profiles.ts';
import { judgeProfiles } from '../../../profiles/profile/pass.ts';

const money = (value: number, currency = 'USD') => ({ value, currency });
const ref = (reference: string) => ({ reference });
const coded = (code: string, system = 'http://example.org/codes') => ({ coding: [{ system, code }] });

/** One of each that has all that its profile wants. */
const good: Readonly<Record<string, Record<string, any>>> = {
  Patient: {
    identifier: [{ system: 'http://hosp.test/mrn', value: 'M1' }],
    name: [{ family: 'Ruiz', given: ['Ana'] }],
    telecom: [{ system: 'phone', value: '+1 555 0100' }],
    gender: 'female',
    birthDate: '1985-04-12',
  },
  Encounter: {
    status: 'finished',
    class: { code: 'AMB' },
    type: [coded('visit')],
    subject: ref('Patient/ana'),
    participant: [{ individual: ref('Practitioner/lee') }],
    period: { start: '2026-12-01T14:00:00Z', end: '2026-12-01T14:30:00Z' },
  },
  MedicationRequest: {
    status: 'active',
    intent: 'order',
    medicationCodeableConcept: coded('313782'),
    subject: ref('Patient/ana'),
    authoredOn: '2026-12-01',
    requester: ref('Practitioner/lee'),
    dosageInstruction: [{ text: '1 tablet every 6 hours' }],
  },
  Observation: {
    status: 'final',
    category: [coded('laboratory', 'http://terminology.hl7.org/CodeSystem/observation-category')],
    code: coded('2823-3', 'http://loinc.org'),
    subject: ref('Patient/ana'),
    effectiveDateTime: '2026-12-01T10:00:00Z',
    performer: [ref('Organization/lab')],
    valueQuantity: { value: 6.8, unit: 'mmol/L', system: 'http://unitsofmeasure.org', code: 'mmol/L' },
    referenceRange: [{ low: { value: 3.5, code: 'mmol/L' }, high: { value: 5.1, code: 'mmol/L' } }],
  },
  DiagnosticReport: {
    status: 'final',
    category: [coded('LAB', 'http://terminology.hl7.org/CodeSystem/v2-0074')],
    code: coded('24323-8', 'http://loinc.org'),
    subject: ref('Patient/ana'),
    effectiveDateTime: '2026-12-01T10:00:00Z',
    issued: '2026-12-01T12:00:00Z',
    performer: [ref('Organization/lab')],
    result: [ref('Observation/1')],
  },
  Appointment: {
    status: 'booked',
    serviceType: [coded('office-30')],
    start: '2026-12-01T14:00:00Z',
    end: '2026-12-01T14:30:00Z',
    minutesDuration: 30,
    participant: [
      { actor: ref('Patient/ana'), required: 'required', status: 'accepted' },
      { actor: ref('Practitioner/lee'), status: 'accepted' },
      { actor: ref('Practitioner/student'), required: 'optional', status: 'needs-action' },
    ],
  },
  Coverage: {
    status: 'active',
    subscriberId: 'M123',
    beneficiary: ref('Patient/ana'),
    relationship: coded('self', 'http://terminology.hl7.org/CodeSystem/subscriber-relationship'),
    period: { start: '2026-01-01' },
    payor: [ref('Organization/payer')],
  },
  Claim: {
    identifier: [{ system: 'http://hosp.test/claim', value: 'CLM-000045' }],
    status: 'active',
    type: coded('professional', 'http://terminology.hl7.org/CodeSystem/claim-type'),
    use: 'claim',
    patient: ref('Patient/ana'),
    billablePeriod: { start: '2026-12-01', end: '2026-12-01' },
    created: '2026-12-01',
    insurer: ref('Organization/payer'),
    provider: ref('Organization/us'),
    priority: coded('normal'),
    careTeam: [{ sequence: 1, provider: ref('Practitioner/lee') }],
    diagnosis: [{ sequence: 1, diagnosisCodeableConcept: coded('J02.9') }],
    insurance: [
      { sequence: 1, focal: true, coverage: ref('Coverage/1') },
      { sequence: 2, focal: false, coverage: ref('Coverage/2') },
    ],
    item: [
      {
        sequence: 1,
        careTeamSequence: [1],
        diagnosisSequence: [1],
        productOrService: coded('A'),
        quantity: { value: 3 },
        unitPrice: money(0.1),
        net: money(0.3),
      },
      { sequence: 2, productOrService: coded('B'), net: money(0.6) },
    ],
    total: money(0.9),
  },
  Invoice: {
    identifier: [{ system: 'http://hosp.test/invoice', value: '2026-000123' }],
    status: 'issued',
    subject: ref('Patient/ana'),
    date: '2026-12-01',
    issuer: ref('Organization/us'),
    lineItem: [
      {
        sequence: 1,
        chargeItemReference: ref('ChargeItem/c1'),
        priceComponent: [
          { type: 'base', amount: money(120) },
          { type: 'discount', amount: money(-12) },
          { type: 'tax', amount: money(7.83) },
          { type: 'informational', amount: money(500) },
        ],
      },
      {
        sequence: 2,
        chargeItemReference: ref('ChargeItem/c2'),
        priceComponent: [
          { type: 'base', amount: money(0.1) },
          { type: 'surcharge', amount: money(0.2) },
        ],
      },
    ],
    totalPriceComponent: [{ type: 'tax', amount: money(7.83) }],
    totalNet: money(108.3),
    totalGross: money(116.13),
  },
};

/** What is changed, and what must be told of it. */
type Case = readonly [promise: string, change: Record<string, any>, ...told: string[]];

const cases: Readonly<Record<string, readonly Case[]>> = {
  Patient: [
    ['needs an identifier', { identifier: undefined }, 'error Patient.identifier min'],
    ['needs the system of an identifier', { identifier: [{ value: 'M1' }] }, 'error Patient.identifier[0].system min'],
    ['needs a name', { name: undefined }, 'error Patient.name min'],
    ['needs something in a name', { name: [{ use: 'usual' }] }, 'error Patient.name[0] vesta-pat-3'],
    ['needs what a telecom is', { telecom: [{ value: '1' }] }, 'error Patient.telecom[0].system min'],
    ['needs the birth date, or why it is not known', { birthDate: undefined }, 'error Patient.birthDate min'],
    ['needs the gender', { gender: undefined }, 'error Patient.gender min'],
    [
      'refuses an active record that was replaced',
      { active: true, link: [{ type: 'replaced-by', other: ref('Patient/b') }] },
      'error Patient vesta-pat-1',
    ],
    ['wants a way to reach the patient', { telecom: undefined }, 'warning Patient vesta-pat-2'],
  ],
  Encounter: [
    ['needs the subject', { subject: undefined }, 'error Encounter.subject min'],
    ['needs when it began', { period: { end: '2026-12-01' } }, 'error Encounter vesta-enc-1'],
    ['needs when it ended', { period: { start: '2026-12-01' } }, 'error Encounter vesta-enc-2'],
    ['wants who took part', { participant: undefined }, 'warning Encounter vesta-enc-3'],
    ['wants its type', { type: undefined }, 'warning Encounter vesta-enc-4'],
    ['lets a planned one be without a time', { status: 'planned', period: undefined, participant: undefined }],
  ],
  MedicationRequest: [
    ['needs the dosage of an order', { dosageInstruction: undefined }, 'error MedicationRequest vesta-med-1'],
    ['needs the requester of an order', { requester: undefined }, 'error MedicationRequest vesta-med-2'],
    ['wants why it was stopped', { status: 'stopped' }, 'warning MedicationRequest vesta-med-3'],
    [
      'needs a code or a text of the medication',
      { medicationCodeableConcept: { coding: [{ display: 'x' }] } },
      'error MedicationRequest vesta-med-4',
    ],
    [
      'needs something in a dosage',
      { dosageInstruction: [{ sequence: 1 }] },
      'error MedicationRequest.dosageInstruction[0] vesta-med-5',
    ],
    ['needs when it was written', { authoredOn: undefined }, 'error MedicationRequest.authoredOn min'],
    ['lets a plan be without dosage', { intent: 'plan', requester: undefined, dosageInstruction: undefined }],
  ],
  Observation: [
    ['needs a value, or the reason why there is none', { valueQuantity: undefined }, 'error Observation vesta-obs-1'],
    ['takes the reason', { valueQuantity: undefined, dataAbsentReason: coded('error') }],
    ['lets a preliminary one be without a value', { status: 'preliminary', valueQuantity: undefined }],
    [
      'needs the parts of a blood pressure',
      { code: coded('85354-9', 'http://loinc.org') },
      'error Observation vesta-obs-2',
    ],
    ['wants the laboratory', { performer: undefined }, 'warning Observation vesta-obs-3'],
    ['needs a code or a text', { code: { coding: [{ display: 'K' }] } }, 'error Observation.code vesta-obs-4'],
    ['needs the unit of a quantity', { valueQuantity: { value: 6.8 } }, 'error Observation.value vesta-obs-5'],
    ['takes values of other types', { valueQuantity: undefined, valueString: 'clear' }],
    [
      'refuses a range upside down',
      { referenceRange: [{ low: { value: 9 }, high: { value: 5 } }] },
      'error Observation.referenceRange[0] vesta-obs-6',
    ],
    [
      'needs the value of a component',
      { component: [{ code: coded('x') }] },
      'error Observation.component[0] vesta-obs-7',
    ],
    [
      'needs category, subject and time',
      { category: undefined, subject: undefined, effectiveDateTime: undefined },
      'error Observation.category min',
      'error Observation.subject min',
      'error Observation.effective min',
    ],
  ],
  DiagnosticReport: [
    ['needs when it was issued', { issued: undefined }, 'error DiagnosticReport vesta-rep-1'],
    ['needs something to read', { result: undefined }, 'error DiagnosticReport vesta-rep-2'],
    ['takes a document', { result: undefined, presentedForm: [{ contentType: 'application/pdf', url: 'Binary/1' }] }],
    ['wants who is responsible', { performer: undefined }, 'warning DiagnosticReport vesta-rep-3'],
    ['needs a code or a text', { code: { coding: [{ display: 'x' }] } }, 'error DiagnosticReport.code vesta-rep-4'],
    [
      'needs category, subject and time',
      { category: undefined, subject: undefined, effectiveDateTime: undefined },
      'error DiagnosticReport.category min',
      'error DiagnosticReport.subject min',
      'error DiagnosticReport.effective min',
    ],
  ],
  Appointment: [
    ['must end after it starts', { end: '2026-12-01T14:00:00Z' }, 'error Appointment vesta-app-1'],
    [
      'must be accepted by all who are needed',
      {
        participant: [
          { actor: ref('Patient/ana'), status: 'accepted' },
          { actor: ref('Practitioner/lee'), status: 'needs-action' },
        ],
      },
      'error Appointment vesta-app-2',
    ],
    [
      'needs for when somebody waits',
      { status: 'waitlist', start: undefined, end: undefined },
      'error Appointment vesta-app-3',
    ],
    ['wants why it was cancelled', { status: 'cancelled' }, 'warning Appointment vesta-app-4'],
    ['wants what it is for', { serviceType: undefined }, 'warning Appointment vesta-app-5'],
    [
      'needs somebody who comes',
      { participant: [{ type: [coded('ATND')], status: 'accepted' }] },
      'error Appointment vesta-app-6',
    ],
    ['must take some time', { minutesDuration: 0 }, 'error Appointment.minutesDuration vesta-app-7'],
  ],
  Coverage: [
    ['needs by what the payer knows the member', { subscriberId: undefined }, 'error Coverage vesta-cov-1'],
    ['wants since when it holds', { period: undefined }, 'warning Coverage vesta-cov-2'],
    [
      'needs who is the subscriber',
      { subscriberId: undefined, identifier: [{ value: '1' }], relationship: coded('child') },
      'error Coverage vesta-cov-3',
    ],
    ['wants the relationship', { relationship: undefined }, 'warning Coverage vesta-cov-4'],
  ],
  Claim: [
    [
      'needs exactly one focal coverage',
      { insurance: [{ sequence: 1, focal: false, coverage: ref('Coverage/1') }] },
      'error Claim vesta-clm-1',
    ],
    [
      'refuses a number that two items have',
      { item: [1, 1].map((sequence) => ({ sequence, productOrService: coded('A'), net: money(0.45) })) },
      'error Claim vesta-clm-2',
    ],
    ['must add up', { total: money(0.91) }, 'error Claim vesta-clm-3'],
    ['must keep to one currency', { total: money(0.9, 'EUR') }, 'error Claim vesta-clm-4'],
    [
      'must point to diagnoses that are there',
      { diagnosis: undefined, type: coded('pharmacy') },
      'error Claim vesta-clm-5',
    ],
    ['must point to a care team that is there', { careTeam: undefined }, 'error Claim vesta-clm-6'],
    ['needs when services were rendered', { billablePeriod: undefined }, 'error Claim vesta-clm-7'],
    [
      'wants a diagnosis',
      { diagnosis: undefined, item: [{ sequence: 1, productOrService: coded('A'), net: money(0.9) }] },
      'warning Claim vesta-clm-8',
    ],
    [
      'needs the price of an item',
      { total: undefined, item: [{ sequence: 1, productOrService: coded('A') }] },
      'error Claim.item[0] vesta-clm-9',
    ],
    [
      'must multiply',
      {
        total: undefined,
        item: [
          {
            sequence: 1,
            productOrService: coded('A'),
            quantity: { value: 3 },
            factor: 0.5,
            unitPrice: money(0.1),
            net: money(0.2),
          },
        ],
      },
      'error Claim.item[0] vesta-clm-10',
    ],
    [
      'needs insurer, number and items',
      { insurer: undefined, identifier: undefined, item: undefined, total: undefined },
      'error Claim.identifier min',
      'error Claim.insurer min',
      'error Claim.item min',
    ],
  ],
  Invoice: [
    ['needs a number once it was issued', { identifier: undefined }, 'error Invoice vesta-inv-1'],
    ['needs who pays and who is paid', { issuer: undefined }, 'error Invoice vesta-inv-2'],
    ['must keep to one currency', { totalGross: money(116.13, 'EUR') }, 'error Invoice vesta-inv-3'],
    ['must add up without tax', { totalNet: money(108.31) }, 'error Invoice vesta-inv-4'],
    ['must add up with tax', { totalGross: money(116.14) }, 'error Invoice vesta-inv-5'],
    [
      'must add up the taxes',
      { totalPriceComponent: [{ type: 'tax', amount: money(7.84) }] },
      'error Invoice vesta-inv-6',
    ],
    [
      'refuses a number that two lines have',
      {
        totalNet: money(0),
        totalGross: money(0),
        totalPriceComponent: undefined,
        lineItem: [
          { sequence: 1, chargeItemCodeableConcept: coded('a') },
          { sequence: 1, chargeItemCodeableConcept: coded('b') },
        ],
      },
      'error Invoice vesta-inv-7',
    ],
    ['needs its totals', { totalNet: undefined }, 'error Invoice vesta-inv-8'],
    ['needs why it was cancelled', { status: 'cancelled' }, 'error Invoice vesta-inv-9'],
    [
      'lets a draft be without totals',
      { status: 'draft', identifier: undefined, totalNet: undefined, totalGross: undefined },
    ],
  ],
};

describe("the server's own profiles", () => {
  it('are one for each of the nine types, at an address that no machine answers for', () => {
    expect([...serverStructures().values()].map(({ type }) => type).sort()).toEqual(Object.keys(good).sort());
    expect(serverProfile('Patient')).toBe(`${serverBase}vesta-patient`);
    expect(serverProfile('Basic')).toBeUndefined();
    expect(ownStructure(`${serverBase}vesta-patient|1.0.0`)?.type).toBe('Patient');
  });

  it("stand beside R4's own profiles, and beside nobody else's", () => {
    expect(ownStructure('http://hl7.org/fhir/StructureDefinition/bodyweight')?.type).toBe('Observation');
    expect(ownStructure('http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient')).toBeUndefined();
  });

  it('have only invariants that can be evaluated, each with a key of its own', () => {
    const keys = [...serverStructures().values()].flatMap(({ differential }) =>
      differential!.element.flatMap(({ constraint = [] }) => constraint.map(({ key }) => key)),
    );
    expect(new Set(keys).size).toBe(keys.length);
    const tried = Object.values(cases).flatMap((list) =>
      list.flatMap(([, , ...told]) => told.map((it) => it.split(' ')[2])),
    );
    expect(keys.filter((key) => !tried.includes(key))).toEqual([]);
  });

  describe.each(Object.keys(good))('for %s', (type) => {
    it('accepts one that has everything', () => expect(told(type, {})).toEqual([]));

    it.each(cases[type]!.map(([promise, change, ...expected]) => ({ promise, change, expected })))(
      '$promise',
      ({ change, expected }) => expect(told(type, change)).toEqual(expected),
    );
  });
});

function told(type: string, change: Record<string, any>): string[] {
  const resource = { resourceType: type, ...structuredClone(good[type]), ...change };
  for (const key of Object.keys(resource)) if ((resource as any)[key] === undefined) delete (resource as any)[key];
  const verdict = judgeProfiles(type, resource, { enforce: new Set([type]) });
  return verdict.tell().map(({ severity, expression, rule }) => `${severity} ${expression} ${rule}`);
}

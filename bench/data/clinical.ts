/** What happened at a visit: Encounter, Observation, Condition, Procedure, MedicationRequest, Immunization, DiagnosticReport. */
import type * as fhir from 'fhir/r4.js';
import {
  CONDITIONS,
  type Coded,
  CVX,
  HL7,
  LABORATORY,
  LOINC,
  MEDICATIONS,
  type Measure,
  PROCEDURES,
  RXNORM,
  SNOMED,
  UCUM,
  VACCINES,
  VISITS,
  VITALS,
} from './codes.ts';
import type { Links } from './links.ts';
import { coded, concept, dateTime, day, instant, period } from './people.ts';
import type { Chance } from './random.ts';
import { amountHole, decimal, HOLES } from './template.ts';

const US_CORE = 'http://hl7.org/fhir/us/core/StructureDefinition';

/** An ambulatory visit of half an hour. */
export function encounter(chance: Chance, links: Links, at: number): fhir.Encounter {
  return {
    resourceType: 'Encounter',
    meta: { profile: [`${US_CORE}/us-core-encounter`] },
    identifier: [
      { use: 'official', system: 'http://hospital.example.org/visits', value: `V-${chance.digits(5)}-${HOLES.serial}` },
    ],
    status: 'finished',
    class: { system: `${HL7}/v3-ActCode`, code: 'AMB', display: 'ambulatory' },
    type: [concept(SNOMED, chance.pick(VISITS))],
    priority: { ...coded(`${HL7}/v3-ActPriority`, 'R', 'routine'), text: `routine, room ${HOLES.change}` },
    subject: links.to('Patient'),
    participant: [
      {
        type: [concept(`${HL7}/v3-ParticipationType`, { code: 'PPRF', display: 'primary performer' })],
        period: period(at, 30),
        individual: links.to('Practitioner'),
      },
    ],
    period: period(at, 30),
    reasonCode: [concept(SNOMED, chance.pick(CONDITIONS))],
    hospitalization: { dischargeDisposition: coded(`${HL7}/discharge-disposition`, 'home', 'Home') },
    location: [{ location: links.to('Location'), status: 'completed', period: period(at, 30) }],
    serviceProvider: links.to('Organization'),
  };
}

/** One measured value: a vital sign or a laboratory result, sometimes a blood pressure panel. */
export function observation(chance: Chance, links: Links, at: number): fhir.Observation {
  const draw = chance.fraction();
  if (draw < 0.18) return bloodPressure(chance, links, at);
  return draw < 0.55
    ? measured(chance, links, at, chance.pick(VITALS), 'vital-signs')
    : measured(chance, links, at, chance.pick(LABORATORY), 'laboratory');
}

/** One value of `measure`; the amount is a hole, so that an update changes what is indexed. */
export function measured(
  chance: Chance,
  links: Links,
  at: number,
  measure: Measure,
  category: 'vital-signs' | 'laboratory',
): fhir.Observation {
  return {
    ...observed(chance, links, at, category, measure),
    valueQuantity: { ...quantity(chance, measure), value: amountHole() },
    interpretation: [concept(`${HL7}/v3-ObservationInterpretation`, { code: 'N', display: 'Normal' })],
    referenceRange: [
      {
        low: bound(measure, measure.low),
        high: bound(measure, measure.high),
        text: `${measure.low} to ${measure.high} ${measure.unit}`,
      },
    ],
  };
}

/** Systolic and diastolic pressure as components. */
export function bloodPressure(chance: Chance, links: Links, at: number): fhir.Observation {
  const part = (code: string, display: string, value: number): fhir.ObservationComponent => ({
    code: concept(LOINC, { code, display }),
    valueQuantity: { value, unit: 'mm[Hg]', system: UCUM, code: 'mm[Hg]' },
  });
  return {
    ...observed(chance, links, at, 'vital-signs', {
      code: '85354-9',
      display: 'Blood pressure panel with all children optional',
    }),
    component: [
      part('8480-6', 'Systolic blood pressure', amountHole()),
      part('8462-4', 'Diastolic blood pressure', decimal(`${chance.between(55, 99)}.${chance.between(0, 9)}0`)),
    ],
  };
}

/** A problem that the visit found. */
export function condition(chance: Chance, links: Links, at: number): fhir.Condition {
  return {
    resourceType: 'Condition',
    meta: { profile: [`${US_CORE}/us-core-condition`] },
    clinicalStatus: coded(`${HL7}/condition-clinical`, 'active'),
    verificationStatus: coded(`${HL7}/condition-ver-status`, 'confirmed'),
    category: [coded(`${HL7}/condition-category`, 'encounter-diagnosis', 'Encounter Diagnosis')],
    code: concept(SNOMED, chance.pick(CONDITIONS)),
    subject: links.to('Patient'),
    encounter: links.to('Encounter'),
    onsetDateTime: dateTime(at),
    recordedDate: dateTime(at),
  };
}

/** Something done at the visit. */
export function procedure(chance: Chance, links: Links, at: number): fhir.Procedure {
  return {
    resourceType: 'Procedure',
    status: 'completed',
    code: concept(SNOMED, chance.pick(PROCEDURES)),
    subject: links.to('Patient'),
    encounter: links.to('Encounter'),
    performedPeriod: period(at, chance.between(5, 60)),
    location: links.to('Location'),
  };
}

/** A prescription with dosage and dispense request. */
export function medicationRequest(chance: Chance, links: Links, at: number): fhir.MedicationRequest {
  return {
    resourceType: 'MedicationRequest',
    meta: { profile: [`${US_CORE}/us-core-medicationrequest`] },
    identifier: [
      { system: 'http://hospital.example.org/prescriptions', value: `RX-${chance.digits(5)}-${HOLES.serial}` },
    ],
    status: 'active',
    intent: 'order',
    category: [coded(`${HL7}/medicationrequest-category`, 'outpatient', 'Outpatient')],
    medicationCodeableConcept: concept(RXNORM, chance.pick(MEDICATIONS)),
    subject: links.to('Patient'),
    encounter: links.to('Encounter'),
    authoredOn: dateTime(at),
    requester: links.to('Practitioner'),
    note: [{ text: `Take with food. Refill line ${HOLES.change}.` }],
    dosageInstruction: [
      {
        sequence: 1,
        text: '1 tablet twice a day',
        timing: { repeat: { frequency: 2, period: 1, periodUnit: 'd' } },
        asNeededBoolean: false,
        route: concept(SNOMED, { code: '26643006', display: 'Oral route (qualifier value)' }),
        doseAndRate: [
          {
            type: coded(`${HL7}/dose-rate-type`, 'ordered', 'Ordered'),
            doseQuantity: { value: decimal('1.0'), unit: 'tablet', system: `${HL7}/v3-orderableDrugForm`, code: 'TAB' },
          },
        ],
      },
    ],
    dispenseRequest: {
      validityPeriod: { start: day(at), end: day(at + 365 * 86_400_000) },
      numberOfRepeatsAllowed: chance.between(0, 5),
      quantity: { value: decimal('60'), unit: 'tablet', system: `${HL7}/v3-orderableDrugForm`, code: 'TAB' },
      expectedSupplyDuration: { value: decimal('30'), unit: 'days', system: UCUM, code: 'd' },
    },
  };
}

/** A vaccination. */
export function immunization(chance: Chance, links: Links, at: number): fhir.Immunization {
  return {
    resourceType: 'Immunization',
    status: 'completed',
    vaccineCode: concept(CVX, chance.pick(VACCINES)),
    patient: links.to('Patient'),
    encounter: links.to('Encounter'),
    occurrenceDateTime: dateTime(at),
    primarySource: true,
    location: links.to('Location'),
  };
}

/** The report that gathers the laboratory results of a visit. */
export function diagnosticReport(links: Links, at: number, results: readonly fhir.Reference[]): fhir.DiagnosticReport {
  return {
    resourceType: 'DiagnosticReport',
    status: 'final',
    category: [coded(`${HL7}/v2-0074`, 'LAB', 'Laboratory')],
    code: concept(LOINC, { code: '51990-0', display: 'Basic metabolic panel - Blood' }),
    subject: links.to('Patient'),
    encounter: links.to('Encounter'),
    effectiveDateTime: dateTime(at),
    issued: instant(at + 190),
    performer: [links.to('Organization')],
    result: [...results],
  };
}

function observed(
  chance: Chance,
  links: Links,
  at: number,
  category: 'vital-signs' | 'laboratory',
  code: Coded,
): fhir.Observation {
  return {
    resourceType: 'Observation',
    meta: {
      profile: [
        category === 'laboratory'
          ? `${US_CORE}/us-core-observation-lab`
          : 'http://hl7.org/fhir/StructureDefinition/vitalsigns',
      ],
    },
    identifier: [{ system: 'http://laboratory.example.org/results', value: `R-${chance.digits(5)}-${HOLES.serial}` }],
    status: 'final',
    category: [
      concept(
        `${HL7}/observation-category`,
        category === 'laboratory'
          ? { code: 'laboratory', display: 'Laboratory' }
          : { code: 'vital-signs', display: 'Vital Signs' },
      ),
    ],
    code: concept(LOINC, code),
    subject: links.to('Patient'),
    encounter: links.to('Encounter'),
    effectiveDateTime: dateTime(at),
    issued: instant(at + chance.between(100, 900)),
    performer: [links.to('Practitioner')],
  };
}

function quantity(chance: Chance, measure: Measure): fhir.Quantity {
  const value = measure.low + chance.fraction() * (measure.high - measure.low);
  return { value: decimal(value.toFixed(measure.decimals)), unit: measure.unit, system: UCUM, code: measure.unit };
}

function bound(measure: Measure, value: number): fhir.Quantity {
  return { value: decimal(value.toFixed(measure.decimals)), unit: measure.unit, system: UCUM, code: measure.unit };
}

/** What the visit cost: Claim and ExplanationOfBenefit. */
import type * as fhir from 'fhir/r4.js';
import { HL7, PROCEDURES, SNOMED, VISITS } from './codes.ts';
import type { Links } from './links.ts';
import { coded, concept, dateTime, period } from './people.ts';
import type { Chance } from './random.ts';
import { amountHole, decimal, HOLES } from './template.ts';

const INSURERS = ['Blue Cross Blue Shield', 'Medicare', 'Aetna', 'Cigna Health', 'Humana'];

/** The claim of one visit: two items. */
export function claim(chance: Chance, links: Links, at: number): fhir.Claim {
  return {
    resourceType: 'Claim',
    identifier: [{ system: 'http://hospital.example.org/claims', value: `C-${chance.digits(5)}-${HOLES.serial}` }],
    status: 'active',
    type: coded(`${HL7}/claim-type`, 'professional', 'Professional'),
    use: 'claim',
    patient: links.to('Patient'),
    billablePeriod: period(at, 30),
    created: dateTime(at + 3_600_000),
    provider: links.to('Organization'),
    priority: coded(`${HL7}/processpriority`, 'normal', 'Normal'),
    facility: links.to('Location'),
    diagnosis: [
      {
        sequence: 1,
        diagnosisCodeableConcept: concept(SNOMED, { code: '38341003', display: 'Hypertensive disorder' }),
      },
    ],
    insurance: [{ sequence: 1, focal: true, coverage: { display: chance.pick(INSURERS) } }],
    item: [
      { sequence: 1, productOrService: concept(SNOMED, chance.pick(VISITS)), encounter: [links.to('Encounter')] },
      {
        sequence: 2,
        diagnosisSequence: [1],
        productOrService: concept(SNOMED, chance.pick(PROCEDURES)),
        unitPrice: dollars(cents(chance)),
        net: dollars(cents(chance)),
      },
    ],
    total: dollars(amountHole()),
  };
}

/** The insurer's answer to a claim. */
export function explanationOfBenefit(chance: Chance, links: Links, at: number): fhir.ExplanationOfBenefit {
  return {
    resourceType: 'ExplanationOfBenefit',
    identifier: [{ system: 'http://payer.example.org/eob', value: `E-${chance.digits(5)}-${HOLES.serial}` }],
    status: 'active',
    type: coded(`${HL7}/claim-type`, 'professional', 'Professional'),
    use: 'claim',
    patient: links.to('Patient'),
    billablePeriod: period(at, 30),
    created: dateTime(at + 86_400_000),
    insurer: { display: chance.pick(INSURERS) },
    provider: links.to('Practitioner'),
    facility: links.to('Location'),
    claim: links.to('Claim'),
    outcome: 'complete',
    insurance: [{ focal: true, coverage: { display: chance.pick(INSURERS) } }],
    item: [
      {
        sequence: 1,
        productOrService: concept(SNOMED, chance.pick(VISITS)),
        servicedPeriod: period(at, 30),
        locationCodeableConcept: coded(`${HL7}/ex-serviceplace`, '19', 'Off Campus-Outpatient Hospital'),
        encounter: [links.to('Encounter')],
        adjudication: [
          { category: coded(`${HL7}/adjudication`, 'submitted', 'Submitted Amount'), amount: dollars(cents(chance)) },
        ],
      },
    ],
    total: [{ category: coded(`${HL7}/adjudication`, 'benefit', 'Benefit Amount'), amount: dollars(cents(chance)) }],
    payment: { date: dateTime(at + 3 * 86_400_000).slice(0, 10), amount: dollars(amountHole()) },
  };
}

function cents(chance: Chance): number {
  return decimal(`${chance.between(20, 900)}.${chance.between(0, 9)}0`);
}

function dollars(value: number): fhir.Money {
  return { value, currency: 'USD' };
}

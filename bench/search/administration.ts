/** Appointment, Coverage and Invoice of the population that is searched. */
import type * as fhir from 'fhir/r4.js';
import { HL7, SNOMED, VISITS } from '../data/codes.ts';
import type { Links } from '../data/links.ts';
import { coded, concept, dateTime, day, instant } from '../data/people.ts';
import type { Chance } from '../data/random.ts';
import { amountHole, HOLES } from '../data/template.ts';

const YEAR_MS = 365 * 86_400_000;

/** A visit of half an hour that is booked with a physician. */
export function appointment(chance: Chance, links: Links, at: number): fhir.Appointment {
  return {
    resourceType: 'Appointment',
    identifier: [{ system: 'http://hospital.example.org/bookings', value: `B-${HOLES.serial}` }],
    status: chance.often(0.7) ? 'fulfilled' : chance.often(0.9) ? 'booked' : 'noshow',
    serviceType: [concept(SNOMED, chance.pick(VISITS))],
    start: instant(at),
    end: instant(at + 1_800_000),
    minutesDuration: 30,
    participant: [
      { actor: links.to('Patient'), required: 'required', status: 'accepted' },
      { actor: links.to('Practitioner'), required: 'required', status: 'accepted' },
      { actor: links.to('Location'), required: 'required', status: 'accepted' },
    ],
  };
}

/** A year of insurance. */
export function coverage(chance: Chance, links: Links, at: number): fhir.Coverage {
  const beneficiary = links.to('Patient');
  return {
    resourceType: 'Coverage',
    identifier: [{ system: 'http://payer.example.org/members', value: `M-${HOLES.serial}` }],
    status: chance.often(0.97) ? 'active' : 'cancelled',
    type: coded(`${HL7}/v3-ActCode`, chance.often(0.8) ? 'EHCPOL' : 'PUBLICPOL'),
    subscriberId: `S-${chance.digits(8)}`,
    beneficiary,
    relationship: coded(`${HL7}/subscriber-relationship`, 'self', 'Self'),
    period: { start: day(at), end: day(at + YEAR_MS) },
    payor: [links.to('Organization')],
  };
}

/** What a patient is to pay. */
export function invoice(chance: Chance, links: Links, at: number): fhir.Invoice {
  return {
    resourceType: 'Invoice',
    identifier: [{ system: 'http://hospital.example.org/invoices', value: `I-${HOLES.serial}` }],
    status: chance.often(0.8) ? 'balanced' : chance.often(0.95) ? 'issued' : 'cancelled',
    subject: links.to('Patient'),
    date: dateTime(at),
    issuer: links.to('Organization'),
    totalNet: { value: amountHole(), currency: 'USD' },
  };
}

/** Who gives the care and where: Organization, Location, Practitioner; and the Patient. */
import type * as fhir from 'fhir/r4.js';
import { HL7 } from './codes.ts';
import type { Links } from './links.ts';
import { address, coded, concept, day, moment, person, phone } from './people.ts';
import type { Chance } from './random.ts';
import { decimal, HOLES } from './template.ts';

const US_CORE = 'http://hl7.org/fhir/us/core/StructureDefinition';
const HOSPITALS = [
  'Mount Auburn Hospital',
  'Milford Regional Medical Center',
  'Saint Vincent Hospital',
  'Cape Cod Hospital',
];

/** A hospital with its identifiers, telephone and address. */
export function organization(chance: Chance): fhir.Organization {
  const name = chance.pick(HOSPITALS);
  return {
    resourceType: 'Organization',
    text: narrative(`${name}, hospital and provider of ambulatory care`),
    extension: [
      { url: 'http://example.org/fhir/StructureDefinition/licensed-beds', valueInteger: chance.between(40, 900) },
    ],
    identifier: [
      {
        use: 'official',
        type: kind('PRN', 'Provider number'),
        system: 'http://hl7.org/fhir/sid/us-npi',
        value: `1${chance.digits(3)}${HOLES.serial}`,
      },
      {
        use: 'secondary',
        type: kind('TAX', 'Tax ID number'),
        system: 'urn:oid:2.16.840.1.113883.4.4',
        value: `04-${chance.digits(4)}-${HOLES.serial}`,
      },
    ],
    active: true,
    type: [concept(`${HL7}/organization-type`, { code: 'prov', display: 'Healthcare Provider' })],
    name,
    alias: [name.replace(/ (Hospital|Medical Center)$/, '')],
    telecom: [
      phone(chance, 'work', HOLES.change),
      { system: 'email', value: 'admissions@hospital.example.org', use: 'work' },
    ],
    address: [address(chance)],
    contact: [
      {
        purpose: coded(`${HL7}/contactentity-type`, 'ADMIN', 'Administrative'),
        name: { family: person(chance).family, given: person(chance).given },
        telecom: [phone(chance, 'work')],
      },
    ],
  };
}

/** A ward or practice of the organization, with its position. */
export function location(chance: Chance, links: Links): fhir.Location {
  const name = `${chance.pick(HOSPITALS)}, ${chance.pick(['outpatient clinic', 'ward 3 east', 'emergency department'])}`;
  return {
    resourceType: 'Location',
    text: narrative(`${name}; wheelchair access by the main entrance`),
    identifier: [
      {
        use: 'official',
        type: kind('FI', 'Facility ID'),
        system: 'http://hospital.example.org/locations',
        value: `L-${chance.digits(3)}-${HOLES.serial}`,
      },
    ],
    status: 'active',
    operationalStatus: { system: `${HL7}/v2-0116`, code: 'O', display: 'Occupied' },
    name,
    description: `Entrance ${chance.between(1, 9)}, follow the green line; opening hours on the door.`,
    mode: 'instance',
    type: [concept(`${HL7}/v3-RoleCode`, { code: 'OF', display: 'Outpatient facility' })],
    telecom: [phone(chance, 'work', HOLES.change)],
    address: address(chance),
    physicalType: coded(`${HL7}/location-physical-type`, 'wa', 'Ward'),
    position: { longitude: decimal(`-71.${chance.digits(6)}`), latitude: decimal(`42.${chance.digits(6)}`) },
    managingOrganization: links.to('Organization'),
    hoursOfOperation: [
      {
        daysOfWeek: ['mon', 'tue', 'wed', 'thu', 'fri'],
        allDay: false,
        openingTime: '08:00:00',
        closingTime: '17:30:00',
      },
    ],
  };
}

/** A physician with licence numbers and a qualification. */
export function practitioner(chance: Chance): fhir.Practitioner {
  const who = person(chance);
  const home = address(chance);
  return {
    resourceType: 'Practitioner',
    text: narrative(`Dr. ${who.given[0]} ${who.family}, ${home.city}`),
    identifier: [
      {
        use: 'official',
        type: kind('NPI', 'National provider identifier'),
        system: 'http://hl7.org/fhir/sid/us-npi',
        value: `9${chance.digits(3)}${HOLES.serial}`,
      },
      {
        use: 'secondary',
        type: kind('MD', 'Medical License number'),
        system: 'http://license.example.org/ma',
        value: `MD${chance.digits(4)}-${HOLES.serial}`,
      },
    ],
    active: true,
    name: [{ use: 'official', family: who.family, given: who.given, prefix: ['Dr.'] }],
    telecom: [
      phone(chance, 'work', HOLES.change),
      {
        extension: [{ url: `${US_CORE}/us-core-direct`, valueBoolean: true }],
        system: 'email',
        value: `physician.${HOLES.serial}@direct.example.org`,
        use: 'work',
      },
    ],
    address: [{ use: 'work', ...home }],
    gender: who.gender,
    birthDate: day(moment(chance) - 40 * 365 * 86_400_000),
    qualification: [
      {
        identifier: [{ system: 'http://example.org/university', value: `D-${chance.digits(5)}` }],
        code: { ...coded(`${HL7}/v2-0360`, 'MD', 'Doctor of Medicine'), text: 'Doctor of Medicine' },
        period: { start: '1998-06-30' },
        issuer: { display: 'University of Massachusetts' },
      },
    ],
    communication: [coded('urn:ietf:bcp:47', 'en-US', 'English (United States)')],
  };
}

/** A person with identifiers, race and ethnicity, two names and an address. */
export function patient(chance: Chance, links: Links): fhir.Patient {
  const who = person(chance);
  const white = chance.often(0.7);
  return {
    resourceType: 'Patient',
    extension: [
      {
        url: `${US_CORE}/us-core-race`,
        extension: [
          {
            url: 'ombCategory',
            valueCoding: {
              system: 'urn:oid:2.16.840.1.113883.6.238',
              code: white ? '2106-3' : '2054-5',
              display: white ? 'White' : 'Black or African American',
            },
          },
          { url: 'text', valueString: white ? 'White' : 'Black or African American' },
        ],
      },
      { url: `${US_CORE}/us-core-birthsex`, valueCode: who.gender === 'female' ? 'F' : 'M' },
    ],
    identifier: [
      {
        type: { ...kind('MR', 'Medical record number'), text: 'Medical record number' },
        system: 'http://hospital.example.org/mrn',
        value: `MR-${chance.digits(4)}-${HOLES.serial}`,
      },
      {
        type: { ...kind('SS', 'Social Security number'), text: 'Social Security number' },
        system: 'http://hl7.org/fhir/sid/us-ssn',
        value: `999-${chance.digits(2)}-${HOLES.serial}`,
      },
    ],
    active: true,
    name: [
      { use: 'official', family: who.family, given: who.given, prefix: [who.gender === 'female' ? 'Mrs.' : 'Mr.'] },
      { use: 'maiden', family: person(chance).family, given: [who.given[0]!] },
    ],
    telecom: [phone(chance, 'home', HOLES.change)],
    gender: who.gender,
    birthDate: day(moment(chance) - chance.between(18, 80) * 365 * 86_400_000),
    address: [address(chance)],
    maritalStatus: { ...coded(`${HL7}/v3-MaritalStatus`, 'M', 'Married'), text: 'Married' },
    multipleBirthBoolean: false,
    communication: [
      { language: { ...coded('urn:ietf:bcp:47', 'en-US', 'English'), text: 'English' }, preferred: true },
    ],
    generalPractitioner: [links.to('Practitioner')],
    managingOrganization: links.to('Organization'),
  };
}

function kind(code: string, display: string): fhir.CodeableConcept {
  return coded(`${HL7}/v2-0203`, code, display);
}

function narrative(text: string): fhir.Narrative {
  return { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml"><p>${text}</p></div>` };
}

/** One patient's resources: as templates to be sent singly, or as one transaction Bundle. */
import type * as fhir from 'fhir/r4.js';
import {
  condition,
  diagnosticReport,
  encounter,
  immunization,
  measured,
  medicationRequest,
  observation,
  procedure,
} from './clinical.ts';
import { LABORATORY } from './codes.ts';
import { location, organization, patient, practitioner } from './directory.ts';
import { claim, explanationOfBenefit } from './financial.ts';
import { type LinkType, linksById, linksByUrn } from './links.ts';
import { moment } from './people.ts';
import { type Chance, openChance } from './random.ts';
import { type Template, toTemplate } from './template.ts';

/** The nine types of the mixed series, each after those that it refers to. */
export const TYPES = [
  'Organization', 'Location', 'Practitioner', 'Patient', 'Encounter', 'Observation', 'MedicationRequest', 'Claim', 'ExplanationOfBenefit',
] as const; // biome-ignore format: one line tells the order
export type MixedType = (typeof TYPES)[number];

const SECOND_MS = 1000;
const DISPLAY = {
  Practitioner: 'Dr. Janette Fisher',
  Organization: 'Mount Auburn Hospital',
  Location: 'Outpatient clinic',
};

/** Templates of one of each of the nine types and two more Observations, drawn from the number of the patient. */
export function templatesOf(patientNumber: number): Record<MixedType, readonly Template[]> {
  const chance = openChance(patientNumber);
  const links = linksById(DISPLAY);
  const at = moment(chance);
  const one = (resource: fhir.Resource): Template[] => [toTemplate(resource.resourceType, resource)];
  return {
    Organization: one(organization(chance)),
    Location: one(location(chance, links)),
    Practitioner: one(practitioner(chance)),
    Patient: one(patient(chance, links)),
    Encounter: one(encounter(chance, links, at)),
    Observation: [1, 2, 3].flatMap((n) => one(observation(chance, links, at + n * SECOND_MS))),
    MedicationRequest: one(medicationRequest(chance, links, at)),
    Claim: one(claim(chance, links, at)),
    ExplanationOfBenefit: one(explanationOfBenefit(chance, links, at)),
  };
}

/**
 * A whole patient as a transaction Bundle of some 300 to 700 POST entries that refer to each other by urn:uuid, in the
 * order and mix of types of Synthea's records (a half of it Observations). http://hl7.org/fhir/R4/http.html#transaction
 */
export function bundleOf(patientNumber: number): { template: Template; entries: number } {
  const chance = openChance(1_000_003 * (patientNumber + 1));
  const entry: fhir.BundleEntry[] = [];
  const urns: Partial<Record<LinkType, string>> = {};
  const links = linksByUrn(urns, DISPLAY);
  const add = (resource: fhir.FhirResource): string => {
    const fullUrl = `urn:uuid:${chance.uuid()}`;
    entry.push({ fullUrl, resource, request: { method: 'POST', url: resource.resourceType } });
    return fullUrl;
  };
  urns.Organization = add(organization(chance));
  urns.Location = add(location(chance, links));
  urns.Practitioner = add(practitioner(chance));
  urns.Patient = add(patient(chance, links));
  for (let visits = chance.between(21, 40); visits > 0; visits--) addVisit(chance, urns, add);
  const bundle: fhir.Bundle = { resourceType: 'Bundle', type: 'transaction', entry };
  return { template: toTemplate('Bundle', bundle), entries: entry.length };
}

function addVisit(
  chance: Chance,
  urns: Partial<Record<LinkType, string>>,
  add: (resource: fhir.FhirResource) => string,
): void {
  const links = linksByUrn(urns, DISPLAY);
  const at = moment(chance);
  urns.Encounter = add(encounter(chance, links, at));
  if (chance.often(0.6)) add(condition(chance, links, at));
  for (let n = chance.between(3, 8); n > 0; n--) add(observation(chance, links, at + n * SECOND_MS));
  if (chance.often(0.4)) {
    const panel = LABORATORY.slice(0, chance.between(3, LABORATORY.length));
    const results = panel.map((measure) => ({
      reference: add(measured(chance, links, at, measure, 'laboratory')),
      display: measure.display,
    }));
    add(diagnosticReport(links, at, results));
  }
  for (let n = chance.between(0, 2); n > 0; n--) add(procedure(chance, links, at));
  if (chance.often(0.3)) add(immunization(chance, links, at));
  for (let n = chance.between(0, 2); n > 0; n--) {
    add(medicationRequest(chance, links, at));
    urns.Claim = add(claim(chance, links, at));
  }
  urns.Claim = add(claim(chance, links, at));
  add(explanationOfBenefit(chance, links, at));
}

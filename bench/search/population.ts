/**
 * The population that the search benchmark searches: any of its resources from its number alone, so that threads can
 * make them in any order and a test can know what a search must find. Skewed as records are: a code that is a tenth of
 * all and codes of seven rows, patients of twenty thousand results beside those of a hundred, more of late than of old.
 */
import type * as fhir from 'fhir/r4.js';
import { bloodPressure, diagnosticReport, encounter, measured, medicationRequest } from '../data/clinical.ts';
import { HL7, VITALS } from '../data/codes.ts';
import { location, organization, patient, practitioner } from '../data/directory.ts';
import { claim } from '../data/financial.ts';
import type { LinkType } from '../data/links.ts';
import { dateTime, day, period } from '../data/people.ts';
import { type Chance, openChance } from '../data/random.ts';
import { changed, fill, toTemplate } from '../data/template.ts';
import { appointment, coverage, invoice } from './administration.ts';
import { MEASURES, RARE_MEASURES, RARE_ROWS, rankOf } from './measures.ts';
import { familyName, givenNames, RARE_FAMILY } from './names.ts';

/** How many resources of each type, in the order in which they are loaded. */
export type Sizes = Readonly<Record<PopulationType, number>>;

export const POPULATION_TYPES = [
  'Organization', 'Location', 'Practitioner', 'Patient', 'Encounter', 'Observation', 'MedicationRequest', 'Claim',
  'DiagnosticReport', 'Appointment', 'Coverage', 'Invoice',
] as const; // biome-ignore format: one line tells the order
export type PopulationType = (typeof POPULATION_TYPES)[number];

export const FULL: Sizes = {
  Organization: 50,
  Location: 100,
  Practitioner: 200,
  Patient: 20_000,
  Encounter: 200_000,
  Observation: 2_000_000,
  MedicationRequest: 200_000,
  Claim: 100_000,
  DiagnosticReport: 10_000,
  Appointment: 10_000,
  Coverage: 10_000,
  Invoice: 10_000,
};

/** A tenth of everything but the directory. */
export const SMALL: Sizes = Object.fromEntries(
  Object.entries(FULL).map(([type, count]) => [type, count > 200 ? count / 10 : count]),
) as Sizes;

/** A resource as it is loaded. */
export interface Made {
  readonly id: string;
  readonly text: string;
  /** Every reference in it. */
  readonly references: readonly { readonly reference: string }[];
}

const DAY_MS = 86_400_000;
/** Everything happened between these. */
export const FROM_MS = Date.UTC(2014, 10, 1);
export const UNTIL_MS = Date.UTC(2026, 10, 1);
/** Below one, there is more of late than of old. */
const GROWTH = 0.6;
/** How far what is stored one after the other may lie apart. */
const JITTER_DAYS = 20;
/** Observations of the patients that have most. */
export const MOST_OBSERVATIONS = 20_000;
const MOST_SHARE = 0.1;
const SEED: Record<PopulationType, number> = Object.fromEntries(
  POPULATION_TYPES.map((type, index) => [type, 1_000_000_000 + index * 100_000_000]),
) as Record<PopulationType, number>;
const PREFIX: Record<PopulationType, string> = {
  Organization: 'org', Location: 'loc', Practitioner: 'doc', Patient: 'pat', Encounter: 'enc', Observation: 'obs',
  MedicationRequest: 'rx', Claim: 'claim', DiagnosticReport: 'report', Appointment: 'visit', Coverage: 'cover', Invoice: 'bill',
}; // biome-ignore format: a table reads best in lines

/** The id of the n-th resource of a type. */
export function idOf(type: PopulationType, n: number): string {
  return `${PREFIX[type]}-${String(n).padStart(7, '0')}`;
}

/** About when the n-th resource of a type came to be, in milliseconds since 1970. */
export function timeOf(n: number, count: number): number {
  return Math.floor(FROM_MS + (UNTIL_MS - FROM_MS) * ((n + 0.5) / count) ** GROWTH);
}

/** Patients, from the first, that have a hundred times what others have. */
export function heavyPatients({ Observation }: Sizes): number {
  return Math.max(1, Math.round((Observation * MOST_SHARE) / MOST_OBSERVATIONS));
}

/** The n-th resource of a type. */
export function resourceOf(type: PopulationType, n: number, sizes: Sizes): Made {
  const chance = openChance(SEED[type] + n);
  const jitter = Math.floor((chance.fraction() - 0.5) * JITTER_DAYS * DAY_MS);
  const at = Math.min(UNTIL_MS, Math.max(FROM_MS, timeOf(n, sizes[type]) + jitter));
  const links = new Targets(chance, sizes, at);
  const resource = MAKERS[type](chance, links, at, n, sizes);
  const template = toTemplate(type, resource);
  const text = fill(template, { serial: String(100_000 + n), ...changed(n), amount: links.amount });
  return { id: idOf(type, n), text, references: links.references };
}

/** Chooses what a resource refers to, the same patient throughout, and remembers what was chosen. */
class Targets {
  readonly references: { readonly reference: string }[] = [];
  readonly #chance: Chance;
  readonly #sizes: Sizes;
  readonly #at: number;
  patient: number;
  amount: string;

  constructor(chance: Chance, sizes: Sizes, at: number) {
    this.#chance = chance;
    this.#sizes = sizes;
    this.#at = at;
    this.patient = chance.between(0, sizes.Patient - 1);
    this.amount = `${chance.between(20, 900)}.${chance.between(0, 9)}0`;
  }

  to(type: LinkType): fhir.Reference {
    const reference = { reference: `${type}/${idOf(type, this.#number(type))}` };
    this.references.push(reference);
    return reference;
  }

  #number(type: LinkType): number {
    if (type === 'Patient') return this.patient;
    if (type === 'Encounter') return this.#encounter();
    return this.#chance.between(0, this.#sizes[type] - 1);
  }

  /** One of the patient's own, about the time. */
  #encounter(): number {
    const { Encounter, Patient } = this.#sizes;
    const visits = Encounter / Patient;
    const share = ((this.#at - FROM_MS) / (UNTIL_MS - FROM_MS)) ** (1 / GROWTH);
    return Math.min(visits - 1, Math.floor(share * visits)) * Patient + this.patient;
  }
}

type Maker = (chance: Chance, links: Targets, at: number, n: number, sizes: Sizes) => fhir.Resource;

const MAKERS: Record<PopulationType, Maker> = {
  Organization: (chance) => organization(chance),
  Location: (chance, links) => location(chance, links),
  Practitioner: (chance) => practitioner(chance),
  Patient: aPatient,
  Encounter: anEncounter,
  Observation: anObservation,
  MedicationRequest(chance, links, at) {
    const status = chance.often(0.3) ? 'active' : chance.often(0.985) ? 'completed' : 'cancelled';
    return { ...medicationRequest(chance, links, at), status };
  },
  Claim: (chance, links, at) => ({
    ...claim(chance, links, at),
    status: chance.often(0.99) ? 'active' : 'cancelled',
  }),
  DiagnosticReport(chance, links, at) {
    const report = diagnosticReport(links, at, []);
    const imaging = { coding: [{ system: `${HL7}/v2-0074`, code: 'RAD', display: 'Radiology' }] };
    return chance.often(0.9) ? report : { ...report, category: [imaging] };
  },
  Appointment: (chance, links, at) => appointment(chance, links, at),
  Coverage: (chance, links, at) => coverage(chance, links, at),
  Invoice: (chance, links, at) => invoice(chance, links, at),
};

function aPatient(chance: Chance, links: Targets, _at: number, n: number, { Patient }: Sizes): fhir.Patient {
  const made = patient(chance, links);
  const gender = made.gender as 'female' | 'male';
  const rare = n % Math.floor(Patient / 3) === 17 && n < Patient - 2;
  const family = rare ? RARE_FAMILY : familyName(chance);
  const [official, maiden] = made.name!;
  const given = givenNames(chance, gender);
  const name = [
    { ...official, family, given },
    ...(chance.often(0.2) ? [{ ...maiden, family: familyName(chance) }] : []),
  ];
  const birth = Date.UTC(1930, 0, 1) + Math.floor(chance.fraction() * 95 * 365.25) * DAY_MS;
  return { ...made, name, birthDate: day(birth) };
}

function anEncounter(chance: Chance, links: Targets, at: number, n: number, { Patient }: Sizes): fhir.Encounter {
  links.patient = n % Patient;
  const made = encounter(chance, links, at);
  const status = chance.often(0.94) ? 'finished' : chance.often(0.83) ? 'planned' : 'cancelled';
  if (chance.often(0.01)) return { ...made, status: 'in-progress', period: { start: dateTime(at) } };
  if (!chance.often(0.13)) return { ...made, status };
  const inpatient = { system: `${HL7}/v3-ActCode`, code: 'IMP', display: 'inpatient encounter' };
  return { ...made, status, class: inpatient, period: period(at, chance.between(27, 240) * 60) };
}

function anObservation(chance: Chance, links: Targets, at: number, n: number, sizes: Sizes): fhir.Observation {
  if (chance.often(MOST_SHARE)) links.patient = chance.between(0, heavyPatients(sizes) - 1);
  const rank = observedRank(chance.fraction(), n, sizes);
  const measure = MEASURES[rank]!;
  const made =
    rank === 2
      ? bloodPressure(chance, links, at)
      : measured(chance, links, at, measure, VITALS.includes(measure) ? 'vital-signs' : 'laboratory');
  if (made.valueQuantity) {
    links.amount = (measure.low + chance.fraction() * (measure.high - measure.low)).toFixed(measure.decimals);
  }
  const { identifier, ...rest } = made;
  return { ...rest, ...(chance.often(0.25) && { identifier }), status: observedStatus(chance) };
}

function observedRank(fraction: number, n: number, { Observation }: Sizes): number {
  const apart = Math.floor(Observation / RARE_ROWS);
  const rare = (n % apart) - 100;
  const isRare = rare >= 0 && rare < RARE_MEASURES && Math.floor(n / apart) < RARE_ROWS;
  return isRare ? MEASURES.length - RARE_MEASURES + rare : rankOf(fraction);
}

function observedStatus(chance: Chance): fhir.Observation['status'] {
  const fraction = chance.fraction();
  if (fraction < 0.94) return 'final';
  if (fraction < 0.97) return 'amended';
  return fraction < 0.99 ? 'preliminary' : 'cancelled';
}

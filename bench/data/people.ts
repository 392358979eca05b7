/** Names, addresses and times of generated people and places, and the small data types made of them. */
import type * as fhir from 'fhir/r4.js';
import type { Coded } from './codes.ts';
import type { Chance } from './random.ts';

const FAMILIES = [
  'Abernathy', 'Barrows', 'Cormier', 'Delgado', 'Emard', 'Fisher', 'Gutiérrez', 'Hernández', 'Iversen', 'Jakubowski',
  'Kowalska', 'Lindqvist', 'Møller', 'Nakamura', 'O’Connell', 'Pollich', 'Quigley', 'Rodríguez', 'Schröder', 'Towne',
  'Upton', 'Vandervort', 'Williamson', 'Yundt', 'Zboncak',
] as const; // biome-ignore format: a list of words reads best in lines
const WOMEN = [
  'Ana',
  'Beatrice',
  'Chloé',
  'Dorothy',
  'Esperanza',
  'Grace',
  'Hanna',
  'Isabel',
  'Lena',
  'Mariana',
  'Zoë',
];
const MEN = [
  'Alberto',
  'Bernd',
  'Carlos',
  'Dewey',
  'Emmett',
  'Giovanni',
  'Jérôme',
  'Kareem',
  'Luis',
  'Miguel',
  'Piotr',
];
const STREETS = [
  'Daugherty Path',
  'Mount Auburn Street',
  'Hoeger Junction',
  'Lindgren Quay',
  'Orchard Row',
  'Elm Street',
];
const TOWNS = [
  { city: 'Cambridge', state: 'MA', postalCode: '02138' },
  { city: 'Worcester', state: 'MA', postalCode: '01602' },
  { city: 'Springfield', state: 'MA', postalCode: '01103' },
  { city: 'East Douglas', state: 'MA', postalCode: '01516' },
  { city: 'New Bedford', state: 'MA', postalCode: '02740' },
];
const DAY_MS = 86_400_000;

/** A person's gender with a name that goes with it. */
export function person(chance: Chance): { gender: 'female' | 'male'; given: string[]; family: string } {
  const gender = chance.often(0.52) ? 'female' : 'male';
  const names = gender === 'female' ? WOMEN : MEN;
  const first = chance.between(0, names.length - 1);
  const second = (first + chance.between(1, names.length - 1)) % names.length;
  return { gender, given: [names[first]!, names[second]!], family: chance.pick(FAMILIES) };
}

/** A postal address in Massachusetts. */
export function address(chance: Chance): fhir.Address {
  const town = chance.pick(TOWNS);
  const lines = [`${chance.between(1, 999)} ${chance.pick(STREETS)}`];
  if (chance.often(0.3)) lines.push(`Unit ${chance.between(1, 99)}`);
  return { line: lines, ...town, country: 'US' };
}

/** A ten-digit number of the range kept free for fiction, with an extension that may be a template's hole. */
export function phone(chance: Chance, use: fhir.ContactPoint['use'], extension?: string): fhir.ContactPoint {
  const number = `555-${chance.digits(3)}-${chance.digits(4)}`;
  return { system: 'phone', value: extension === undefined ? number : `${number} ext. ${extension}`, use };
}

/** A CodeableConcept with one coding and its display as text. */
export function concept(system: string, coded: Coded): fhir.CodeableConcept {
  return { coding: [{ system, code: coded.code, display: coded.display }], text: coded.display };
}

/** A CodeableConcept of one code without text, as administrative codes are sent. */
export function coded(system: string, code: string, display?: string): fhir.CodeableConcept {
  return { coding: [display === undefined ? { system, code } : { system, code, display }] };
}

/** An instant from 2014 to 2025, in milliseconds, on a whole minute. */
export function moment(chance: Chance): number {
  return Date.UTC(2014, 0, 1) + chance.between(0, 4380) * DAY_MS + chance.between(480, 1080) * 60_000;
}

/** Milliseconds → dateTime with the offset of Boston in winter, where these people live. */
export function dateTime(ms: number): string {
  return `${new Date(ms - 5 * 3_600_000).toISOString().slice(0, 19)}-05:00`;
}

/** Milliseconds → instant with milliseconds. */
export function instant(ms: number): string {
  return `${new Date(ms - 5 * 3_600_000).toISOString().slice(0, 23)}-05:00`;
}

/** The day of an instant, as a FHIR date. */
export function day(ms: number): string {
  return dateTime(ms).slice(0, 10);
}

/** A Period of `minutes` that starts at `ms`. */
export function period(ms: number, minutes: number): fhir.Period {
  return { start: dateTime(ms), end: dateTime(ms + minutes * 60_000) };
}

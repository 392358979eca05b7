import type { ParametersParameter } from 'fhir/r4.js';
import { expect, it } from 'vitest';
import { type LookupRequest, lookUp, type SubsumesRequest, subsumes } from '../../terminology/lookup.ts';
import { testContext } from '../setup/context.ts';
import { faultFrom } from '../setup/fault.ts';
import { shelvesOf, WARDS, wards } from './double.ts';

const shelves = shelvesOf(wards);
const look = (request: LookupRequest) => lookUp(request, shelves, testContext());
const relate = async (request: SubsumesRequest) => (await subsumes(request, shelves, testContext()))[0]!.valueCode;
const value = (parameters: ParametersParameter[], name: string) => {
  const { name: _, ...rest } = parameters.find((one) => one.name === name)!;
  return Object.values(rest)[0];
};
const properties = (parameters: ParametersParameter[]) =>
  parameters.filter(({ name }) => name === 'property').map(({ part }) => part!.map((one) => Object.values(one)[1]));

it('tells what a code is called and what is said of it', async () => {
  const found = await look({ system: WARDS, code: 'neuro', properties: ['*'] });
  expect(value(found, 'name')).toBe('Wards');
  expect(value(found, 'version')).toBe('3');
  expect(value(found, 'display')).toBe('Neurosurgery');
  expect(properties(found)).toEqual([
    ['inactive', false],
    ['parent', 'surgery', 'Surgery'],
    ['floor', 4],
  ]);
});

it('tells the display in the wanted language, and only the properties that are asked for', async () => {
  const found = await look({
    coding: { system: WARDS, code: 'surgery' },
    displayLanguage: 'de',
    properties: ['child'],
  });
  expect(value(found, 'display')).toBe('Chirurgie');
  expect(properties(found)).toEqual([
    ['child', 'neuro', 'Neurosurgery'],
    ['child', 'cardiac', 'Cardiac surgery'],
  ]);
});

it('looks up codes that follow rules', async () =>
  expect(value(await look({ system: 'http://unitsofmeasure.org', code: 'mg' }), 'display')).toBe('milligram'));

it('relates two codes', async () => {
  const system = WARDS;
  expect(await relate({ system, codeA: 'surgery', codeB: 'neuro' })).toBe('subsumes');
  expect(await relate({ system, codeA: 'neuro', codeB: 'surgery' })).toBe('subsumed-by');
  expect(await relate({ system, codeA: 'neuro', codeB: 'neuro' })).toBe('equivalent');
  expect(await relate({ codingA: { system, code: 'neuro' }, codingB: { system, code: 'medicine' } })).toBe(
    'not-subsumed',
  );
});

it('refuses what it cannot answer', async () => {
  expect((await faultFrom(look({ system: WARDS, code: 'icu' }))).kind).toBe('not-found');
  expect((await faultFrom(look({ system: 'http://loinc.org', code: '1' }))).kind).toBe('not-found');
  expect((await faultFrom(look({ code: 'neuro' }))).kind).toBe('invalid-request');
  expect((await faultFrom(look({ system: WARDS, version: '9', code: 'neuro' }))).kind).toBe('not-found');
  const two = { codingA: { system: WARDS, code: 'neuro' }, codingB: { system: 'http://loinc.org', code: '1' } };
  expect((await faultFrom(relate(two))).kind).toBe('invalid-request');
});

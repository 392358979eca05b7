import { expect, it } from 'vitest';
import { isSteady, isSteadyCount } from '../../../../store/search/plan/steady.ts';
import { planSearch } from '../../../../store/search/plan.ts';
import { scopeFor, treeOf } from '../scope.ts';

const scope = { ...scopeFor(), shares: { rows: () => undefined, size: () => 1_000_000 } };
const isOnce = (url: string, counts = false, at = scope) => planSearch(treeOf(url), undefined, counts, at).isSteady;

it.each([
  'Observation?subject=Patient/1&code=http://loinc.org|2339-0&_sort=-date',
  'Observation?code=http://loinc.org|2339-0&date=ge2024-05&date=lt2024-06',
  'Observation?status=final&_sort=date',
  'Patient?family=smith&_sort=family',
  'Patient?identifier=urn:mrn|1&_sort=gender',
  'Observation?subject:Patient.name=smith&_include=Observation:encounter',
  'Patient?_has:Observation:subject:code=http://loinc.org|2339-0',
])('plans %s once', (url) => expect(isOnce(url)).toBe(true));

it.each([
  ['the order has no index and may have to read everything', 'Observation?status=final&_sort=status'],
  ['a chain leads to what no index finds', 'Observation?subject:Patient.gender:not=male&_sort=-date'],
  ['it does so inside', 'Observation?_filter=not (subject:Patient.gender ne male)&_sort=-date'],
  ['several types are searched', '?_type=Patient,Observation&_id=1'],
  ['contained resources are searched', 'Patient?_contained=true&family=smith'],
  ['words are scored', 'Patient?_text=sugar&_sort=_score'],
  ['the order is that of what is referred to', 'Observation?subject=Patient/1&_sort=subject:Patient.family'],
])('plans for the values where %s', (_, url) => expect(isOnce(url)).toBe(false));

it('plans for the moment where a table is too small to be told by statistics', () => {
  const small = { ...scope, shares: { rows: () => undefined, size: () => 999 } };
  expect(isOnce('Patient?family=smith', false, small)).toBe(false);
  expect(isOnce('Patient?family=smith', false, { ...scopeFor() } as typeof scope)).toBe(false);
});

it('plans a number once where an index finds all that is counted, and never an estimate', () => {
  expect(isOnce('Patient?family=smith&_summary=count', true)).toBe(true);
  expect(isOnce('Patient?family=smith&_total=accurate', true)).toBe(true);
  expect(isOnce('Patient?gender:not=male&_summary=count', true)).toBe(false);
  expect(isOnce('Patient?family=smith&_total=estimate', true)).toBe(false);
});

it('asks for an index of the order unless what is found is few', () => {
  const driver = { rank: 0 };
  const facts = { types: ['Patient'], conditions: [], driver, isIndexed: false };
  expect(isSteady(facts, scope)).toBe(true);
  expect(isSteady({ ...facts, driver: { rank: 4 } }, scope)).toBe(false);
  expect(isSteadyCount({ ...facts, driver: undefined }, scope)).toBe(false);
});

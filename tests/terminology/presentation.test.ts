import { expect, it } from 'vitest';
import { parseLanguages } from '../../terminology/languages.ts';
import { designationsBeside, displayAsDesignation, namesOf, shownName } from '../../terminology/presentation.ts';
import { systemOf } from '../../terminology/system.ts';
import { wards } from './double.ts';

const system = systemOf(wards);
const names = namesOf(system.find('surgery')!, system);
const shown = (languages: string) => shownName(names, parseLanguages(languages))?.value;

it('shows the display, or the designation in the wanted language', () => {
  expect(shownName(names, undefined)?.value).toBe('Surgery');
  expect(shown('de')).toBe('Chirurgie');
  expect(shown('fr')).toBe('Surgery');
  expect(shown('fr, *;q=0')).toBeUndefined();
});

it('tells the display beside the name that took its place', () => {
  const german = shownName(names, parseLanguages('de'));
  expect(designationsBeside(names, german)).toMatchObject([{ language: 'en', value: 'Surgery' }]);
  expect(designationsBeside(names, shownName(names, undefined))).toEqual([{ language: 'de', value: 'Chirurgie' }]);
  expect(displayAsDesignation(names)).toMatchObject({ language: 'en', value: 'Surgery' });
});

it('takes what the value set calls it first', () => {
  const own = namesOf(system.find('surgery')!, system, { code: 'surgery', display: 'Operations' });
  expect(shownName(own, undefined)?.value).toBe('Operations');
});

it('never shows a synonym in place of the display', () => {
  const concept = {
    code: 'x',
    display: 'Appendectomy',
    designation: [{ language: 'de', value: 'Blinddarm', use: { code: 'synonym' } }],
  };
  expect(shownName(namesOf(concept, system), parseLanguages('de'))?.value).toBe('Appendectomy');
});

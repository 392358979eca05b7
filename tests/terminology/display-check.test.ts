import { expect, it } from 'vitest';
import { displayIssue } from '../../terminology/display-check.ts';
import { parseLanguages } from '../../terminology/languages.ts';
import { namesOf } from '../../terminology/presentation.ts';
import { systemOf } from '../../terminology/system.ts';
import { wards } from './double.ts';

const system = systemOf(wards);
const check = (display: string, languages?: string, isLenient = false) =>
  displayIssue({
    display,
    named: { system: wards.url, code: 'surgery' },
    names: namesOf(system.find('surgery')!, system),
    languages: languages === undefined ? undefined : parseLanguages(languages),
    expression: 'Coding.display',
    isLenient,
  });

it('takes displays and designations in any case, with any blanks', () => {
  expect(check('Surgery')).toBeUndefined();
  expect(check('  SURGERY ')).toBeUndefined();
  expect(check('Chirurgie')).toBeUndefined();
  expect(check('Chirurgie', 'de')).toBeUndefined();
});

it('names what it may be called', () => {
  expect(check('Operations')).toMatchObject({ severity: 'error', expression: 'Coding.display' });
  expect(check('Operations')!.text).toContain("one of 2 choices: 'Surgery' (en) or 'Chirurgie' (de)");
  expect(check('Surgery', 'de')!.text).toContain("Valid display is 'Chirurgie' (de)");
});

it('says where there is no display in the language, and takes that of the system', () => {
  expect(check('Surgery', 'fr')).toMatchObject({ severity: 'information' });
  expect(check('Chirurgie', 'fr')).toMatchObject({ severity: 'error' });
});

it('only warns where that was asked for', () => expect(check('Operations', undefined, true)!.severity).toBe('warning'));

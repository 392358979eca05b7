import { expect, it } from 'vitest';
import { checkCoding, type Standing } from '../../terminology/coding-check.ts';
import { compose } from '../../terminology/composition.ts';
import { allWards, shelfOf, WARDS, wards } from './double.ts';

const place = { whole: 'Coding', code: 'Coding.code', system: 'Coding.system', display: 'Coding.display' };
const standing = (changes: Partial<Standing> = {}): Standing => {
  const shelf = shelfOf(wards, allWards);
  return {
    shelf,
    composition: compose(allWards, shelf),
    languages: undefined,
    takesAbstract: true,
    isLenient: false,
    ...changes,
  };
};
const rules = (coding: object, changes?: Partial<Standing>) =>
  checkCoding(coding, place, standing(changes)).issues.map(({ rule }) => rule);

it('finds the concept and what it is called', () =>
  expect(checkCoding({ system: WARDS, code: 'neuro' }, place, standing())).toMatchObject({
    isIn: true,
    display: 'Neurosurgery',
    issues: [],
  }));

it('tells everything that is wrong', () => {
  expect(rules({ system: WARDS, code: 'icu' })).toEqual([
    'Unknown_Code_in_Version',
    'None_of_the_provided_codes_are_in_the_value_set_one',
  ]);
  expect(rules({ system: WARDS, code: 'neuro', display: 'Kitchen' })).toEqual([
    'Display_Name_for__should_be_one_of__instead_of',
  ]);
  expect(rules({ system: WARDS, code: 'cardiac' })).toEqual(['INACTIVE_CONCEPT_FOUND']);
  expect(rules({ system: WARDS, code: 'surgery' }, { takesAbstract: false })).toEqual(['ABSTRACT_CODE_NOT_ALLOWED']);
  expect(rules({ system: 'http://loinc.org', code: '1' })).toContain('UNKNOWN_CODESYSTEM');
  expect(rules({ code: 'neuro' })).toContain('UNABLE_TO_INFER_CODESYSTEM');
});

it('takes a code that the value set lists of a system that is not at hand', () => {
  const shelf = shelfOf();
  const set = {
    ...allWards,
    compose: { include: [{ system: 'http://loinc.org', concept: [{ code: '8480-6', display: 'Systolic' }] }] },
  };
  const checked = checkCoding(
    { system: 'http://loinc.org', code: '8480-6' },
    place,
    standing({ shelf, composition: compose(set, shelf) }),
  );
  expect(checked).toMatchObject({ isIn: true, display: 'Systolic', issues: [{ severity: 'warning' }] });
});

it('asks the system alone where no value set is named', () => {
  const alone = { composition: undefined };
  expect(checkCoding({ system: WARDS, code: 'neuro' }, place, standing(alone)).isIn).toBe(true);
  expect(checkCoding({ system: WARDS, code: 'icu' }, place, standing(alone)).isIn).toBe(false);
});

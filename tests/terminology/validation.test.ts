import { expect, it } from 'vitest';
import { type ValidateRequest, validateCode } from '../../terminology/validation.ts';
import { testContext } from '../setup/context.ts';
import { faultFrom } from '../setup/fault.ts';
import { allWards, shelvesOf, WARDS, wards } from './double.ts';

const shelves = shelvesOf(wards, allWards);
const ask = async (request: ValidateRequest) => {
  const parameters = await validateCode(request, shelves, testContext());
  return Object.fromEntries(
    parameters.map(({ name, resource, ...value }) => [name, resource ?? Object.values(value)[0]]),
  ) as any;
};
const valueSet = { url: allWards.url! };

it('answers for a code, a coding and a concept', async () => {
  expect(await ask({ valueSet, system: WARDS, code: 'neuro' })).toEqual({
    result: true,
    code: 'neuro',
    system: WARDS,
    version: '3',
    display: 'Neurosurgery',
  });
  expect((await ask({ valueSet, coding: { system: WARDS, code: 'icu' } })).result).toBe(false);
  const codeableConcept = {
    coding: [
      { system: 'http://loinc.org', code: '1' },
      { system: WARDS, code: 'neuro' },
    ],
  };
  expect(await ask({ valueSet, codeableConcept })).toMatchObject({ code: 'neuro', codeableConcept });
  expect(
    (
      await ask({
        valueSet,
        codeableConcept: {
          coding: [
            { system: WARDS, code: 'icu' },
            { system: WARDS, code: 'x' },
          ],
        },
      })
    ).issues.issue.at(-1).details.text,
  ).toContain('No valid coding');
});

it('finds the system of a code where the value set says it', async () => {
  expect(await ask({ valueSet, code: 'neuro', inferSystem: true })).toMatchObject({ result: true, system: WARDS });
  expect((await ask({ valueSet, code: 'neuro' })).result).toBe(false);
});

it('answers for a code system alone: stored, sent, or by its id', async () => {
  expect((await ask({ system: WARDS, code: 'neuro' })).result).toBe(true);
  expect((await ask({ codeSystemId: 'wards', code: 'neuro' })).result).toBe(true);
  expect((await ask({ codeSystem: { ...wards, url: 'urn:sent' }, code: 'neuro' })).result).toBe(true);
  expect((await ask({ system: 'urn:iso:std:iso:3166', code: 'CH', display: 'Switzerland' })).result).toBe(true);
  expect((await faultFrom(ask({ codeSystemId: 'none', code: 'neuro' }))).kind).toBe('not-found');
});

it('refuses what names no code or no value set', async () => {
  expect((await faultFrom(ask({ valueSet }))).kind).toBe('invalid-request');
  expect((await faultFrom(ask({ valueSet: { url: 'urn:none' }, code: 'x' }))).kind).toBe('not-found');
});

it('warns of definitions that are not to be relied on', async () => {
  const draft = shelvesOf({ ...wards, status: 'draft' }, allWards);
  const parameters = await validateCode({ valueSet, system: WARDS, code: 'neuro' }, draft, testContext());
  expect(JSON.stringify(parameters)).toContain('MSG_DRAFT');
});

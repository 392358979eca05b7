import { expect, it } from 'vitest';
import { languagesOf, requireVersions, scopeOf, valueSetScope } from '../../terminology/scope.ts';
import { testContext } from '../setup/context.ts';
import { faultFrom, faultOf } from '../setup/fault.ts';
import { allWards, shelvesOf, WARDS, wards } from './double.ts';

const supplement = {
  ...wards,
  id: 'french',
  url: 'urn:french',
  content: 'supplement' as const,
  supplements: WARDS,
  concept: [{ code: 'neuro', designation: [{ language: 'fr', value: 'Neurochirurgie' }] }],
};
const shelves = shelvesOf(wards, allWards, supplement);

it('puts what was sent before what is stored', async () => {
  const sent = { ...wards, concept: [{ code: 'kitchen' }] };
  const { shelf } = await scopeOf({ resources: [sent] }, [{ type: 'CodeSystem', url: WARDS }], shelves, testContext());
  expect(shelf.system(WARDS)?.find('kitchen')).toBeDefined();
  const { shelf: other } = await scopeOf({}, [{ type: 'CodeSystem', url: WARDS }], shelves, testContext());
  expect(other.system(WARDS)?.find('kitchen')).toBeUndefined();
});

it('merges the supplements that the question or the value set asks for', async () => {
  const french = (scope: Awaited<ReturnType<typeof scopeOf>>) => scope.shelf.system(WARDS)?.find('neuro')?.designation;
  const names = [{ type: 'CodeSystem', url: WARDS } as const];
  expect(french(await scopeOf({ supplements: ['urn:french'] }, names, shelves, testContext()))).toHaveLength(1);
  expect(french(await scopeOf({}, names, shelves, testContext()))).toBeUndefined();
  const url = 'http://hl7.org/fhir/StructureDefinition/valueset-supplement';
  const valueSet = { ...allWards, extension: [{ url, valueCanonical: 'urn:french' }] };
  expect(french(await valueSetScope({ valueSet }, {}, shelves, testContext()))).toHaveLength(1);
  const fault = await faultFrom(scopeOf({ supplements: ['urn:dutch'] }, names, shelves, testContext()));
  expect(fault.findings[0]!.rule).toBe('VALUESET_SUPPLEMENT_MISSING');
});

it('takes the language that is asked for, that of the value set, and that of the client, in this order', () => {
  const url = 'http://hl7.org/fhir/StructureDefinition/valueset-expansion-parameter';
  const extension = [
    {
      url,
      extension: [
        { url: 'name', valueCode: 'displayLanguage' },
        { url: 'value', valueCode: 'it' },
      ],
    },
  ];
  const italian = { ...allWards, compose: { ...allWards.compose!, extension } };
  expect(languagesOf({ displayLanguage: 'de', acceptLanguage: 'fr' }, italian)?.wanted).toEqual(['de']);
  expect(languagesOf({ acceptLanguage: 'fr' }, italian)?.wanted).toEqual(['it']);
  expect(languagesOf({ acceptLanguage: 'fr' }, allWards)?.wanted).toEqual(['fr']);
  expect(languagesOf({ acceptLanguage: '???' }, allWards)).toBeUndefined();
  expect(languagesOf({}, allWards)).toBeUndefined();
});

it('refuses a version that was to be checked and is another one', () => {
  expect(() => requireVersions({ checkedVersions: [`${WARDS}|3`] }, [{ url: WARDS, version: '3' }])).not.toThrow();
  const fault = faultOf(() => requireVersions({ checkedVersions: [`${WARDS}|4`] }, [{ url: WARDS, version: '3' }]));
  expect(fault.kind).toBe('unprocessable');
});

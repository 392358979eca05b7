/** https://hl7.org/fhir/R4/search.html#number */
import { describe, expect, it } from 'vitest';
import { searching } from './searching.ts';

const risk = (id: string, ...probabilities: string[]) => ({
  resourceType: 'RiskAssessment',
  id,
  status: 'final',
  subject: { reference: 'Patient/1' },
  prediction: probabilities.map((probability) => ({ probabilityDecimal: Number(probability) })),
});
const range = (id: string, low: number | undefined, high: number | undefined) => ({
  ...risk(id),
  prediction: [
    {
      probabilityRange: {
        ...(low === undefined ? {} : { low: { value: low } }),
        ...(high === undefined ? {} : { high: { value: high } }),
      },
    },
  ],
});

const search = await searching([
  risk('one', '1'),
  risk('four', '4'),
  risk('five', '5'),
  risk('six', '6'),
  risk('hundred', '100'),
  risk('near-five', '5.001'),
  risk('several', '2', '9'),
  range('between', 4.9, 5.1),
  { ...risk('none'), prediction: undefined },
]);

const cases: readonly [value: string, ids: readonly string[]][] = [
  ['5', ['five', 'near-five', 'between']],
  ['eq5', ['five', 'near-five', 'between']],
  ['5.000', ['five']],
  ['5.0', ['five', 'near-five']],
  ['ne5', ['one', 'four', 'six', 'hundred', 'several']],
  ['lt5', ['one', 'four', 'several', 'between']],
  ['gt5', ['six', 'hundred', 'near-five', 'several', 'between']],
  ['le5', ['one', 'four', 'five', 'several', 'between']],
  ['ge5', ['five', 'six', 'hundred', 'near-five', 'several', 'between']],
  ['sa5', ['six', 'hundred', 'near-five', 'several']],
  ['eb5', ['one', 'four', 'several']],
  ['ap5', ['five', 'near-five', 'between']],
  ['100', ['hundred']],
  ['1e2', ['hundred']],
  ['99.4', []],
  ['99.6', []],
  ['1,100', ['one', 'hundred']],
  ['9', ['several']],
  ['-5', []],
];

describe('number parameters', () => {
  it.each(cases)('RiskAssessment?probability=%s', async (value, ids) => {
    expect((await search.ids(`RiskAssessment?probability=${value}`)).sort()).toEqual([...ids].sort());
  });

  it('lets different values of one resource hold two conditions', async () =>
    expect(await search.ids('RiskAssessment?probability=2&probability=9')).toEqual(['several']));

  it('tells resources with a number from those without', async () =>
    expect(await search.ids('RiskAssessment?probability:missing=true')).toEqual(['none']));
});

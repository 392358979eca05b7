/** https://hl7.org/fhir/R4/search.html#quantity */
import { describe, expect, it } from 'vitest';
import { searching } from './searching.ts';

const UCUM = 'http://unitsofmeasure.org';
const observation = (id: string, value: object | undefined) => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: { text: 'Glucose' },
  ...(value === undefined ? {} : { valueQuantity: value }),
});
const ucum = (value: number, code: string, unit = code, comparator?: string) => ({
  value,
  unit,
  system: UCUM,
  code,
  ...(comparator ? { comparator } : {}),
});
const condition = (id: string, onset: object) => ({
  resourceType: 'Condition',
  id,
  subject: { reference: 'Patient/1' },
  ...onset,
});

const search = await searching([
  observation('gram', ucum(5.4, 'g')),
  observation('milligram', ucum(5400, 'mg', 'milligrams')),
  observation('little', ucum(5.4, 'mg')),
  observation('millilitre', ucum(5.4, 'mL')),
  observation('no-unit', { value: 5.4 }),
  observation('only-text', { value: 5.4, unit: 'mg' }),
  observation('other-system', { value: 5.4, system: 'http://units.example', code: 'mg' }),
  observation('below', ucum(5, 'mg', 'mg', '<')),
  observation('at-most', ucum(5, 'mg', 'mg', '<=')),
  observation('above', ucum(5, 'mg', 'mg', '>')),
  observation('celsius', ucum(37, 'Cel')),
  observation('exact', ucum(0.1, 'ug')),
  observation('none', undefined),
  {
    ...observation('sampled', undefined),
    valueSampledData: {
      origin: ucum(0, 'mV'),
      period: 10,
      factor: 1.612,
      dimensions: 1,
      data: '2041 2043 2037',
    },
  },
  condition('at-ten', { onsetAge: { value: 10, unit: 'years', system: UCUM, code: 'a' } }),
  condition('in-months', { onsetAge: { value: 120, unit: 'months', system: UCUM, code: 'mo' } }),
  condition('teens', {
    onsetRange: { low: { value: 13, system: UCUM, code: 'a' }, high: { value: 19, system: UCUM, code: 'a' } },
  }),
  condition('since-forty', { onsetRange: { low: { value: 40, system: UCUM, code: 'a' } } }),
  { resourceType: 'Invoice', id: 'dollars', status: 'issued', totalGross: { value: 99.95, currency: 'USD' } },
  { resourceType: 'Invoice', id: 'euros', status: 'issued', totalGross: { value: 99.95, currency: 'EUR' } },
]);

const cases: readonly [query: string, ids: readonly string[]][] = [
  [`Observation?value-quantity=5.4|${UCUM}|g`, ['gram', 'milligram']],
  [`Observation?value-quantity=5400|${UCUM}|mg`, ['gram', 'milligram']],
  [`Observation?value-quantity=0.0054|${UCUM}|kg`, ['gram', 'milligram']],
  [`Observation?value-quantity=5.4|${UCUM}|mg`, ['little']],
  [`Observation?value-quantity=5.40e-3|${UCUM}|g`, ['little']],
  [`Observation?value-quantity=5.4|${UCUM}|mL`, ['millilitre']],
  [`Observation?value-quantity=5.4|${UCUM}|cm3`, ['millilitre']],
  ['Observation?value-quantity=5.4|http://units.example|mg', ['other-system']],
  ['Observation?value-quantity=5.4', ['gram', 'little', 'millilitre', 'no-unit', 'only-text', 'other-system']],
  ['Observation?value-quantity=5.4||mg', ['little', 'only-text', 'other-system']],
  ['Observation?value-quantity=5400||milligrams', ['milligram']],
  ['Observation?value-quantity=5400||mg', ['milligram']],
  [`Observation?value-quantity=lt5|${UCUM}|mg`, ['below', 'at-most', 'exact']],
  [`Observation?value-quantity=le5|${UCUM}|mg`, ['below', 'at-most', 'exact']],
  [`Observation?value-quantity=eb5|${UCUM}|mg`, ['below', 'exact']],
  [`Observation?value-quantity=ge5|${UCUM}|mg`, ['gram', 'milligram', 'little', 'at-most', 'above']],
  [`Observation?value-quantity=gt5|${UCUM}|mg`, ['gram', 'milligram', 'little', 'above']],
  [`Observation?value-quantity=sa5|${UCUM}|mg`, ['gram', 'milligram', 'little', 'above']],
  [`Observation?value-quantity=gt6|${UCUM}|mg`, ['gram', 'milligram', 'above']],
  [`Observation?value-quantity=5|${UCUM}|mg`, ['little']],
  [`Observation?value-quantity=5.0|${UCUM}|mg`, []],
  [`Observation?value-quantity=ne5.4|${UCUM}|mg`, ['gram', 'milligram', 'below', 'at-most', 'above', 'exact']],
  [`Observation?value-quantity=ap5.5|${UCUM}|mg`, ['little', 'below', 'at-most', 'above']],
  [`Observation?value-quantity=98.6|${UCUM}|[degF]`, ['celsius']],
  [`Observation?value-quantity=310.15|${UCUM}|K`, ['celsius']],
  [`Observation?value-quantity=gt98.6|${UCUM}|[degF]`, []],
  [`Observation?value-quantity=0.1|${UCUM}|ug`, ['exact']],
  [`Observation?value-quantity=0.0001|${UCUM}|mg`, ['exact']],
  [`Observation?value-quantity=gt3290|${UCUM}|mV`, ['sampled']],
  [`Observation?value-quantity=lt3280|${UCUM}|mV`, []],
  [`Observation?value-quantity=gt1|${UCUM}|kg`, ['above']],
  [`Observation?value-quantity=5.4|${UCUM}|nonsense`, []],
  ['Observation?value-quantity:missing=true', ['none']],
  [`Condition?onset-age=10|${UCUM}|a`, ['at-ten', 'in-months']],
  [`Condition?onset-age=gt15|${UCUM}|a`, ['teens', 'since-forty']],
  [`Condition?onset-age=lt15|${UCUM}|a`, ['at-ten', 'in-months', 'teens']],
  [`Condition?onset-age=sa12|${UCUM}|a`, ['teens', 'since-forty']],
  [`Condition?onset-age=16|${UCUM}|a`, []],
  [`Condition?onset-age=ap16|${UCUM}|a`, ['teens']],
  ['Invoice?totalgross=99.95', ['dollars', 'euros']],
  ['Invoice?totalgross=99.95|urn:iso:std:iso:4217|USD', ['dollars']],
  ['Invoice?totalgross=99.95||EUR', ['euros']],
  ['Invoice?totalgross=gt99|urn:iso:std:iso:4217|USD', ['dollars']],
];

describe('quantity parameters', () => {
  it.each(cases)('%s', async (url, ids) => expect((await search.ids(url)).sort()).toEqual([...ids].sort()));
});

/** https://hl7.org/fhir/R4/search.html#date */
import { describe, expect, it } from 'vitest';
import { searching } from './searching.ts';

const condition = (id: string, onset: object) => ({
  resourceType: 'Condition',
  id,
  subject: { reference: 'Patient/1' },
  ...onset,
});
const observation = (id: string, effective: object) => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: { text: 'Blood pressure' },
  ...effective,
});

const search = await searching([
  condition('day-before', { onsetDateTime: '1979-12-31' }),
  condition('year', { onsetDateTime: '1980' }),
  condition('month', { onsetDateTime: '1980-05' }),
  condition('day', { onsetDateTime: '1980-05-11' }),
  condition('second', { onsetDateTime: '1980-05-11T16:32:15Z' }),
  condition('fraction', { onsetDateTime: '1980-05-11T16:32:15.500Z' }),
  condition('zone', { onsetDateTime: '1980-05-11T23:30:00-04:00' }),
  condition('period', { onsetPeriod: { start: '1980-05-16', end: '1980-05-17' } }),
  condition('open', { onsetPeriod: { start: '1980-06-01' } }),
  condition('ended', { onsetPeriod: { end: '1975' } }),
  condition('next-year', { onsetDateTime: '1981-01-01' }),
  condition('none', { onsetString: 'in childhood' }),
  observation('timing', { effectiveTiming: { event: ['2013-01-31', '2013-03-24'] } }),
  observation('bounded', { effectiveTiming: { repeat: { boundsPeriod: { start: '2013-02-10', end: '2013-02-20' } } } }),
  observation('instant', { effectiveInstant: '2013-02-15T10:00:00.123456Z' }),
  observation('undated', {}),
  { resourceType: 'Location', id: 'elsewhere', name: 'Ward 3' },
]);

const all = [
  'day-before',
  'year',
  'month',
  'day',
  'second',
  'fraction',
  'zone',
  'period',
  'open',
  'ended',
  'next-year',
];
const except = (...ids: string[]) => all.filter((id) => !ids.includes(id));

// The year 1980 stored as '1980' is not within '1980-05', and it overlaps it.
const may = ['month', 'day', 'second', 'fraction', 'zone', 'period'];
const cases: readonly [query: string, ids: readonly string[]][] = [
  ['1980', ['year', ...may]],
  ['eq1980', ['year', ...may]],
  ['1980-05', may],
  ['1980-05-11', ['day', 'second', 'fraction']],
  ['1980-05-12', ['zone']],
  ['1980-05-11T16:32', ['second', 'fraction']],
  ['1980-05-11T16:32:15Z', ['second', 'fraction']],
  ['1980-05-11T16:32:15.500Z', ['fraction']],
  ['1980-05-11T16:32:15.5Z', ['fraction']],
  ['1980-05-11T12:32:15-04:00', ['second', 'fraction']],
  ['1980-05-11T16:32:15.501Z', []],
  ['1980-05-16', []],
  ['1975', []],
  ['1981-01-01', ['next-year']],
  ['ne1980', ['day-before', 'open', 'ended', 'next-year']],
  ['ne1980-05', except(...may)],
  ['ne1980-05-11', except('day', 'second', 'fraction')],
  ['gt1980', ['open', 'next-year']],
  ['gt1980-05-11', ['year', 'month', 'zone', 'period', 'open', 'next-year']],
  ['gt1980-05-11T16:32:15Z', ['year', 'month', 'day', 'zone', 'period', 'open', 'next-year']],
  ['lt1980', ['day-before', 'ended']],
  ['lt1980-05-11', ['day-before', 'year', 'month', 'ended']],
  ['lt1980-05-17', except('open', 'next-year')],
  ['ge1980', except('day-before', 'ended')],
  ['ge1980-05-11', except('day-before', 'ended')],
  ['ge1980-05-17', ['year', 'month', 'open', 'next-year']],
  ['le1980', except('open', 'next-year')],
  ['le1980-05-11', ['day-before', 'year', 'month', 'day', 'second', 'fraction', 'ended']],
  ['le1979', ['day-before', 'ended']],
  ['sa1980', ['next-year']],
  ['sa1980-05-11', ['zone', 'period', 'open', 'next-year']],
  ['sa1980-05-15', ['period', 'open', 'next-year']],
  ['sa1980-05-16', ['open', 'next-year']],
  ['eb1980', ['day-before', 'ended']],
  ['eb1980-05-16', ['day-before', 'day', 'second', 'fraction', 'zone', 'ended']],
  ['eb1980-05-18', ['day-before', 'day', 'second', 'fraction', 'zone', 'period', 'ended']],
  ['1979-12-31,1981', ['day-before', 'next-year']],
  ['lt1976,gt1980-12', ['ended', 'open', 'next-year']],
];

describe('date parameters', () => {
  it.each(cases)('Condition?onset-date=%s', async (value, ids) => {
    expect((await search.ids(`Condition?onset-date=${value}`)).sort()).toEqual([...ids].sort());
  });

  it.each([
    ['onset-date=ge1980-05-11&onset-date=lt1980-05-12', ['year', 'month', 'day', 'second', 'fraction']],
    ['onset-date=sa1979&onset-date=eb1981', ['year', 'month', 'day', 'second', 'fraction', 'zone', 'period']],
    ['onset-date=1980&onset-date=1981', []],
  ])('two of one parameter must both hold: %s', async (query, ids) => {
    expect((await search.ids(`Condition?${query}`)).sort()).toEqual([...ids].sort());
  });

  it('finds what is near a date', async () => {
    expect(await search.ids('Condition?onset-date=ap1980-05-11')).toEqual(
      expect.arrayContaining(['day', 'second', 'year']),
    );
    expect(await search.ids('Condition?onset-date=ap2600')).toEqual(['open']);
  });

  it('tells resources with a date from those without', async () => {
    expect(await search.ids('Condition?onset-date:missing=true')).toEqual(['none']);
    expect((await search.ids('Condition?onset-date:missing=false')).sort()).toEqual([...all].sort());
  });

  it.each([
    ['date=2013-02-15', ['instant']],
    ['date=2013-02-15T10:00:00.123456Z', ['instant']],
    ['date=2013-02', ['bounded', 'instant']],
    ['date=2013', ['timing', 'bounded', 'instant']],
    ['date=ge2013-03-01', ['timing']],
    ['date=lt2013-02-01', ['timing']],
    ['date=sa2013-01-31', ['bounded', 'instant']],
  ])('takes the outer limits of a Timing: %s', async (query, ids) => {
    expect((await search.ids(`Observation?${query}`)).sort()).toEqual([...ids].sort());
  });
});

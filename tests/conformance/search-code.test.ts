/** Codes without a system, patients and whatever belongs to them, in the order of their dates. https://hl7.org/fhir/R4/search.html#token */
import { describe, expect, it } from 'vitest';
import { type Stored, searching } from './searching.ts';

const LOINC = 'http://loinc.org';
const LOCAL = 'http://laboratory.example/codes';

interface Coding {
  readonly system?: string;
  readonly code?: string;
}

const result = (
  id: string,
  date: string | undefined,
  coding: readonly Coding[],
  patient = 'ewa',
  value = 5,
): Stored => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: { coding },
  subject: { reference: `Patient/${patient}` },
  ...(date ? { effectiveDateTime: date } : {}),
  valueQuantity: { value, unit: 'mmol/L', system: 'http://unitsofmeasure.org', code: 'mmol/L' },
});

const search = await searching([
  { resourceType: 'Patient', id: 'ewa', gender: 'female' },
  { resourceType: 'Patient', id: 'tom', gender: 'male' },
  result('loinc', '2024-05-01', [{ system: LOINC, code: '2345-7' }]),
  result('local', '2024-05-03', [{ system: LOCAL, code: '2345-7' }], 'tom', 7),
  result('bare', '2024-05-02', [{ code: '2345-7' }]),
  result(
    'second',
    '2024-05-04',
    [
      { system: LOCAL, code: 'GLU' },
      { system: LOINC, code: '2345-7' },
    ],
    'ewa',
    9,
  ),
  result('undated', undefined, [{ system: LOINC, code: '2345-7' }]),
  // Longer than a day: found by another index.
  {
    ...result(
      'stay',
      undefined,
      [
        { system: LOINC, code: 'stay' },
        { system: LOINC, code: 'stay' },
      ],
      'tom',
    ),
    effectivePeriod: { start: '2024-05-01', end: '2024-05-11' },
  },
  { resourceType: 'Practitioner', id: 'bell' },
  {
    ...result('other', '2024-05-05', [{ system: LOINC, code: '2951-2' }]),
    performer: [{ reference: 'Practitioner/bell' }],
  },
  // What ends alike is not alike.
  result('longer', '2024-05-06', [{ system: LOINC, code: '12345-7' }]),
  result('bars', '2024-05-07', [{ system: LOCAL, code: 'a|2345-7' }]),
  result('barred', '2024-05-08', [{ system: `${LOCAL}|x`, code: 'GLUCOSE' }]),
  result('percent', '2024-05-09', [{ system: LOCAL, code: '10%_x' }]),
  result('language', '2024-05-10', [{ system: 'urn:ietf:bcp:47', code: 'de-CH' }]),
  {
    resourceType: 'Encounter',
    id: 'visit',
    status: 'finished',
    class: { code: 'AMB' },
    subject: { reference: 'Patient/ewa' },
    period: { start: '2024-05-02T08:00:00Z', end: '2024-05-02T09:00:00Z' },
  },
  { resourceType: 'Condition', id: 'cold', subject: { reference: 'Patient/ewa' }, code: { text: 'Common cold' } },
  {
    resourceType: 'Condition',
    id: 'told',
    subject: { reference: 'Patient/tom' },
    asserter: { reference: 'Patient/ewa' },
  },
  // Refers to her without being in her compartment.
  {
    resourceType: 'Basic',
    id: 'aside',
    code: { text: 'note' },
    extension: [{ url: 'urn:about', valueReference: { reference: 'Patient/ewa' } }],
  },
]);

describe('a code without a system', () => {
  it.each([
    ['Observation?code=2345-7&_sort=date', 'loinc bare local second undated'],
    ['Observation?code=2345-7&_sort=-date', 'second local bare loinc undated'],
    // Nothing asked: the newest first.
    ['Observation?code=2345-7', 'second local bare loinc undated'],
    ['Observation?code=2345-7&date=ge2024-05-02&date=lt2024-05-04&_sort=date', 'bare local'],
    ['Observation?code=2345-7&patient=Patient/ewa&_sort=date', 'loinc bare second undated'],
    ['Observation?code=2345-7&patient=Patient/ewa,Patient/tom&_sort=-date', 'second local bare loinc undated'],
    ['Observation?code=2345-7&value-quantity=gt6&_sort=date', 'local second'],
    ['Observation?code=2345-7&value-quantity=gt6||mmol/L&_sort=date', 'local second'],
    [`Observation?code=2345-7,${LOINC}|2951-2&_sort=date`, 'loinc bare local second other undated'],
    [`Observation?code=|2345-7`, 'bare'],
    ['Observation?code=a\\|2345-7', 'bars'],
    ['Observation?code=GLUCOSE', 'barred'],
    ['Observation?code=glucose', ''],
    ['Observation?code=10%25_x', 'percent'],
    ['Observation?code=10%25%25x', ''],
    ['Observation?code=DE-ch', 'language'],
    ['Observation?code=nowhere', ''],
  ])('%s', async (url, ids) => expect((await search.ids(url)).join(' ')).toBe(ids));

  it('is counted, chained and walked in pages like any other', async () => {
    expect((await search.bundle('Observation?code=2345-7&_summary=count')).total).toBe(5);
    expect((await search.bundle('Observation?code=2345-7&_count=2&_total=accurate')).total).toBe(5);
    expect(await search.ids('Patient?_has:Observation:patient:code=GLU')).toEqual(['ewa']);
    expect(await search.ids('Patient?_has:Observation:patient:code=2345-7&_sort=_id')).toEqual(['ewa', 'tom']);
    // By a reference that has no column, with a code that has one.
    expect(await search.ids(`Practitioner?_has:Observation:performer:code=${LOINC}|2951-2`)).toEqual(['bell']);
    expect(await search.ids('Practitioner?_has:Observation:performer:code=2951-2')).toEqual(['bell']);
    const first = await search.bundle('Observation?code=2345-7&_count=3&_sort=date');
    const next = first.link.find(({ relation }: { relation: string }) => relation === 'next').url as string;
    expect(await search.ids(next.slice(next.indexOf('Observation')))).toEqual(['second', 'undated']);
  });

  it.each([
    ['code=2345-7', 5],
    [`code=${LOINC}|2345-7`, 3],
    [`code=${LOINC}|2345-7,${LOCAL}|GLU`, 3],
    [`code=${LOINC}|2345-7&date=2024-05`, 2],
    ['code=2345-7&date=ge2024-05-02&date=lt2024-05-04', 2],
    [`code=${LOINC}|stay&date=2024-05-04`, 0],
    [`code=${LOINC}|stay&date=ge2024-05-04`, 1],
    [`code=${LOINC}|stay&date=2024`, 1],
    [`code=${LOINC}|2345-7&patient=Patient/ewa`, 3],
    ['code=2345-7&patient=Patient/tom', 1],
    ['patient=Patient/tom', 2],
    ['patient=Patient/tom,Patient/nobody', 2],
    ['patient=Patient/nobody', 0],
  ])('%s has %i results, counted and given', async (query, total) => {
    expect((await search.bundle(`Observation?${query}&_summary=count`)).total).toBe(total);
    expect((await search.bundle(`Observation?${query}&_count=1&_total=accurate`)).total).toBe(total);
    expect(await search.ids(`Observation?${query}&_count=100`)).toHaveLength(total);
  });

  it('is found as soon as another system has it', async () => {
    await search.put(result('new', '2024-06-01', [{ system: 'http://new.example', code: '2345-7' }]));
    expect((await search.ids('Observation?code=2345-7&_sort=-date'))[0]).toBe('new');
    await search.delete('Observation/new');
    expect(await search.ids('Observation?code=2345-7')).toHaveLength(5);
  });
});

describe('everything of a patient', () => {
  it('is given the newest first, what has no date last', async () => {
    const own = ['language', 'percent', 'barred', 'bars', 'longer', 'other', 'second', 'bare', 'loinc', 'undated'];
    expect(await search.ids('Observation?patient=Patient/ewa')).toEqual(own);
    expect(await search.ids('Observation?patient=Patient/ewa&_sort=date')).toEqual([
      ...own.slice(0, -1).reverse(),
      'undated',
    ]);
    expect(await search.ids('Observation?patient=Patient/ewa&date=lt2024-05-04&_sort=-date')).toEqual([
      'bare',
      'loinc',
    ]);
  });

  it('is of any type in the compartment, however it refers to the patient, and the patient', async () => {
    const ids = await search.ids('Patient/ewa/*?_sort=_id&_count=100');
    expect(ids).toEqual(expect.arrayContaining(['ewa', 'visit', 'cold', 'told', 'loinc', 'undated']));
    expect(ids).toHaveLength(14);
    expect(ids).not.toContain('aside');
    expect((await search.bundle('Patient/ewa/*?_summary=count')).total).toBe(14);
    expect((await search.bundle('Patient/nobody/*?_summary=count')).total).toBe(0);
    expect(await search.ids('Patient/tom/*?_type=Observation,Condition&_sort=_id')).toEqual(['local', 'stay', 'told']);
  });

  it('is found over some types by an index of each', async () => {
    const ids = await search.ids('?_type=Observation,Encounter&date=2024-05-02');
    expect(ids.sort()).toEqual(['bare', 'visit']);
    expect((await search.bundle('?_type=Observation,Encounter&date=2024-05-02&_summary=count')).total).toBe(2);
  });
});

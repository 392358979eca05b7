import { expect, it } from 'vitest';
import { nobody, openDatabase } from '../../../store/database.ts';
import { Referrers } from '../../../store/referrers.ts';
import type { Row } from '../../../store/session.ts';
import { TypeNumbers } from '../../../store/types.ts';
import { type BatchOptions, type Job, toBatch } from '../../../store/write/batch.ts';
import { EVERY_SIDE, ROW_TYPES_QUERY, rowTypes } from '../../../store/write/rows.ts';
import { testDatabase } from '../../setup/database.ts';
import { draftOf, patient } from '../double.ts';
import { openTestStore } from '../postgres.ts';

const connection = await testDatabase();
const { records } = await openTestStore({ connection, sequencer: false });
const [found] = await openDatabase({ connection, applicationName: 'vesta batch' }).house.run([ROW_TYPES_QUERY], nobody);
const types = new TypeNumbers([
  ['1', 'Patient'],
  ['4', 'Observation'],
]);
const options: BatchOptions = {
  rowTypes: rowTypes(found!),
  place: (type) => types.place(type),
  proof: 'rids',
  referred: new Referrers([], (n) => types.placeOf(n)),
};

const content = (resource: object, id: string) => records.prepare(draftOf(resource, 'PUT', id));
const create = (id: string): Job => ({ do: 'create', content: content(patient(id), id), lastUpdated: 1 });
const given = (id: string): Job => ({ do: 'given', content: content(patient(id), id), lastUpdated: 1 });
const update = (type: string, id: string): Job => ({
  do: 'update',
  content: content({ resourceType: type }, id),
  version: 2,
  lastUpdated: 1,
  before: undefined,
});
const remove = (id: string, rid: bigint): Job => ({
  do: 'delete',
  sides: EVERY_SIDE,
  type: 'Patient',
  id,
  rid,
  expected: undefined,
  lastUpdated: 1,
  token: 1n,
});
const rid = (job: Job) => String(job.do === 'delete' ? job.rid : job.content.values.rid);

it('makes one statement for all creates, and one for each type of what changes', () => {
  const jobs = [
    create('a'),
    given('b'),
    update('Patient', 'c'),
    update('Observation', 'd'),
    create('e'),
    update('Patient', 'f'),
    remove('g', 1n),
  ];
  expect(toBatch(jobs, options).statements).toHaveLength(5);
});

it('reads what became of each, in the order of the jobs', () => {
  const jobs = [
    given('a'),
    update('Patient', 'b'),
    given('c'),
    update('Patient', 'd'),
    remove('e', 5n),
    remove('f', 6n),
    remove('g', 7n),
    remove('h', 8n),
  ];
  const results: Row[][] = [
    [[rid(jobs[2]!)]],
    [[rid(jobs[1]!)]],
    [
      ['seen', '5', '3', null],
      ['seen', '6', '1', null],
      ['seen', '8', '1', null],
      ['done', '5', '4', '2026-11-21 09:05:07+00'],
      ['referrer', '6', '4', 'note-1'],
      ['referrer', '6', '4', 'note-2'],
    ],
  ];
  expect(toBatch(jobs, options).read(results)).toEqual([
    { became: 'lost' },
    { became: 'written' },
    { became: 'written' },
    { became: 'lost' },
    { became: 'deleted', version: 4, lastUpdated: '2026-11-21T09:05:07.000Z' },
    {
      became: 'referenced',
      by: [
        { type: 4, id: 'note-1' },
        { type: 4, id: 'note-2' },
      ],
    },
    { became: 'absent' },
    { became: 'lost' },
  ]);
});

it('tells creates whose identity was busy from the others', () => {
  const jobs = [create('a'), create('b')];
  const [busy] = (jobs[1] as { content: { values: { locks: bigint[] } } }).content.values.locks;
  const batch = toBatch(jobs, options);
  expect(batch.read([[[null]]])).toEqual([{ became: 'written' }, { became: 'written' }]);
  expect(batch.read([[[`{17,${busy}}`]]])).toEqual([{ became: 'written' }, { became: 'lost' }]);
});

it('counts the rows where all must be written', () => {
  const { statements } = toBatch([given('a'), given('b')], { ...options, proof: 'all' });
  expect(statements[0]!.values!.at(-1)).toBe(2);
});

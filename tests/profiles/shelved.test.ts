import type { StructureDefinition } from 'fhir/r4.js';
import { expect, it } from 'vitest';

import { openThreadShelf, type ShelfContents, Structures, ValueSetAnswers } from '../../profiles/shelved.ts';
import { boundCodes } from '../../terminology/index.ts';

const structure = (title: string): StructureDefinition => ({
  resourceType: 'StructureDefinition',
  url: 'http://hospital.example.org/StructureDefinition/ours',
  name: 'Ours',
  title,
  status: 'active',
  kind: 'resource',
  abstract: false,
  type: 'Patient',
});

/** As it arrives on the other thread. */
const travelled = (contents: ShelfContents) => structuredClone(contents);

it('gives another thread what it has, which drops all that it had when something changed', () => {
  const structures = new Structures();
  structures.put('ours', 'StructureDefinition/ours/1', structure('One'));
  structures.put('none', '', null);
  const entries = ['ours', 'none', 'never'].flatMap((canonical) =>
    [structures.entry(canonical) ?? []].filter((one) => one.length),
  );
  const thread = openThreadShelf();
  const nothing = { valueSets: [], codes: [] };
  thread.take(travelled({ ...nothing, stamp: '1', structures: entries as never }));
  expect([thread.structure('ours')?.title, thread.structure('none'), thread.structure('never')]).toEqual([
    'One',
    null,
    undefined,
  ]);
  const before = thread.structure('ours');
  thread.take(travelled({ ...nothing, stamp: '2', structures: [] }));
  expect(thread.structure('ours')).toBe(undefined);
  thread.take(travelled({ ...nothing, stamp: '2', structures: entries as never }));
  expect(thread.structure('ours')).toBe(before);
});

it('drops what it had before a task, where it changed since', () => {
  const thread = openThreadShelf();
  thread.take({ stamp: '1', structures: [['ours', 'ours/1', structure('One')]], valueSets: [], codes: [] });
  thread.renew('1');
  expect(thread.structure('ours')?.title).toBe('One');
  thread.renew('2');
  expect(thread.structure('ours')).toBe(undefined);
});

it('forgets definitions when they are more than may be held, and asks for them again', () => {
  const structures = new Structures();
  const long = 'x'.repeat(4 * 2 ** 20);
  for (let n = 0; n < 12; n++) structures.put(`large-${n}`, `mark-${n}`, structure(long));
  expect(structures.get('large-0')).toBe(undefined);
  expect(structures.get('large-11')).toMatchObject({ name: 'Ours' });
});

it('gives another thread value sets, and of large ones the answers that it asked for', () => {
  const own = new ValueSetAnswers();
  const none = { listed: [], ruled: [], undecided: [], isLarge: false, unknownBecause: undefined };
  const listed = [{ system: 'http://loinc.org', isCaseless: false, codes: ['718-7'], displays: ['Hemoglobin'] }];
  own.put('small', boundCodes({ ...none, canonical: 'small', listed }));
  own.put('large', boundCodes({ ...none, canonical: 'large', undecided: ['*'], isLarge: true }));
  own.put('none', null);
  const question = { valueSet: 'large', system: 'http://loinc.org', code: '718-7' };
  expect(own.get('large')?.contains(question.system, question.code)).toBe(undefined);
  own.answer(question, true);
  const thread = openThreadShelf();
  const valueSets = ['small', 'large', 'none'].map((canonical) => [canonical, own.data(canonical) ?? null] as const);
  thread.take(travelled({ stamp: '1', structures: [], valueSets, codes: [[question, own.answered(question)!]] }));
  expect(thread.valueSet('small')?.contains('http://loinc.org', '718-7')).toBe(true);
  expect(thread.valueSet('small')?.contains('http://loinc.org', '718-8')).toBe(false);
  expect(thread.valueSet('large')?.contains('http://loinc.org', '718-7')).toBe(true);
  expect(thread.valueSet('large')?.contains('http://loinc.org', '718-8')).toBe(undefined);
  expect(thread.valueSet('none')).toBe(null);
  thread.take(travelled({ stamp: '2', structures: [], valueSets: [], codes: [] }));
  expect(thread.valueSet('small')).toBe(undefined);
});

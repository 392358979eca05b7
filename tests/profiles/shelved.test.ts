import type { StructureDefinition } from 'fhir/r4.js';
import { expect, it } from 'vitest';
import { openThreadShelf, type ShelfContents, Structures } from '../../profiles/shelved.ts';

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
  thread.take(travelled({ stamp: '1', structures: entries as never }));
  expect([thread.structure('ours')?.title, thread.structure('none'), thread.structure('never')]).toEqual([
    'One',
    null,
    undefined,
  ]);
  const before = thread.structure('ours');
  thread.take(travelled({ stamp: '2', structures: [] }));
  expect(thread.structure('ours')).toBe(undefined);
  thread.take(travelled({ stamp: '2', structures: entries as never }));
  expect(thread.structure('ours')).toBe(before);
});

it('forgets definitions when they are more than may be held, and asks for them again', () => {
  const structures = new Structures();
  const long = 'x'.repeat(4 * 2 ** 20);
  for (let n = 0; n < 12; n++) structures.put(`large-${n}`, `mark-${n}`, structure(long));
  expect(structures.get('large-0')).toBe(undefined);
  expect(structures.get('large-11')).toMatchObject({ name: 'Ours' });
});

import { expect, it } from 'vitest';
import { openAccess } from '../../../resources/index.ts';
import { testDatabase } from '../../setup/database.ts';
import { first } from '../postgres.ts';
import { another, context, parameter, patient, put, settled } from './stores.ts';

const connection = await testDatabase();

it('lets the first of two with one code be the parameter, and the other when that went', async () => {
  const store = await another(connection);
  await put(store, patient('p', 'Jansen'));
  await put(store, parameter('one', { code: 'relative' }));
  await put(store, parameter('two', { code: 'relative' }));
  const of = (id: string) => store.parameters.states().filter((one) => one.id === id && one.state !== 'removing');
  expect(of('two')).toMatchObject([{ state: 'unused', reason: 'SearchParameter/one defines relative already.' }]);
  await store.records.delete(openAccess, 'SearchParameter', 'one', {}, context);
  await settled(store);
  expect(of('two')).toMatchObject([{ state: 'active' }]);
  expect(of('one')).toEqual([]);
});

it('builds anew what is defined otherwise, and nothing where only words change', async () => {
  const store = await another(connection);
  const generation = () => first(connection, 'select generation from param_state');
  await put(store, parameter('words'));
  await settled(store);
  const before = await generation();
  await put(store, parameter('words', { description: 'Said in other words' }));
  expect(await generation()).toBe(before);
  await put(store, parameter('words', { expression: 'Patient.name.family' }));
  expect(await generation()).toBe(Number(before) + 1);
  await settled(store);
  expect(store.parameters.of('Patient').get('words')?.custom?.building).toBe(undefined);
});

it('adds a parameter to every type that it names', async () => {
  const store = await another(connection);
  const more = {
    base: ['Patient', 'Practitioner'],
    expression: 'Patient.name.given | Practitioner.name.given',
    code: 'called',
  };
  await put(store, parameter('both', more));
  await settled(store);
  expect(['Patient', 'Practitioner', 'Person'].map((type) => store.parameters.of(type).has('called'))).toEqual([
    true,
    true,
    false,
  ]);
});

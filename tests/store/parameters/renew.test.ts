import { expect, it } from 'vitest';
import { openAccess } from '../../../resources/index.ts';
import { isNotActive, isOutdated } from '../../../store/parameters/renew.ts';
import { testDatabase } from '../../setup/database.ts';
import { rows } from '../postgres.ts';
import { another, context, draftOf, parameter, patient, put, settled } from './stores.ts';

const connection = await testDatabase();

it('tells the refusals of Postgres apart', () => {
  expect([isOutdated({ code: 'VE001' }), isOutdated({ code: '40001' })]).toEqual([true, false]);
  expect([isNotActive({ code: 'VE002' }), isNotActive({ code: 'VE001' })]).toEqual([true, false]);
});

it('indexes content that was prepared before a parameter was announced', async () => {
  const store = await another(connection);
  const content = store.records.prepare(draftOf(patient('early', 'Bird')));
  await put(store, parameter('later'));
  await settled(store);
  await store.records.commit(openAccess, { guards: [], writes: [{ do: 'create', content }] }, context);
  expect(await rows(connection, 'select v from x_str where k < 0')).toEqual([['bird']]);
});

it('has a large set made again that was encoded before', async () => {
  const store = await another(connection);
  const encoder = store.records.encoder(Date.now());
  encoder.add({ ...draftOf(patient('encoded', 'Bundle')), method: 'POST' }, 100);
  const encoded = encoder.finish();
  await put(store, parameter('after-encoding'));
  expect(await store.records.commit(openAccess, { guards: [], writes: [], encoded }, context)).toBe('stale');
});

it('indexes what a process writes that has heard nothing of a parameter: Postgres refuses it the first time', async () => {
  const store = await another(connection, false);
  await put(store, patient('p', 'Old'));
  const definition = { code: 'silent', url: 'x', type: 'string', expression: 'Patient.name.family', target: [] };
  await rows(
    connection,
    `with p as (insert into param (type, code, id, definition, state)
      values (1, 'silent', 'silent', '${JSON.stringify(definition)}', 'building') returning k)
    update param_state set generation = generation + 1`,
  );
  await put(store, patient('p', 'New'));
  await put(store, patient('q', 'Second'));
  const indexed = `select x.v from x_str x where x.k = (select k from param where id = 'silent') order by 1`;
  expect(await rows(connection, indexed)).toEqual([['new'], ['second']]);
});

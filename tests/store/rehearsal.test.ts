import { expect, it } from 'vitest';
import { openAccess, parseJson } from '../../resources/index.ts';
import type { Draft } from '../../store/records.ts';
import { openRehearsal } from '../../store/rehearsal.ts';
import { testContext } from '../setup/context.ts';
import { testDatabase } from '../setup/database.ts';
import { first, openTestStore } from './postgres.ts';

const connection = await testDatabase();
const store = await openTestStore({ connection });
const draft = (id: string | undefined, text: string): Draft => ({
  type: 'Patient',
  id,
  method: id === undefined ? 'POST' : 'PUT',
  parsed: parseJson(text),
  references: [],
});
const anna = '{"resourceType":"Patient","id":"anna","active":true}';

it('is another face of the same records', () => {
  expect(openRehearsal(store.records, {} as never).read).toBe(store.records.read);
  expect(store.rehearsal.search).toBe(store.rehearsal.search);
});

it('neither stores nor remembers what was only tried', async () => {
  const context = testContext();
  await store.records.update(openAccess, draft('anna', anna), {}, context);
  const tried = await store.rehearsal.update(openAccess, draft('anna', anna.replace('true', 'false')), {}, context);
  expect(tried).toMatchObject({ created: false, changed: true, version: { version: 2 } });
  expect((await store.rehearsal.create(openAccess, draft(undefined, anna), context)).version).toBe(1);
  expect(await store.rehearsal.delete(openAccess, 'Patient', 'anna', {}, context)).toMatchObject({
    deleted: true,
    version: 2,
  });
  expect(await store.rehearsal.delete(openAccess, 'Patient', 'nobody', {}, context)).toBeUndefined();
  const written = await store.records.update(openAccess, draft('anna', anna.replace('true', 'false')), {}, context);
  expect(written).toMatchObject({ created: false, changed: true, version: { version: 2 } });
  expect(await first(connection, 'select count(*) from ver')).toBe('2');
});

import { expect, it } from 'vitest';
import { openAccess } from '../../../resources/index.ts';
import { testDatabase } from '../../setup/database.ts';
import { rows } from '../postgres.ts';
import { another, context, parameter, put, settled } from './stores.ts';

const connection = await testDatabase();

it('leaves nothing of a parameter: no side row of any kind, no code in the dictionary', async () => {
  const store = await another(connection);
  const extension = [
    { url: 'a', valueIdentifier: { system: 'urn:card', value: '7' } },
    { url: 'a', valueCoding: { system: 'urn:c', code: 'x', display: 'Ex' } },
  ];
  await put(store, { resourceType: 'Patient', id: 'p', extension });
  const expression = `Patient.extension('a').value.ofType(Identifier) | Patient.extension('a').value.ofType(Coding)`;
  await put(store, parameter('card', { type: 'token', expression }));
  await settled(store);
  const left = () =>
    rows(
      connection,
      `select (select count(*) from x_id where k < 0), (select count(*) from x_tok where k < 0),
        (select count(*) from dict where v in ('urn:c|x', 'ex')), (select count(*) from param)`,
    );
  expect((await left())[0]!.map(Number)[0]).toBeGreaterThan(0);
  await store.records.delete(openAccess, 'SearchParameter', 'card', {}, context);
  await settled(store);
  expect(await left()).toEqual([['0', '0', '0', '0']]);
});

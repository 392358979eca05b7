import { expect, it } from 'vitest';
import { openStore, parseSearch } from '../../../store/index.ts';
import { testDatabase } from '../../setup/database.ts';
import { faultOf } from '../../setup/fault.ts';
import { first, rows } from '../postgres.ts';
import { another, parameter, patient, put, settled } from './stores.ts';

const connection = await testDatabase();
const limits = { countDefault: 10, countMax: 10 };

it('goes on after a crash where it was, refusing searches with its progress until it is whole', async () => {
  const writer = await another(connection, false);
  for (let n = 0; n < 1_500; n += 100) {
    await Promise.all(Array.from({ length: 100 }, (_, i) => put(writer, patient(`p${n + i}`, `Family ${n + i}`))));
  }
  await put(writer, parameter('built'));
  const parameters = writer.parameters;
  const ask = () => parseSearch({ type: 'Patient', query: [['built', 'x']], handling: 'lenient', limits, parameters });
  expect(faultOf(ask)).toMatchObject({ kind: 'not-ready', message: expect.stringContaining('0 % of Patient') });
  const crashing = await openStore({ connection, applicationName: 'vesta test' });
  await expect.poll(() => first(connection, 'select at from param'), { interval: 5 }).not.toBe(null);
  await crashing.close();
  const [[state, at, done]] = (await rows(connection, 'select state, at, done from param')) as [
    [string, string, string],
  ];
  if (state === 'building') {
    expect(Number(done)).toBeGreaterThan(0);
    await writer.parameters.refresh();
    expect(faultOf(ask).message).not.toContain(' 0 %');
    // What was indexed is not looked at again: gone from the index, it stays gone.
    await rows(connection, `delete from x_str where k < 0 and rid = (select rid from res where id = '${at}')`);
  }
  await settled(await another(connection));
  const missing = await rows(
    connection,
    'select id from res_patient r where not exists (select from x_str x where x.rid = r.rid and x.k < 0)',
  );
  expect(missing).toEqual(state === 'building' ? [[at]] : []);
  await writer.parameters.refresh();
  expect(ask().criteria).toHaveLength(1);
});

it('leaves out what an expression cannot be evaluated on, and counts it', async () => {
  const store = await another(connection);
  await put(
    store,
    parameter('fragile', { expression: 'Patient.where(name.family = contact.single().name.family).id', type: 'token' }),
  );
  await put(store, {
    resourceType: 'Patient',
    id: 'two',
    contact: [{ name: { family: 'a' } }, { name: { family: 'b' } }],
  });
  await settled(store);
  await put(store, parameter('fragile', { expression: 'Patient.contact.single().name.family', type: 'token' }));
  await settled(store);
  expect(store.parameters.states().find(({ id, state }) => id === 'fragile' && state === 'active')?.faults).toBe(1);
});

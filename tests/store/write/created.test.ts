import { Worker } from 'node:worker_threads';
import { afterAll, describe, expect, it } from 'vitest';
import { type Access, type Fault, openAccess } from '../../../resources/index.ts';
import { openPreparer, openStore } from '../../../store/index.ts';
import type { Draft, Encoded, Encoder } from '../../../store/records.ts';
import { encodedStatements } from '../../../store/write/created.ts';
import { testDatabase } from '../../setup/database.ts';
import { draftOf, patient, testContext } from '../double.ts';
import { first, rows } from '../postgres.ts';

const connection = await testDatabase();
const store = await openStore({ connection, applicationName: 'vesta test' });
afterAll(() => store.close());
const { records } = store;
const trips: unknown[] = [];
const context = testContext(trips);
const TIME = Date.parse('2026-11-21T09:30:00.123Z');

/** Potassium, differently for each, in a form that fills columns and side rows. */
const potassium = (id: string, i: number): Draft =>
  draftOf(
    `{"resourceType":"Observation","meta":{"tag":[{"code":"batch"}]},"status":"final","identifier":[{"system":"urn:lab","value":"${id}"}],` +
      `"code":{"coding":[{"system":"http://loinc.org","code":"2823-3"},{"system":"urn:lab","code":"K-${i}"}],"text":"Kalium ✓"},` +
      `"subject":{"reference":"Patient/p${i % 7}"},"effectivePeriod":{"start":"2024-03-0${(i % 8) + 1}","end":"2024-04"},` +
      `"valueQuantity":{"value":5.${i}0,"unit":"mmol/L","system":"http://unitsofmeasure.org","code":"mmol/L"}}`,
    'POST',
    id,
  );

function encoded(encoder: Encoder, drafts: readonly Draft[]): Encoded {
  let textToCome = drafts.reduce((sum, { parsed }) => sum + parsed.text.length, 0);
  for (const draft of drafts) {
    encoder.add(draft, textToCome);
    textToCome -= draft.parsed.text.length;
  }
  return encoder.finish();
}

const commit = (set: Encoded, access: Access = openAccess) =>
  records.commit(access, { guards: [], writes: [], encoded: set }, context);

describe('new resources that are encoded as they come', () => {
  it('leave the same rows as those that are created one by one', async () => {
    const ids = Array.from({ length: 12 }, (_, i) => `one-${i}`);
    for (const [i, id] of ids.entries()) {
      const content = records.prepare(potassium(id, i));
      await records.commit(openAccess, { guards: [], writes: [{ do: 'create', content }] }, context);
    }
    await commit(
      encoded(
        records.encoder(TIME),
        ids.map((id, i) => potassium(id.replace('one', 'all'), i)),
      ),
    );
    const alike = async (table: string, of: string) =>
      rows(
        connection,
        `select (to_jsonb(x) - array['id', 'rid', 'sk', 'lu', 'last_updated', 'tx', 'h', 's', 'v', 'vh', 'th'])::text
         from ${table} x where ${of} order by x.id`,
      );
    expect(await alike('res', `id like 'all-%'`)).toEqual(await alike('res', `id like 'one-%'`));
    const versions = await rows(
      connection,
      `select ver, method, meta::text, (resource - 'identifier')::text, count(*) from ver where type is not null
       and (id like 'all-%' or id like 'one-%') group by 1, 2, 3, 4`,
    );
    expect(versions).toHaveLength(12);
    expect(versions.every(([, , , , count]) => Number(count) === 2)).toBe(true);
    for (const side of ['x_id', 'x_date', 'x_num', 'x_str', 'x_tok']) {
      const count = (like: string) =>
        first(connection, `select count(*)::int from ${side} join res r using (rid) where r.id like '${like}-%'`);
      expect(await count('all'), side).toBe(await count('one'));
    }
  });

  it('come back as they were sent, at the time that was given, found by what they hold', async () => {
    await commit(encoded(records.encoder(TIME), [potassium('back', 4)]));
    const version = await records.read(openAccess, 'Observation', 'back', context);
    expect(version).toMatchObject({ version: 1, lastUpdated: '2026-11-21T09:30:00.123Z', method: 'POST' });
    expect(version!.text).toContain('"value": 5.40');
    expect(version!.text).toContain('Kalium ✓');
    const found = await records.match(
      openAccess,
      [{ type: 'Observation', query: [['identifier', 'urn:lab|back']], where: 'test' }],
      context,
    );
    expect(found).toEqual([['back']]);
  });

  it('take as many statements as they need, in the trips of a small set', async () => {
    const set = encoded(
      records.encoder(TIME),
      Array.from({ length: 1_100 }, (_, i) => potassium(`many-${i}`, i)),
    );
    expect(set.statements.map(({ rows: count }) => count)).toEqual([500, 500, 100]);
    expect(encodedStatements(set)).toHaveLength(3);
    trips.length = 0;
    await commit(set);
    // One for codes that nobody knew.
    expect(trips.length).toBeLessThanOrEqual(3);
    expect(await first(connection, `select count(*)::int from res where id like 'many-%'`)).toBe(1_100);
  });

  it('may refer to tens of thousands of others, and are found by each of them', async () => {
    const target = Array.from({ length: 33_000 }, (_, i) => ({ reference: `Observation/o${i}` }));
    const agent = [{ who: { display: 'Synthea' } }];
    const provenance = { resourceType: 'Provenance', id: 'all', target, recorded: '2021-07-10T09:57:48Z', agent };
    await commit(encoded(records.encoder(TIME), [draftOf(provenance)]));
    const found = await records.match(
      openAccess,
      [{ type: 'Provenance', query: [['target', 'Observation/o32999']], where: 'test' }],
      context,
    );
    expect(found).toEqual([['all']]);
    // Each counts twice: as a target of a Provenance, and as referred to from anywhere.
    expect(await first(connection, `select nr::int from res where id = 'all'`)).toBe(66_000);
  });

  it('tell the dictionaries each thing once, and the identities of those that have any', () => {
    const set = encoded(records.encoder(TIME), [
      potassium('x', 1),
      potassium('y', 1),
      draftOf({ resourceType: 'Basic', id: 'z', code: { text: 'none' } }),
    ]);
    expect(set.types).toEqual(['Observation', 'Basic']);
    expect(set.needs).toHaveLength(2);
    expect(set.identities.map(({ type }) => type)).toEqual(['Observation', 'Observation']);
  });

  it('are not stored where an id is taken: none of them', async () => {
    await commit(encoded(records.encoder(TIME), [potassium('taken', 1)]));
    const failed: Fault = await commit(
      encoded(records.encoder(TIME), [potassium('free', 1), potassium('taken', 1)]),
    ).then(
      () => expect.fail('nothing was refused'),
      (error) => error,
    );
    expect(failed.kind).toBe('conflict');
    expect(await records.read(openAccess, 'Observation', 'free', context)).toBeUndefined();
  });

  it('are refused to those who may not create them', async () => {
    const access: Access = { ...openAccess, grants: [{ types: ['Patient'], verbs: ['create', 'read'] }] } as never;
    await expect(commit(encoded(records.encoder(TIME), [potassium('mine', 1)]), access)).rejects.toMatchObject({
      kind: 'forbidden',
    });
  });

  it('wait for whoever decides on one of their identifiers', async () => {
    const order: string[] = [];
    const deciding = Promise.withResolvers<void>();
    const criteria = { type: 'Patient', query: [['identifier', '446060']] as const, where: 'If-None-Exist' };
    const conditional = records.conditional(openAccess, criteria, context, async () => {
      deciding.resolve();
      await new Promise((resolve) => setTimeout(resolve, 100));
      order.push('decided');
      return { do: 'create', draft: draftOf(patient('446060')) };
    });
    await deciding.promise;
    const set = encoded(records.encoder(TIME), [draftOf(patient('446060'), 'POST', 'pieter')]);
    await Promise.all([conditional, commit(set).then(() => order.push('created'))]);
    expect(order).toEqual(['decided', 'created']);
  });

  it('may come from another thread', async () => {
    const set = encoded(openPreparer(store.preparer).encoder(TIME), [potassium('thread', 3)]);
    const worker = new Worker(
      'const { parentPort } = require("node:worker_threads"); parentPort.once("message", (m) => parentPort.postMessage(m))',
      { eval: true },
    );
    worker.postMessage(set);
    const arrived = await new Promise<Encoded>((resolve) => worker.once('message', resolve));
    await worker.terminate();
    await commit(arrived);
    expect((await records.read(openAccess, 'Observation', 'thread', context))!.text).toContain('"value": 5.30');
  });
});

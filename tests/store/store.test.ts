import { readdirSync, readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { afterAll, describe, expect, it } from 'vitest';
import { openAccess, parseJson } from '../../resources/index.ts';
import { openPreparer, openStore } from '../../store/index.ts';
import type { Decision, Version } from '../../store/records.ts';
import { sameContent } from '../../store/write/content.ts';
import { testDatabase } from '../setup/database.ts';
import { hasSharedData, sharedData } from '../setup/shared-data.ts';
import { draftOf, patient, testContext } from './double.ts';
import { first, rows } from './postgres.ts';

const connection = await testDatabase();
const store = await openStore({ connection, applicationName: 'vesta test' });
const beside = await openStore({ connection, applicationName: 'vesta test', sequencer: false });
afterAll(() => Promise.all([store.close(), beside.close()]));
const context = testContext();
const system = 'urn:oid:2.16.840.1.113883.2.4.6.3';
const criteria = (value: string) => ({
  type: 'Patient',
  query: [['identifier', `${system}|${value}`]] as const,
  where: 'If-None-Exist',
});

describe('conditional writes on the real index', () => {
  const createUnlessThere =
    (value: string) =>
    (matches: readonly Version[]): Decision =>
      matches.length > 0 ? { do: 'return' } : { do: 'create', draft: draftOf(patient(value)) };

  it('store one resource when 64 clients of two processes create one identity at once', async () => {
    const results = await Promise.all(
      Array.from({ length: 64 }, (_, i) =>
        (i % 2 ? store : beside).records.conditional(
          openAccess,
          criteria('446053'),
          context,
          createUnlessThere('446053'),
        ),
      ),
    );
    expect(results.filter(({ created }) => created)).toHaveLength(1);
    expect(await first(connection, `select count(*)::int from x_id where v = '446053'`)).toBe(1);
  });

  it('share their locks with unconditional creates of the same identifier', async () => {
    const order: string[] = [];
    const deciding = Promise.withResolvers<void>();
    const conditional = store.records.conditional(openAccess, criteria('446054'), context, async (matches) => {
      deciding.resolve();
      await new Promise((resolve) => setTimeout(resolve, 100));
      order.push('decided');
      return createUnlessThere('446054')(matches);
    });
    await deciding.promise;
    const plain = beside.records
      .create(openAccess, draftOf(patient('446054')), context)
      .then(() => order.push('created'));
    await Promise.all([conditional, plain]);
    expect(order).toEqual(['decided', 'created']);
  });

  it('refuse an unknown criterion', async () => {
    const unknown = { type: 'Patient', query: [['shoesize', '43']] as const, where: 'If-None-Exist' };
    await expect(
      store.records.conditional(openAccess, unknown, context, () => ({ do: 'return' })),
    ).rejects.toMatchObject({ kind: 'unknown-parameter' });
  });
});

it('refuses to delete what others refer to from an element that no search parameter knows', async () => {
  await store.records.update(openAccess, draftOf(patient('x'), 'PUT', 'owner'), {}, context);
  const extension = [{ url: 'urn:x', valueReference: { reference: 'Patient/owner' } }];
  await store.records.update(
    openAccess,
    draftOf({ resourceType: 'Device', id: 'pump', extension }, 'PUT'),
    {},
    context,
  );
  await expect(store.records.delete(openAccess, 'Patient', 'owner', {}, context)).rejects.toMatchObject({
    kind: 'referenced',
  });
});

const examples = sharedData('r4-examples/');
describe.runIf(hasSharedData)('the examples of R4', () => {
  const texts = (hasSharedData ? readdirSync(examples) : [])
    .filter((name) => name.endsWith('.json'))
    .map((name) => readFileSync(new URL(name, examples), 'utf8'))
    .filter((text) => typeof JSON.parse(text).id === 'string');
  const byKey = new Map(texts.map((text) => [`${JSON.parse(text).resourceType}/${JSON.parse(text).id}`, text]));

  it('come back as they were sent, and sending back what was read changes nothing', async () => {
    const stored = await Promise.all(
      [...byKey.values()].map((text) => store.records.update(openAccess, draftOf(text, 'PUT'), {}, context)),
    );
    expect(stored.every(({ created }) => created)).toBe(true);
    for (const { version } of stored) {
      const read = (await store.records.read(openAccess, version.type, version.id, context))!;
      const [sent, got] = [byKey.get(`${version.type}/${version.id}`)!, read.text].map((text) =>
        store.records.prepare(draftOf(text, 'PUT')),
      );
      expect(sameContent(sent!, got!), `${version.type}/${version.id}`).toBe(true);
      const again = await beside.records.update(openAccess, draftOf(read.text, 'PUT'), {}, context);
      expect(again.changed, `${version.type}/${version.id}`).toBe(false);
    }
  });

  it('leave the same rows whether they were stored at once or by way of an update', async () => {
    const other = await testDatabase();
    const updated = await openStore({ connection: other, applicationName: 'vesta test', sequencer: false });
    const sides = ['x_id', 'x_date', 'x_num', 'x_str', 'x_tok', 'x_geo'];
    // The same secret, so that the same hashes come out.
    await rows(
      other,
      `update secret set value = decode('${await first(connection, `select encode(value, 'hex') from secret where name = 'hash'`)}', 'hex') where name = 'hash'`,
    );
    await updated.close();
    const same = await openStore({ connection: other, applicationName: 'vesta test', sequencer: false });
    const cold = await openStore({ connection: other, applicationName: 'vesta test', sequencer: false });
    const keys = [...byKey.keys()];
    const shifted = (i: number) => {
      // Another example of the same type under this id, so that nearly everything differs.
      const [type, id] = keys[i]!.split('/') as [string, string];
      const mate = keys.find((key, j) => j !== i && key.startsWith(`${type}/`)) ?? keys[i]!;
      return JSON.stringify({ ...JSON.parse(byKey.get(mate)!), id });
    };
    await Promise.all(keys.map((_, i) => same.records.update(openAccess, draftOf(shifted(i), 'PUT'), {}, context)));
    await Promise.all(
      keys.map((key, i) =>
        (i % 2 ? same : cold).records.update(openAccess, draftOf(byKey.get(key)!, 'PUT'), {}, context),
      ),
    );
    for (const side of sides) {
      const query = `select to_jsonb(x)::text from ${side} x join res r using (rid) where r.type || '/' || r.id in (select t.n || '/' || split_part(k, '/', 2)
        from unnest(array[${keys.map((key) => `'${key}'`)}]) k join type t on t.name = split_part(k, '/', 1)) order by 1`;
      expect((await rows(other, query)).length, side).toBe((await rows(connection, query)).length);
      expect(await rows(other, query)).toEqual(await rows(connection, query));
    }
    await Promise.all([same.close(), cold.close()]);
  });
});

it('prepares on another thread what it would prepare itself', async () => {
  const text = JSON.stringify(patient('thread', { id: 'thread-1' }));
  const own = store.records.prepare(draftOf(text, 'PUT'));
  expect(openPreparer(store.preparer).prepare(draftOf(text, 'PUT'))).toEqual(own);
  const worker = new Worker(
    'require("node:worker_threads").parentPort.once("message", (m) => require("node:worker_threads").parentPort.postMessage(m))',
    { eval: true },
  );
  worker.postMessage({ data: store.preparer, prepared: own });
  const { data, prepared } = await new Promise<any>((resolve) => worker.once('message', resolve));
  await worker.terminate();
  expect(prepared).toEqual(own);
  expect(openPreparer(data).prepare({ ...draftOf(text, 'PUT'), parsed: parseJson(text) })).toEqual(own);
  const [written] = (await store.records.commit(
    openAccess,
    { guards: [], writes: [{ do: 'update', content: prepared }] },
    context,
  )) as any[];
  expect(written).toMatchObject({ created: true, version: { id: 'thread-1' } });
});

import { describe, expect, it } from 'vitest';
import { type Fault, openAccess } from '../../resources/index.ts';
import { testDatabase } from '../setup/database.ts';
import { draftOf, patient, testContext } from './double.ts';
import { first, hold, openTestStore, rows } from './postgres.ts';

const connection = await testDatabase();
const store = await openTestStore({ connection });
const { records } = store;
const trips: unknown[] = [];
const context = testContext(trips);

const put = (resource: object, id: string) => draftOf({ ...resource, id }, 'PUT');
const fault = (promise: Promise<unknown>): Promise<Fault> =>
  promise.then(
    () => expect.fail('nothing was refused'),
    (error) => error,
  );

describe('create', () => {
  it('stores a resource under a time-ordered id, as version 1', async () => {
    const one = await records.create(openAccess, draftOf(patient('900101')), context);
    const two = await records.create(openAccess, draftOf(patient('900102')), context);
    expect(one).toMatchObject({ type: 'Patient', version: 1, method: 'POST', deleted: false });
    expect(one.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(two.id > one.id).toBe(true);
    expect(await records.read(openAccess, 'Patient', one.id, context)).toEqual({ ...one, text: expect.any(String) });
  });

  it('takes one trip when the codes in it are known', async () => {
    await records.create(openAccess, draftOf(patient('900103')), context);
    trips.length = 0;
    await records.create(openAccess, draftOf(patient('900104')), context);
    expect(trips).toHaveLength(1);
  });

  it('keeps every digit of a decimal', async () => {
    const text =
      '{"resourceType":"Observation","status":"final","code":{"text":"Kalium"},"valueQuantity":{"value":4.10,"unit":"mmol/l"},"referenceRange":[{"low":{"value":123456789012345.678901},"high":{"value":1e2}}]}';
    const { id } = await records.create(openAccess, draftOf(text), context);
    const stored = (await records.read(openAccess, 'Observation', id, context))!.text;
    expect(stored).toContain('"value": 4.10');
    expect(stored).toContain('123456789012345.678901');
    expect(stored).toContain('"value": 100');
  });

  it('refuses an id that is taken with 409', async () => {
    await records.create(openAccess, draftOf(patient('900105'), 'POST', 'taken-1'), context);
    const error = await fault(records.create(openAccess, draftOf(patient('900106'), 'POST', 'taken-1'), context));
    expect(error).toMatchObject({ kind: 'conflict', status: 409 });
  });

  it('writes the rows of the side tables', async () => {
    const { id } = await records.create(openAccess, draftOf(patient('900107')), context);
    expect(await rows(connection, `select x.v from x_id x join res r using (rid) where r.id = '${id}'`)).toEqual([
      ['900107'],
    ]);
  });

  it('is refused to a caller without a grant for the type', async () => {
    const access = { actor: 'Practitioner/7', grants: [{ types: ['Observation'], verbs: ['create'] as const }] };
    expect(await fault(records.create(access, draftOf(patient('1')), context))).toMatchObject({ kind: 'forbidden' });
  });

  it('stores types without a partition of their own', async () => {
    const { id } = await records.create(
      openAccess,
      draftOf({ resourceType: 'Basic', code: { text: 'room plan' } }),
      context,
    );
    expect((await records.read(openAccess, 'Basic', id, context))?.version).toBe(1);
  });

  it('shares statements with what comes at the same time, and stores each', async () => {
    trips.length = 0;
    const versions = await Promise.all(
      Array.from({ length: 200 }, (_, i) => records.create(openAccess, draftOf(patient(`ward-${i}`)), context)),
    );
    expect(new Set(versions.map(({ id }) => id)).size).toBe(200);
    expect(await first(connection, `select count(*) from x_id where v like 'ward-%'`)).toBe('200');
  });

  it('does not let one bad row fail its neighbours', async () => {
    const bad = draftOf(patient('neighbour-bad'));
    // Postgres refuses this text as jsonb; no parser would have let it through.
    const broken = {
      ...bad,
      parsed: { ...bad.parsed, text: '{"a":}', members: { resourceType: undefined, id: undefined, meta: undefined } },
    };
    const results = await Promise.allSettled([
      records.create(openAccess, draftOf(patient('neighbour-1')), context),
      records.create(openAccess, broken, context),
      records.create(openAccess, draftOf(patient('neighbour-2')), context),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await first(connection, `select count(*) from x_id where v like 'neighbour-%'`)).toBe('2');
  });
});

describe('update', () => {
  it('creates where there is nothing, and makes the next version where there is', async () => {
    const first = await records.update(openAccess, put(patient('u1'), 'upd-1'), {}, context);
    expect(first).toMatchObject({ created: true, changed: true, version: { version: 1, method: 'PUT' } });
    const second = await records.update(openAccess, put(patient('u1', { gender: 'female' }), 'upd-1'), {}, context);
    expect(second).toMatchObject({ created: false, changed: true, version: { version: 2 } });
    expect(Date.parse(second.version.lastUpdated)).toBeGreaterThan(Date.parse(first.version.lastUpdated));
  });

  it('takes one trip where the current version is at hand and two where it is not', async () => {
    await records.update(openAccess, put(patient('u2'), 'upd-2'), {}, context);
    trips.length = 0;
    await records.update(openAccess, put(patient('u2b'), 'upd-2'), {}, context);
    expect(trips).toHaveLength(1);
    const other = await openTestStore({ connection, sequencer: false });
    trips.length = 0;
    await other.records.update(openAccess, put(patient('u2c'), 'upd-2'), {}, context);
    // The dictionaries are new to that process; they are no trip of the request.
    expect(trips).toHaveLength(2);
    await other.close();
  });

  it('makes no version of what is stored already, whoever sends it', async () => {
    await records.update(openAccess, put(patient('u3'), 'upd-3'), {}, context);
    const again = await records.update(openAccess, put(patient('u3'), 'upd-3'), {}, context);
    expect(again).toMatchObject({ created: false, changed: false, version: { version: 1 } });
    const read = await records.read(openAccess, 'Patient', 'upd-3', context);
    const back = await records.update(openAccess, draftOf(read!.text, 'PUT'), {}, context);
    expect(back).toMatchObject({ changed: false, version: { version: 1 } });
    const other = await openTestStore({ connection, sequencer: false });
    expect(await other.records.update(openAccess, draftOf(read!.text, 'PUT'), {}, context)).toMatchObject({
      changed: false,
    });
    await other.close();
  });

  it('takes another number of decimals for a change', async () => {
    const weight = (value: string) =>
      draftOf(
        `{"resourceType":"Observation","id":"w1","status":"final","code":{"text":"weight"},"valueQuantity":{"value":${value}}}`,
        'PUT',
      );
    await records.update(openAccess, weight('70.0'), {}, context);
    expect(await records.update(openAccess, weight('70.00'), {}, context)).toMatchObject({
      changed: true,
      version: { version: 2 },
    });
    expect(await records.update(openAccess, weight('70.00'), {}, context)).toMatchObject({ changed: false });
  });

  it('refuses another version than If-Match names with 412, and tells the current one', async () => {
    await records.update(openAccess, put(patient('u4'), 'upd-4'), {}, context);
    await records.update(openAccess, put(patient('u4b'), 'upd-4'), {}, context);
    const error = await fault(records.update(openAccess, put(patient('u4c'), 'upd-4'), { ifMatch: 1 }, context));
    expect(error).toMatchObject({
      kind: 'version-conflict',
      status: 412,
      message: 'Patient/upd-4 is at version 2, not 1.',
    });
    expect((await records.read(openAccess, 'Patient', 'upd-4', context))?.version).toBe(2);
  });

  it('refuses If-Match where there is nothing', async () => {
    expect(await fault(records.update(openAccess, put(patient('u5'), 'upd-5'), { ifMatch: 1 }, context))).toMatchObject(
      { status: 412 },
    );
    expect(
      await fault(records.update(openAccess, put(patient('u5'), 'upd-5'), { ifMatch: '*' }, context)),
    ).toMatchObject({ status: 412 });
  });

  it('refuses If-None-Match: * where there is one', async () => {
    await records.update(openAccess, put(patient('u6'), 'upd-6'), { ifNoneMatchAny: true }, context);
    const error = await fault(
      records.update(openAccess, put(patient('u6b'), 'upd-6'), { ifNoneMatchAny: true }, context),
    );
    expect(error).toMatchObject({ kind: 'precondition-failed', status: 412 });
  });

  it('lets one of two updates with the same If-Match win', async () => {
    await records.update(openAccess, put(patient('u7'), 'upd-7'), {}, context);
    const other = await openTestStore({ connection, sequencer: false });
    const results = await Promise.allSettled([
      records.update(openAccess, put(patient('u7a'), 'upd-7'), { ifMatch: 1 }, context),
      other.records.update(openAccess, put(patient('u7b'), 'upd-7'), { ifMatch: 1 }, context),
      records.update(openAccess, put(patient('u7c'), 'upd-7'), { ifMatch: 1 }, context),
    ]);
    await other.close();
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ kind: 'version-conflict' });
  });

  it('loses none of many updates of one resource from two processes', async () => {
    await records.update(openAccess, put(patient('u8'), 'upd-8'), {}, context);
    const other = await openTestStore({ connection, sequencer: false });
    await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        (i % 2 ? records : other.records).update(openAccess, put(patient(`u8-${i}`), 'upd-8'), {}, context),
      ),
    );
    await other.close();
    expect((await records.read(openAccess, 'Patient', 'upd-8', context))?.version).toBe(41);
    const indexed = await rows(connection, `select x.v from x_id x join res r using (rid) where r.id = 'upd-8'`);
    const read = JSON.parse((await records.read(openAccess, 'Patient', 'upd-8', context))!.text);
    expect(indexed).toEqual([[read.identifier[0].value]]);
  });

  it('replaces the side rows that differ and leaves the others alone', async () => {
    const name = [{ family: 'Bakker' }];
    await records.update(openAccess, put(patient('u9', { name }), 'upd-9'), {}, context);
    const family = `select x.ctid::text, x.v from x_str x join res r using (rid) where r.id = 'upd-9'`;
    const before = await rows(connection, family);
    await records.update(openAccess, put(patient('u9-new', { name }), 'upd-9'), {}, context);
    expect(await rows(connection, family)).toEqual(before);
    expect(await rows(connection, `select x.v from x_id x join res r using (rid) where r.id = 'upd-9'`)).toEqual([
      ['u9-new'],
    ]);
    const other = await openTestStore({ connection, sequencer: false });
    await other.records.update(
      openAccess,
      put({ resourceType: 'Patient', name: [{ family: 'Visser' }] }, 'upd-9'),
      {},
      context,
    );
    await other.close();
    expect(await rows(connection, `select x.v from x_id x join res r using (rid) where r.id = 'upd-9'`)).toEqual([]);
    expect(await rows(connection, `select x.v from x_str x join res r using (rid) where r.id = 'upd-9'`)).toEqual([
      ['visser'],
    ]);
  });

  it('waits for a row that a transaction of somebody else holds, while others go on', async () => {
    await records.update(openAccess, put(patient('u10'), 'upd-10'), {}, context);
    const release = await hold(connection, `select * from res where id = 'upd-10' for update`);
    const blocked = records.update(openAccess, put(patient('u10b'), 'upd-10'), {}, context);
    const neighbour = await records.update(openAccess, put(patient('u11'), 'upd-11'), {}, context);
    expect(neighbour.created).toBe(true);
    await release();
    expect(await blocked).toMatchObject({ changed: true, version: { version: 2 } });
  });
});

describe('delete', () => {
  it('makes a deleted version, which update brings back', async () => {
    await records.update(openAccess, put(patient('d1'), 'del-1'), {}, context);
    trips.length = 0;
    const deleted = await records.delete(openAccess, 'Patient', 'del-1', {}, context);
    expect(trips).toHaveLength(1);
    expect(deleted).toMatchObject({ version: 2, deleted: true, method: 'DELETE', text: '' });
    expect(await records.read(openAccess, 'Patient', 'del-1', context)).toEqual(deleted);
    expect(await first(connection, `select count(*) from x_id where v = 'd1'`)).toBe('0');
    const back = await records.update(openAccess, put(patient('d1'), 'del-1'), {}, context);
    expect(back).toMatchObject({ created: true, version: { version: 3 } });
    expect(await first(connection, `select count(*) from x_id where v = 'd1'`)).toBe('1');
  });

  it('does nothing a second time, nor for what never was', async () => {
    await records.update(openAccess, put(patient('d2'), 'del-2'), {}, context);
    await records.delete(openAccess, 'Patient', 'del-2', {}, context);
    expect(await records.delete(openAccess, 'Patient', 'del-2', {}, context)).toBeUndefined();
    expect(await records.delete(openAccess, 'Patient', 'never-was', {}, context)).toBeUndefined();
    expect((await records.read(openAccess, 'Patient', 'del-2', context))?.version).toBe(2);
  });

  it('refuses another version than If-Match names', async () => {
    await records.update(openAccess, put(patient('d3'), 'del-3'), {}, context);
    expect(await fault(records.delete(openAccess, 'Patient', 'del-3', { ifMatch: 4 }, context))).toMatchObject({
      kind: 'version-conflict',
    });
    expect(await records.delete(openAccess, 'Patient', 'del-3', { ifMatch: 1 }, context)).toMatchObject({ version: 2 });
    expect(await fault(records.delete(openAccess, 'Patient', 'nobody', { ifMatch: '*' }, context))).toMatchObject({
      kind: 'version-conflict',
    });
  });

  it('refuses what others refer to with 409, naming at most ten', async () => {
    await records.update(openAccess, put(patient('d4'), 'del-4'), {}, context);
    const note = (i: number) => ({
      resourceType: 'Observation',
      id: `note-${i}`,
      status: 'final',
      subject: { reference: 'Patient/del-4' },
    });
    await records.update(openAccess, draftOf(note(0), 'PUT'), {}, context);
    const one = await fault(records.delete(openAccess, 'Patient', 'del-4', {}, context));
    expect(one).toMatchObject({ kind: 'referenced', status: 409 });
    expect(one.message).toBe('Patient/del-4 cannot be deleted: Observation/note-0 refers to it.');
    await Promise.all(
      Array.from({ length: 14 }, (_, i) => records.update(openAccess, draftOf(note(i + 1), 'PUT'), {}, context)),
    );
    const many = await fault(records.delete(openAccess, 'Patient', 'del-4', {}, context));
    expect(many.message.match(/Observation\//g)).toHaveLength(10);
    expect(many.message).toContain('and others');
    expect((await records.read(openAccess, 'Patient', 'del-4', context))?.deleted).toBe(false);
  });

  it('names no referrer that the caller may not see', async () => {
    const access = { actor: 'Practitioner/7', grants: [{ types: ['Patient'], verbs: ['delete', 'read'] as const }] };
    const error = await fault(records.delete(access, 'Patient', 'del-4', {}, context));
    expect(error.kind).toBe('referenced');
    expect(error.message).not.toContain('Observation');
  });

  it('deletes what refers only to itself', async () => {
    const self = {
      resourceType: 'Patient',
      id: 'del-5',
      link: [{ other: { reference: 'Patient/del-5' }, type: 'seealso' }],
    };
    await records.update(openAccess, draftOf(self, 'PUT'), {}, context);
    expect(await first(connection, 'select count(*)::int from refers where target = 1 and source = 1')).toBe(1);
    expect(await records.delete(openAccess, 'Patient', 'del-5', {}, context)).toMatchObject({ deleted: true });
  });

  it('leaves no side rows, also of versions that another process wrote since', async () => {
    const plain = { resourceType: 'Patient', active: true };
    const other = await openTestStore({ connection, sequencer: false });
    const identified = "select count(*)::int from x_id where v in ('own-1', 'others-2')";
    await records.update(openAccess, put(patient('own-1'), 'del-own'), {}, context);
    await records.update(openAccess, put(plain, 'del-others'), {}, context);
    await other.records.update(openAccess, put(patient('others-2'), 'del-others'), {}, context);
    expect(await first(connection, identified)).toBe(2);
    const deleted = ['del-own', 'del-others'].map((id) => records.delete(openAccess, 'Patient', id, {}, context));
    expect((await Promise.all(deleted)).map((version) => version?.version)).toEqual([2, 3]);
    expect(await first(connection, identified)).toBe(0);
    await other.close();
  });

  it('sees a referrer of a type that never referred before, written by another process a moment ago', async () => {
    const other = await openTestStore({ connection, sequencer: false });
    for (const type of ['Flag', 'Communication', 'Consent']) {
      const id = `del-by-${type}`;
      await records.update(openAccess, put(patient(id), id), {}, context);
      const refers = { resourceType: type, status: 'active', subject: { reference: `Patient/${id}` } };
      const { id: by } = await other.records.create(openAccess, draftOf(refers), context);
      const error = await fault(records.delete(openAccess, 'Patient', id, {}, context));
      expect(error.message).toBe(`Patient/${id} cannot be deleted: ${type}/${by} refers to it.`);
      trips.length = 0;
      expect(await fault(records.delete(openAccess, 'Patient', id, {}, context))).toMatchObject({ kind: 'referenced' });
      expect(trips).toHaveLength(1);
    }
    await other.close();
  });

  it('keeps apart the types that share a partition, updated and deleted together', async () => {
    const TYPES = ['Organization', 'Location', 'Practitioner', 'Medication'] as const;
    const one = (type: string, text: string) => put({ resourceType: type, identifier: [{ value: text }] }, 'shared');
    const all = <T>(act: (type: string) => Promise<T>) => Promise.all(TYPES.map(act));
    await all((type) => records.update(openAccess, one(type, `${type} 1`), {}, context));
    const updated = await all((type) => records.update(openAccess, one(type, `${type} 2`), {}, context));
    for (const [i, { version }] of updated.entries()) {
      expect(version).toMatchObject({ type: TYPES[i], version: 2 });
      expect((await records.read(openAccess, TYPES[i]!, 'shared', context))?.text).toContain(`"${TYPES[i]} 2"`);
    }
    const referring = { resourceType: 'Encounter', location: [{ location: { reference: 'Location/shared' } }] };
    await records.create(openAccess, draftOf(referring), context);
    const ends = await Promise.allSettled(TYPES.map((type) => records.delete(openAccess, type, 'shared', {}, context)));
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    const left = "select t.name from res r join type t on t.n = r.type where r.id = 'shared' and not r.deleted";
    expect(await rows(connection, left)).toEqual([['Location']]);
  });

  it('tells apart which of those deleted together are referred to', async () => {
    const ids = Array.from({ length: 6 }, (_, i) => `del-many-${i}`);
    await Promise.all(ids.map((id) => records.update(openAccess, put(patient(id), id), {}, context)));
    const about = (id: string) => ({
      resourceType: 'Observation',
      status: 'final',
      subject: { reference: `Patient/${id}` },
    });
    const referring = [...Array<string>(14).fill(ids[1]!), ids[4]!];
    await Promise.all(referring.map((id) => records.create(openAccess, draftOf(about(id)), context)));
    const ends = await Promise.allSettled(ids.map((id) => records.delete(openAccess, 'Patient', id, {}, context)));
    expect(ends.map(({ status }) => status === 'fulfilled')).toEqual([true, false, true, true, false, true]);
    const [, many, , , one] = ends as PromiseRejectedResult[];
    expect(many!.reason.message.match(/Observation\//g)).toHaveLength(10);
    expect(one!.reason.message).toMatch(
      /^Patient\/del-many-4 cannot be deleted: Observation\/[-0-9a-f]+ refers to it\.$/,
    );
  });

  it('deletes what is referred to where that is allowed', async () => {
    const lenient = await openTestStore({ connection, deleteReferenced: 'allow', sequencer: false });
    expect(await lenient.records.delete(openAccess, 'Patient', 'del-4', {}, context)).toMatchObject({ deleted: true });
    await lenient.close();
  });

  it('gives each deletion a later time than the version before, even when the clock stands still', async () => {
    const still = { ...context, now: () => Date.parse('2031-05-01T08:00:00Z') };
    const { version } = await records.update(openAccess, put(patient('d6'), 'del-6'), {}, still);
    const deleted = await records.delete(openAccess, 'Patient', 'del-6', {}, still);
    expect([version.lastUpdated, deleted!.lastUpdated]).toEqual([
      '2031-05-01T08:00:00.000Z',
      '2031-05-01T08:00:00.001Z',
    ]);
    const { version: third } = await records.update(openAccess, put(patient('d6'), 'del-6'), {}, still);
    expect(third.lastUpdated).toBe('2031-05-01T08:00:00.002Z');
  });
});

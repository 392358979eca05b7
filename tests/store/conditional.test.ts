import { describe, expect, it } from 'vitest';
import { Fault, openAccess } from '../../resources/index.ts';
import type { Criteria, Decision, Version } from '../../store/records.ts';
import { testDatabase } from '../setup/database.ts';
import { byIdentifier, draftOf, patient, testContext } from './double.ts';
import { first, hold, openTestStore } from './postgres.ts';

const connection = await testDatabase();
const store = await openTestStore({ connection });
/** Another process beside it. */
const beside = await openTestStore({ connection, sequencer: false });
const trips: unknown[] = [];
const context = testContext(trips);

const fault = (promise: Promise<unknown>): Promise<Fault> =>
  promise.then(
    () => expect.fail('nothing was refused'),
    (error) => error,
  );
const stored = (value: string) => first(connection, `select count(*)::int from x_id where v = '${value}'`);

const createUnlessThere =
  (value: string) =>
  (matches: readonly Version[]): Decision => {
    if (matches.length > 1) throw new Fault('multiple-matches', 'Several match.');
    return matches.length === 1 ? { do: 'return' } : { do: 'create', draft: draftOf(patient(value)) };
  };

const updateOrCreate =
  (value: string, gender: string) =>
  (matches: readonly Version[]): Decision => {
    if (matches.length > 1) throw new Fault('multiple-matches', 'Several match.');
    const [match] = matches;
    if (!match) return { do: 'create', draft: draftOf(patient(value, { gender }), 'PUT') };
    return { do: 'update', draft: draftOf(patient(value, { gender }), 'PUT', match.id) };
  };

function either(i: number) {
  return i % 2 === 0 ? store.records : beside.records;
}

describe('a conditional create', () => {
  it('creates where nothing matches, and returns the match where there is one, in two trips', async () => {
    const made = await store.records.conditional(
      openAccess,
      byIdentifier('Patient', 'c-1'),
      context,
      createUnlessThere('c-1'),
    );
    expect(made).toMatchObject({ created: true, version: { version: 1 } });
    trips.length = 0;
    const found = await store.records.conditional(
      openAccess,
      byIdentifier('Patient', 'c-1'),
      context,
      createUnlessThere('c-1'),
    );
    expect(found).toMatchObject({ created: false, changed: false, version: { id: made.version.id } });
    expect(trips).toHaveLength(2);
  });

  it('stores one resource when 64 clients of two processes create one identity at once', async () => {
    const results = await Promise.all(
      Array.from({ length: 64 }, (_, i) =>
        either(i).conditional(openAccess, byIdentifier('Patient', 'c-64'), context, createUnlessThere('c-64')),
      ),
    );
    expect(results.filter(({ created }) => created)).toHaveLength(1);
    expect(new Set(results.map(({ version }) => version.id)).size).toBe(1);
    expect(await stored('c-64')).toBe(1);
  });

  it('keeps different identities apart when many clients create them at once', async () => {
    const results = await Promise.all(
      Array.from({ length: 60 }, (_, i) => {
        const value = `c-of-20-${i % 20}`;
        return either(i).conditional(openAccess, byIdentifier('Patient', value), context, createUnlessThere(value));
      }),
    );
    expect(results.filter(({ created }) => created)).toHaveLength(20);
  });

  it('cannot be slipped past by an unconditional create of the same identifier', async () => {
    // The conditional write has found nothing and decides slowly; what is created meanwhile must wait for it.
    const order: string[] = [];
    const deciding = Promise.withResolvers<void>();
    const conditional = store.records.conditional(
      openAccess,
      byIdentifier('Patient', 'slip'),
      context,
      async (matches) => {
        deciding.resolve();
        await new Promise((resolve) => setTimeout(resolve, 150));
        order.push('decided');
        return createUnlessThere('slip')(matches);
      },
    );
    await deciding.promise;
    const plain = beside.records
      .create(openAccess, draftOf(patient('slip')), context)
      .then(() => order.push('created'));
    await Promise.all([conditional, plain]);
    expect(order).toEqual(['decided', 'created']);
  });

  it('sees what an unconditional create stored that held the identifier before', async () => {
    const results = await Promise.all(
      Array.from({ length: 30 }, async (_, i) => {
        const value = `mix-${i}`;
        const plain = beside.records.create(openAccess, draftOf(patient(value)), context);
        const asked = store.records.conditional(
          openAccess,
          byIdentifier('Patient', value),
          context,
          createUnlessThere(value),
        );
        const [created, found] = await Promise.all([plain, asked]);
        return { same: created.id === found.version.id, created: found.created, count: await stored(value) };
      }),
    );
    // Either the condition saw the plain create, or it was decided before it: never a match that was missed.
    for (const { same, created, count } of results) expect([same, count]).toEqual(created ? [false, 2] : [true, 1]);
  });

  it('does not hold up creates of other identities', async () => {
    const release = await hold(connection, 'select pg_advisory_xact_lock(1)');
    const created = await Promise.all(
      Array.from({ length: 20 }, (_, i) => store.records.create(openAccess, draftOf(patient(`free-${i}`)), context)),
    );
    expect(created).toHaveLength(20);
    await release();
  });

  it('passes on what the decision throws, and stores nothing', async () => {
    await store.records.create(openAccess, draftOf(patient('twice')), context);
    await store.records.create(openAccess, draftOf(patient('twice')), context);
    const error = await fault(
      store.records.conditional(openAccess, byIdentifier('Patient', 'twice'), context, createUnlessThere('twice')),
    );
    expect(error).toMatchObject({ kind: 'multiple-matches', status: 412 });
    expect(await stored('twice')).toBe(2);
  });

  it('refuses an id that the criteria do not select and that is taken', async () => {
    await store.records.update(openAccess, draftOf(patient('other'), 'PUT', 'pat-taken'), {}, context);
    const error = await fault(
      store.records.conditional(openAccess, byIdentifier('Patient', 'new-one'), context, () => ({
        do: 'create',
        draft: draftOf(patient('new-one'), 'PUT', 'pat-taken'),
      })),
    );
    expect(error).toMatchObject({ kind: 'conflict', status: 409 });
    expect(await stored('new-one')).toBe(0);
  });

  it('brings back a deleted resource whose id the body names', async () => {
    await store.records.update(openAccess, draftOf(patient('revived'), 'PUT', 'pat-revived'), {}, context);
    await store.records.delete(openAccess, 'Patient', 'pat-revived', {}, context);
    const written = await store.records.conditional(openAccess, byIdentifier('Patient', 'revived'), context, () => ({
      do: 'create',
      draft: draftOf(patient('revived'), 'PUT', 'pat-revived'),
    }));
    expect(written).toMatchObject({ created: true, version: { id: 'pat-revived', version: 3 } });
    expect(await stored('revived')).toBe(1);
  });
});

describe('a conditional update', () => {
  it('makes one resource when 64 clients of two processes update one identity at once', async () => {
    const results = await Promise.all(
      Array.from({ length: 64 }, (_, i) =>
        either(i).conditional(
          openAccess,
          byIdentifier('Patient', 'u-64'),
          context,
          updateOrCreate('u-64', i % 3 ? 'male' : 'female'),
        ),
      ),
    );
    expect(new Set(results.map(({ version }) => version.id)).size).toBe(1);
    expect(results.filter(({ created }) => created)).toHaveLength(1);
    expect(await stored('u-64')).toBe(1);
  });

  it('loses no update that others make of its match without a condition', async () => {
    const { id } = await store.records.create(openAccess, draftOf(patient('race', { gender: 'other' })), context);
    const results = await Promise.all(
      Array.from({ length: 30 }, (_, i) => {
        const draft = draftOf(patient('race', { gender: 'unknown', birthDate: `1980-01-${10 + (i % 20)}` }), 'PUT', id);
        if (i % 2) return beside.records.update(openAccess, draft, {}, context);
        return store.records.conditional(openAccess, byIdentifier('Patient', 'race'), context, () => ({
          do: 'update',
          draft,
        }));
      }),
    );
    const versions = results.filter(({ changed }) => changed).map(({ version }) => version.version);
    expect(new Set(versions).size).toBe(versions.length);
    expect((await store.records.read(openAccess, 'Patient', id, context))!.version).toBe(1 + versions.length);
  });

  it('makes no version of what is stored already', async () => {
    await store.records.conditional(
      openAccess,
      byIdentifier('Patient', 'same'),
      context,
      updateOrCreate('same', 'male'),
    );
    trips.length = 0;
    const again = await store.records.conditional(
      openAccess,
      byIdentifier('Patient', 'same'),
      context,
      updateOrCreate('same', 'male'),
    );
    expect(again).toMatchObject({ created: false, changed: false, version: { version: 1 } });
    expect(trips).toHaveLength(2);
  });

  it('decides again when its match was deleted after it was found', async () => {
    const { id } = await store.records.create(openAccess, draftOf(patient('again')), context);
    const seen: number[] = [];
    const written = await store.records.conditional(
      openAccess,
      byIdentifier('Patient', 'again'),
      context,
      async (matches) => {
        seen.push(matches.length);
        if (matches.length > 0) await beside.records.delete(openAccess, 'Patient', id, {}, context);
        return updateOrCreate('again', 'female')(matches);
      },
    );
    expect(seen).toEqual([1, 0]);
    expect(written).toMatchObject({ created: true, version: { version: 1 } });
    expect(await stored('again')).toBe(1);
  });
});

describe('a conditional delete', () => {
  const one = (value: string): Criteria => byIdentifier('Patient', value);

  it('deletes the match', async () => {
    const { id } = await store.records.create(openAccess, draftOf(patient('gone-1')), context);
    expect(await store.records.deleteMatches(openAccess, one('gone-1'), 1, context)).toBe(1);
    expect((await store.records.read(openAccess, 'Patient', id, context))!.deleted).toBe(true);
    expect(await store.records.deleteMatches(openAccess, one('gone-1'), 1, context)).toBe(0);
  });

  it('deletes nothing where more match than may be deleted', async () => {
    for (let i = 0; i < 3; i++) await store.records.create(openAccess, draftOf(patient('gone-3')), context);
    expect(await fault(store.records.deleteMatches(openAccess, one('gone-3'), 2, context))).toMatchObject({
      kind: 'too-costly',
    });
    expect(await stored('gone-3')).toBe(3);
    expect(await store.records.deleteMatches(openAccess, one('gone-3'), 3, context)).toBe(3);
    expect(await stored('gone-3')).toBe(0);
  });

  it('deletes nothing where one of the matches is referred to', async () => {
    const versions = [];
    for (let i = 0; i < 2; i++)
      versions.push(await store.records.create(openAccess, draftOf(patient('kept')), context));
    await store.records.create(
      openAccess,
      draftOf({ resourceType: 'Observation', subject: { reference: `Patient/${versions[1]!.id}` } }),
      context,
    );
    expect(await fault(store.records.deleteMatches(openAccess, one('kept'), 5, context))).toMatchObject({
      kind: 'referenced',
    });
    expect(await stored('kept')).toBe(2);
  });

  it('deletes matches that refer only to each other', async () => {
    const { id } = await store.records.create(openAccess, draftOf(patient('pair')), context);
    const link = [{ other: { reference: `Patient/${id}` }, type: 'replaces' }];
    await store.records.create(openAccess, draftOf(patient('pair', { link })), context);
    expect(await store.records.deleteMatches(openAccess, one('pair'), 5, context)).toBe(2);
  });
});

it('finds the ids of many criteria in one trip', async () => {
  const { id } = await store.records.create(openAccess, draftOf(patient('m-1')), context);
  trips.length = 0;
  const found = await store.records.match(
    openAccess,
    [byIdentifier('Patient', 'm-1'), byIdentifier('Practitioner', 'm-1')],
    context,
  );
  expect(found).toEqual([[id], []]);
  expect(trips).toHaveLength(1);
});

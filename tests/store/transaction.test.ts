import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Fault, openAccess } from '../../resources/index.ts';
import type { Write } from '../../store/records.ts';
import { testDatabase } from '../setup/database.ts';
import { byIdentifier, draftOf, patient, testContext } from './double.ts';
import { first, openTestStore } from './postgres.ts';

const connection = await testDatabase();
const store = await openTestStore({ connection });
const beside = await openTestStore({ connection, sequencer: false });
const { records } = store;
const trips: unknown[] = [];
const context = testContext(trips);

const fault = (promise: Promise<unknown>): Promise<Fault> =>
  promise.then(
    () => expect.fail('nothing was refused'),
    (error) => error,
  );
const create = (resource: object): Write => ({ do: 'create', content: records.prepare(draftOf(resource)) });
const update = (resource: object, id: string): Write => ({
  do: 'update',
  content: records.prepare(draftOf(resource, 'PUT', id)),
});
const remove = (id: string): Write => ({ do: 'delete', type: 'Patient', id });
const commit = (...writes: Write[]) => records.commit(openAccess, { guards: [], writes }, context);
const version = async (id: string) => (await records.read(openAccess, 'Patient', id, context))?.version;

describe('a set of writes', () => {
  it('writes all of it, results in order, in two trips', async () => {
    await commit(update(patient('a1'), 'a1'), update(patient('a2'), 'a2'));
    trips.length = 0;
    const results = await commit(
      create(patient('a3')),
      update(patient('a1b'), 'a1'),
      update(patient('a4'), 'a4'),
      update(patient('a2'), 'a2'),
    );
    expect(results).toMatchObject([
      { created: true, version: { version: 1 } },
      { created: false, changed: true, version: { id: 'a1', version: 2 } },
      { created: true, changed: true, version: { id: 'a4', version: 1 } },
      { created: false, changed: false, version: { id: 'a2', version: 1 } },
    ]);
    expect(trips).toHaveLength(2);
  });

  it('takes three trips where something is deleted', async () => {
    await commit(update(patient('b1'), 'b1'));
    trips.length = 0;
    const results = await commit(remove('b1'), remove('never-was'), create(patient('b2')));
    expect(results).toMatchObject([{ version: { deleted: true, version: 2 } }, undefined, { created: true }]);
    expect(trips).toHaveLength(3);
  });

  it('updates what another set created since it was read', async () => {
    for (let round = 0; round < 12; round++) {
      const ids = ['x', 'y', 'z'].map((letter) => `met-${letter}-${round}`);
      const sets = Array.from({ length: 8 }, (_, i) => (i % 2 === 0 ? ids : [...ids].reverse()));
      await Promise.all(
        sets.map((order, i) =>
          (i < 4 ? records : beside.records).commit(
            openAccess,
            { guards: [], writes: order.map((id) => update(patient(`${id}-${i}`), id)) },
            context,
          ),
        ),
      );
      expect(await Promise.all(ids.map(version))).toEqual([8, 8, 8]);
    }
  });

  it('is refused where an id that must be new is taken, also beside one that is free', async () => {
    await commit(update(patient('taken'), 'taken'));
    const again: Write = { do: 'create', content: records.prepare(draftOf(patient('taken-2'), 'PUT', 'taken')) };
    expect(await fault(commit(again, update(patient('free'), 'free')))).toMatchObject({ kind: 'conflict' });
    expect(await version('free')).toBeUndefined();
  });

  it('writes nothing of it where one write may not be done', async () => {
    await commit(update(patient('c1'), 'c1'));
    const stale: Write = { ...update(patient('c1b'), 'c1'), condition: { ifMatch: 9 } } as Write;
    expect(await fault(commit(create(patient('c-never')), stale))).toMatchObject({ kind: 'version-conflict' });
    expect(await first(connection, `select count(*)::int from x_id where v = 'c-never'`)).toBe(0);
    expect(await version('c1')).toBe(1);
  });

  it('deletes together what refers to each other, and refuses what others refer to', async () => {
    const visit = (id: string): Write => ({
      do: 'update',
      content: records.prepare(
        draftOf({ resourceType: 'Observation', id: 'visit', subject: { reference: `Patient/${id}` } }, 'PUT'),
      ),
    });
    await commit(update(patient('d1'), 'd1'), visit('d1'));
    const error = await fault(commit(remove('d1')));
    expect(error).toMatchObject({ kind: 'referenced' });
    expect(error.message).toContain('Observation/visit');
    expect(await version('d1')).toBe(1);
    // Moved in the same transaction, so nothing refers to it any more.
    await commit(update(patient('d2'), 'd2'), visit('d2'), remove('d1'));
    expect(await version('d1')).toBe(2);
    await commit(remove('d2'), { do: 'delete', type: 'Observation', id: 'visit' });
    expect(await version('d2')).toBe(2);
  });

  it('refuses a deletion of what refers since a moment ago, of a type that never did, written by another process', async () => {
    await commit(update(patient('d3'), 'd3'));
    for (const type of ['Flag', 'Basic', 'Communication']) {
      const refers = { resourceType: type, subject: { reference: 'Patient/d3' } };
      const { id } = await beside.records.create(openAccess, draftOf(refers), context);
      const error = await fault(commit(remove('d3'), update(patient('d4'), 'd4')));
      expect(error.message).toBe(`Patient/d3 cannot be deleted: ${type}/${id} refers to it.`);
      await beside.records.delete(openAccess, type, id, {}, context);
    }
    await commit(remove('d3'));
    expect(await version('d3')).toBe(2);
  });

  it('refuses a deletion of what something in the same set refers to', async () => {
    await commit(update(patient('e1'), 'e1'));
    const referrer = create({ resourceType: 'Observation', subject: { reference: 'Patient/e1' } });
    expect(await fault(commit(remove('e1'), referrer))).toMatchObject({ kind: 'referenced' });
    expect(await version('e1')).toBe(1);
  });

  it('refuses a resource that is written twice', async () => {
    expect(await fault(commit(update(patient('f'), 'f1'), remove('f1')))).toMatchObject({ kind: 'invalid-request' });
  });

  it('is stale where a guard selects something else than it did, and writes nothing', async () => {
    const guard = (ids: string[]) => [{ criteria: byIdentifier('Patient', 'g1'), ids }];
    const writes = () => [create(patient('g1'))];
    const [made] = (await records.commit(openAccess, { guards: guard([]), writes: writes() }, context)) as any[];
    expect(await records.commit(openAccess, { guards: guard([]), writes: writes() }, context)).toBe('stale');
    expect(await first(connection, `select count(*)::int from x_id where v = 'g1'`)).toBe(1);
    const kept = await records.commit(
      openAccess,
      { guards: guard([made.version.id]), writes: [create(patient('g2'))] },
      context,
    );
    expect(kept).toMatchObject([{ created: true }]);
  });

  it('stores one identity when many sets guarded by it are committed at once', async () => {
    const results = await Promise.all(
      Array.from({ length: 24 }, (_, i) =>
        (i % 2 ? records : beside.records).commit(
          openAccess,
          {
            guards: [{ criteria: byIdentifier('Patient', 'h1'), ids: [] }],
            writes: [create(patient('h1')), create(patient('h-mate'))],
          },
          context,
        ),
      ),
    );
    expect(results.filter((result) => result !== 'stale')).toHaveLength(1);
    expect(await first(connection, `select count(*)::int from x_id where v = 'h1'`)).toBe(1);
    expect(await first(connection, `select count(*)::int from x_id where v = 'h-mate'`)).toBe(1);
  });

  it('creates one resource when several sets bring the same new id at once', async () => {
    const results = await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        (i % 2 ? records : beside.records).commit(
          openAccess,
          { guards: [], writes: [update(patient(`i-${i}`), 'i1')] },
          context,
        ),
      ),
    );
    expect(results.flat().filter((result) => typeof result === 'object' && result?.created)).toHaveLength(1);
    expect(await version('i1')).toBe(8);
  });

  it('writes thousands of resources', async () => {
    const writes = Array.from({ length: 3000 }, (_, i) => create(patient(`big-${i}`)));
    const results = await commit(...writes);
    expect(results).toHaveLength(3000);
    expect(await first(connection, `select count(*)::int from x_id where v like 'big-%'`)).toBe(3000);
  });
});

it('tells no caller of a deadlock, in whatever order sets name the same resources', async () => {
  const ids = ['p1', 'p2', 'p3', 'p4'];
  await commit(...ids.map((id) => update(patient(id), id)));
  let run = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.tuple(
          fc.shuffledSubarray(ids, { minLength: 1 }),
          fc.constantFrom('set', 'single', 'conditional'),
          fc.boolean(),
        ),
        { minLength: 4, maxLength: 12 },
      ),
      async (callers) => {
        run++;
        const before = await Promise.all(ids.map(version));
        let writes = 0;
        await Promise.all(
          callers.map(async ([targets, kind, here], n) => {
            const { records: on } = here ? store : beside;
            const content = (id: string) => patient(id, { language: `r${run}-${n}` });
            if (kind === 'set') {
              writes += targets.length;
              await on.commit(
                openAccess,
                { guards: [], writes: targets.map((id) => update(content(id), id)) },
                context,
              );
            } else if (kind === 'single') {
              writes++;
              await on.update(openAccess, draftOf(content(targets[0]!), 'PUT', targets[0]!), {}, context);
            } else {
              writes++;
              const [id] = targets as [string];
              await on.conditional(openAccess, byIdentifier('Patient', id), context, () => ({
                do: 'update',
                draft: draftOf(content(id), 'PUT', id),
              }));
            }
          }),
        );
        const after = await Promise.all(ids.map(version));
        expect(after.reduce((sum, v) => sum! + v!, 0)! - before.reduce((sum, v) => sum! + v!, 0)!).toBe(writes);
      },
    ),
    { numRuns: 25 },
  );
});

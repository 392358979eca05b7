import { describe, expect, it } from 'vitest';
import { type Fault, openAccess } from '../../resources/index.ts';
import type { HistoryRequest, HistoryScope } from '../../store/history.ts';
import { testDatabase } from '../setup/database.ts';
import { draftOf, patient, testContext } from './double.ts';
import { hold, openTestStore } from './postgres.ts';

const store = await openTestStore({ connection: await testDatabase(), sequencer: false });
const { records } = store;
const trips: unknown[] = [];
const context = testContext(trips);
let clock = Date.parse('2026-03-01T08:00:00Z');
/** Each write a second later than the one before. */
const ticking = { ...context, now: () => (clock += 1000) };

const put = (id: string, more: object = {}, type = 'Patient') =>
  records.update(openAccess, draftOf({ ...patient(id, more), resourceType: type, id }, 'PUT'), {}, ticking);
const names = (versions: readonly { type: string; id: string; version: number }[]) =>
  versions.map(({ type, id, version }) => `${type}/${id}/${version}`);

async function walk(
  scope: HistoryScope,
  request: HistoryRequest,
  between: () => Promise<unknown> = async () => {},
): Promise<string[]> {
  const seen: string[] = [];
  for (let after: string | undefined; ; ) {
    const page = await records.history(openAccess, scope, { ...request, after }, context);
    seen.push(...names(page.versions));
    if (page.next === undefined) return seen;
    after = page.next;
    await between();
  }
}

describe('history of an instance', () => {
  it('tells its versions newest first, deletions included, in one trip', async () => {
    await put('h1');
    await put('h1', { gender: 'male' });
    await records.delete(openAccess, 'Patient', 'h1', {}, ticking);
    await put('h1', { gender: 'female' });
    trips.length = 0;
    const page = await records.history(openAccess, { type: 'Patient', id: 'h1' }, { count: 10 }, context);
    expect(trips).toHaveLength(1);
    expect(names(page.versions)).toEqual(['Patient/h1/4', 'Patient/h1/3', 'Patient/h1/2', 'Patient/h1/1']);
    expect(page.versions.map(({ method }) => method)).toEqual(['PUT', 'DELETE', 'PUT', 'PUT']);
    expect(page.versions[1]).toMatchObject({ deleted: true, text: '' });
    expect([page.total, page.next]).toEqual([4, undefined]);
  });

  it('neither skips nor repeats while new versions are written', async () => {
    let n = 0;
    const seen = await walk({ type: 'Patient', id: 'h1' }, { count: 1 }, () => put('h1', { language: `l${n++}` }));
    expect(seen).toEqual(['Patient/h1/4', 'Patient/h1/3', 'Patient/h1/2', 'Patient/h1/1']);
  });

  it('is empty for what never was', async () => {
    expect(await records.history(openAccess, { type: 'Patient', id: 'nobody' }, { count: 10 }, context)).toEqual({
      versions: [],
      total: 0,
    });
  });
});

describe('history of a type and of the system', () => {
  it('neither skips nor repeats while others write, also what commits late', async () => {
    const database = await testDatabase();
    const own = await openTestStore({ connection: database, sequencer: false });
    const write = (id: string, type = 'Patient', more: object = {}) =>
      own.records.update(openAccess, draftOf({ ...patient(id, more), resourceType: type, id }, 'PUT'), {}, ticking);
    const expected: string[] = [];
    for (let i = 0; i < 12; i++) {
      await write(`t${i}`);
      await write(`t${i}`, 'Practitioner');
      expected.unshift(`Practitioner/t${i}/1`, `Patient/t${i}/1`);
    }
    // Began before the first page, and is committed in the middle of the walk, with a time in its middle.
    const late = await hold(
      database,
      `insert into ver (type, id, ver, sk, tx, last_updated, method, ac, sens, resource)
       select type, 'late', 1, sk, tx(), last_updated + interval '1 ms', method, ac, sens, resource from ver where id = 't5'`,
    );
    const seen: string[] = [];
    for (let after: string | undefined, n = 0; ; n++) {
      const page = await own.records.history(openAccess, {}, { count: 5, after }, context);
      seen.push(...names(page.versions));
      if (page.next === undefined) break;
      after = page.next;
      if (n === 1) await late();
      await write(`new${n}`);
      await write('t0', 'Patient', { language: `l${n}` });
    }
    expect(seen).toEqual(expected);
    // A walk that begins now has it.
    expect(
      names((await own.records.history(openAccess, { type: 'Practitioner' }, { count: 100 }, context)).versions),
    ).toContain('Practitioner/late/1');
  });

  it('keeps versions of the same moment apart by type, id and version', async () => {
    const still = { ...context, now: () => Date.parse('2027-01-01T00:00:00Z') };
    for (const type of ['Organization', 'Location']) {
      for (const id of ['same-a', 'same-b'])
        await records.update(openAccess, draftOf({ resourceType: type, id, name: 'x' }, 'PUT'), {}, still);
    }
    const seen = (await walk({}, { count: 1, since: '2027-01-01T00:00:00Z' })).sort();
    expect(seen).toEqual(['Location/same-a/1', 'Location/same-b/1', 'Organization/same-a/1', 'Organization/same-b/1']);
  });

  it('tells types without a partition of their own', async () => {
    await records.update(
      openAccess,
      draftOf({ resourceType: 'Basic', id: 'b1', code: { text: 'x' } }, 'PUT'),
      {},
      ticking,
    );
    expect(names((await records.history(openAccess, { type: 'Basic' }, { count: 5 }, context)).versions)).toEqual([
      'Basic/b1/1',
    ]);
    expect(names((await records.history(openAccess, { type: 'Account' }, { count: 5 }, context)).versions)).toEqual([]);
  });

  it('shows a caller only types that a grant covers', async () => {
    const access = { actor: 'Practitioner/7', grants: [{ types: ['Basic'], verbs: ['read'] as const }] };
    const page = await records.history(access, {}, { count: 50 }, context);
    expect(names(page.versions)).toEqual(['Basic/b1/1']);
    expect((await records.history(access, { type: 'Patient' }, { count: 50 }, context)).versions).toEqual([]);
  });

  it('counts without giving versions', async () => {
    expect(await records.history(openAccess, { type: 'Basic' }, { count: 5, countOnly: true }, context)).toEqual({
      versions: [],
      total: 1,
    });
  });
});

describe('_since and _at', () => {
  it('leave out what is older, and what was not current', async () => {
    clock = Date.parse('2026-06-01T08:00:00Z');
    await put('time', { gender: 'male' }); // 08:00:01
    await put('time', { gender: 'female' }); // 08:00:02
    await put('time', { gender: 'other' }); // 08:00:03
    const scope = { type: 'Patient', id: 'time' };
    const versions = async (request: Partial<HistoryRequest>) =>
      (await records.history(openAccess, scope, { count: 10, ...request }, context)).versions.map(
        ({ version }) => version,
      );
    expect(await versions({ since: '2026-06-01T08:00:02Z' })).toEqual([3, 2]);
    expect(await versions({ at: '2026-06-01T08:00:02.500Z' })).toEqual([2]);
    expect(await versions({ at: '2026-06-01T08:00:00Z' })).toEqual([]);
    expect(await versions({ at: '2026-06-01' })).toEqual([3, 2, 1]);
    expect(await versions({ at: '2026-07-01' })).toEqual([3]);
  });

  it('refuse what is no time', async () => {
    const error: Fault = await records.history(openAccess, {}, { count: 5, since: 'yesterday' }, context).then(
      () => expect.fail(),
      (thrown) => thrown,
    );
    expect(error).toMatchObject({ kind: 'invalid-value', status: 400 });
    expect(error.findings[0]!.expression).toBe('_since');
  });
});

describe('a continuation', () => {
  it('is refused when it was changed, and where it belongs to another history', async () => {
    const { next } = await records.history(openAccess, { type: 'Patient' }, { count: 1 }, context);
    const changed = `${next!.slice(0, -3)}AAA`;
    for (const [scope, after] of [
      [{ type: 'Patient' }, changed],
      [{ type: 'Patient' }, ''],
      [{ type: 'Organization' }, next!],
      [{}, next!],
    ] as const) {
      const error: Fault = await records.history(openAccess, scope, { count: 1, after }, context).then(
        () => expect.fail(),
        (thrown) => thrown,
      );
      expect(error).toMatchObject({ kind: 'invalid-value', status: 400 });
    }
  });
});

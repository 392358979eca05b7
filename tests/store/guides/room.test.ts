import { describe, expect, it } from 'vitest';
import { openAccess, parseJson, systemAccess } from '../../../resources/index.ts';
import { meantFirst, type Store } from '../../../store/index.ts';
import { testContext } from '../../setup/context.ts';
import { testDatabase } from '../../setup/database.ts';
import { faultFrom } from '../../setup/fault.ts';
import { another, put, settled } from '../parameters/stores.ts';
import { rows } from '../postgres.ts';
import { BASE, guide, parameter, valueSet } from './guides.ts';

const context = testContext();
const connection = await testDatabase();

/** What a canonical without a version means. */
async function meant(store: Store, id: string): Promise<string | undefined> {
  const names = [{ type: 'ValueSet', url: `${BASE}/ValueSet/${id}` }] as const;
  const found = await store.definitions.find(systemAccess('test'), names, context);
  return found.toSorted(meantFirst)[0]?.resource.version;
}

const read = async (store: Store, id: string, type = 'ValueSet') => {
  const version = await store.records.read(openAccess, type, id, context);
  return version?.deleted === false ? JSON.parse(version.text) : undefined;
};

describe('add', () => {
  it('stores what a package brings, once', async () => {
    const store = await another(connection, false);
    const diets = guide('diets', '1.0.0', [valueSet('vegan', '1.0.0'), valueSet('halal', '1.0.0')]);
    expect(await store.guides.add(diets, context)).toEqual({
      did: 'installed',
      written: 2,
      deleted: 0,
      changed: [],
      there: [],
      shared: 0,
      unpinned: 0,
    });
    expect(await read(store, 'vegan')).toMatchObject({ url: `${BASE}/ValueSet/vegan`, meta: { versionId: '1' } });
    expect(await store.guides.add(diets, context)).toMatchObject({ did: 'nothing', written: 0 });
    expect(await store.guides.list(context)).toMatchObject([
      { name: 'diets', version: '1.0.0', members: 2, pinned: 2, changed: [], depends: {} },
    ]);
    expect((await read(store, 'vegan')).meta.versionId).toBe('1');
  });

  it('is seen by other processes soon', async () => {
    const [here, there] = [await another(connection, false), await another(connection, false)];
    const before = there.definitions.generation('ValueSet');
    await here.guides.add(guide('seen', '1.0.0', [valueSet('seen', '1.0.0')]), context);
    await expect.poll(() => there.definitions.generation('ValueSet'), { interval: 2 }).toBeGreaterThan(before);
    expect(await meant(there, 'seen')).toBe('1.0.0');
  });

  it('leaves nothing behind where one member is refused, and where another one is taken', async () => {
    const store = await another(connection, false);
    const [good, bad] = guide('bad', '1.0.0', [valueSet('good', '1.0.0'), valueSet('bad', '1.0.0')]).members;
    const refused = {
      ...bad!,
      draft: () => {
        throw new Error('It is no ValueSet.');
      },
    };
    const broken = { ...guide('bad', '1.0.0', []), members: [good!, refused] };
    await expect(store.guides.add(broken, context)).rejects.toThrow('It is no ValueSet.');
    // Somebody takes the id between the decision and the write.
    const racing = { ...bad!, draft: (id: string) => ({ ...bad!.draft(id, new Map()), id: 'vegan' }) };
    await expect(store.guides.add({ ...broken, members: [good!, racing] }, context)).rejects.toThrow();
    expect(await read(store, 'good')).toBe(undefined);
    expect((await store.guides.list(context)).map(({ name }) => name)).not.toContain('bad');
    expect(await store.guides.add(guide('bad', '1.0.0', [valueSet('good', '1.0.0')]), context)).toMatchObject({
      written: 1,
    });
  });

  it('brings the same version in another state: what is new, what changed, and without what is gone', async () => {
    const store = await another(connection, false);
    const some = (...ids: string[]) => ids.map((id) => valueSet(id, '1.0.0'));
    await store.guides.add(guide('drafted', '1.0.0', some('d1', 'd2', 'd3')), context);
    const next = [valueSet('d1', '1.0.0', { title: 'Other' }), ...some('d2', 'd4')];
    expect(await store.guides.add(guide('drafted', '1.0.0', next), context)).toMatchObject({
      did: 'replaced',
      written: 2,
      deleted: 1,
    });
    expect((await read(store, 'd1')).title).toBe('Other');
    expect((await read(store, 'd2')).meta.versionId).toBe('1');
    expect([await read(store, 'd3'), (await read(store, 'd4')).id]).toEqual([undefined, 'd4']);
  });

  it('lets be what somebody changed, deleted or stored himself, and tells of it', async () => {
    const store = await another(connection, false);
    const own = [valueSet('h1', '1.0.0'), valueSet('h2', '1.0.0')];
    await store.guides.add(guide('hand', '1.0.0', own), context);
    await put(store, valueSet('h1', '1.0.0', { title: 'By hand' }));
    await store.records.delete(openAccess, 'ValueSet', 'h2', {}, context);
    await put(store, valueSet('mine', '1.0.0', { url: `${BASE}/ValueSet/h3` }));
    const told = await store.guides.add(guide('hand', '1.0.0', own), context);
    expect(told).toMatchObject({ did: 'nothing', changed: [{ id: 'h1' }, { id: 'h2' }] });
    const next = [...own.map((one) => ({ ...one, publisher: 'Hospital' })), valueSet('h3', '1.0.0')];
    expect(await store.guides.add(guide('hand', '1.0.0', next), context)).toMatchObject({
      did: 'replaced',
      written: 0,
      changed: [{ id: 'h1' }, { id: 'h2' }],
      there: [{ id: 'mine', of: undefined }],
    });
    expect((await read(store, 'h1')).title).toBe('By hand');
    expect(await read(store, 'h2')).toBe(undefined);
  });

  it('makes one change after the other where two processes add at the same time', async () => {
    const stores = await Promise.all([1, 2, 3].map(() => another(connection, false)));
    const same = guide('twice', '1.0.0', [valueSet('t1', '1.0.0'), valueSet('t2', '1.0.0')]);
    const done = await Promise.all(stores.map((store) => store.guides.add(same, context)));
    expect(done.map(({ did }) => did).sort()).toEqual(['installed', 'nothing', 'nothing']);
  });
});

describe('versions side by side', () => {
  it('mean the one that was there first until another one is pinned', async () => {
    const store = await another(connection, false);
    await store.guides.add(guide('sided', '1.0.0', [valueSet('s1', '1.0.0'), valueSet('s2', '1.0.0')]), context);
    const two = guide('sided', '2.0.0', [valueSet('s1', '2.0.0'), valueSet('s3', '2.0.0')]);
    expect(await store.guides.add(two, context)).toMatchObject({ written: 2, unpinned: 1 });
    expect((await read(store, 's1-2.0.0')).version).toBe('2.0.0');
    expect([await meant(store, 's1'), await meant(store, 's3')]).toEqual(['1.0.0', '2.0.0']);
    expect(await store.guides.pin('sided', '2.0.0', context)).toBe(1);
    expect([await meant(store, 's1'), await meant(store, 's2')]).toEqual(['2.0.0', '1.0.0']);
    expect(await store.guides.pin('sided', '2.0.0', context)).toBe(0);
  });

  it('mean what is left when the pinned one is removed', async () => {
    const store = await another(connection, false);
    await store.guides.add(guide('left', '1.0.0', [valueSet('l1', '1.0.0')]), context);
    await store.guides.add(guide('left', '2.0.0', [valueSet('l1', '2.0.0')]), context);
    await store.guides.add(guide('left', '3.0.0', [valueSet('l1', '3.0.0')]), context);
    await store.guides.remove('left', '1.0.0', context);
    expect(await meant(store, 'l1')).toBe('2.0.0');
  });

  it('search by the parameter of the pinned version only', async () => {
    const store = await another(connection);
    const state = () =>
      store.parameters
        .states()
        .flatMap(({ id, state, reason }) => (id.startsWith('kin') && state !== 'removing' ? [[id, state, reason]] : []))
        .sort();
    await store.guides.add(guide('kin', '1.0.0', [parameter('kin', '1.0.0')]), context);
    await store.guides.add(guide('kin', '2.0.0', [parameter('kin', '2.0.0')]), context);
    await settled(store);
    const unused = (version: string) => `It came with kin@${version}, of which another version is pinned.`;
    expect(state()).toEqual([
      ['kin', 'active', ''],
      ['kin-2.0.0', 'unused', unused('2.0.0')],
    ]);
    await store.guides.pin('kin', '2.0.0', context);
    await settled(store);
    expect(state()).toEqual([
      ['kin', 'unused', unused('1.0.0')],
      ['kin-2.0.0', 'active', ''],
    ]);
    await store.guides.remove('kin', '2.0.0', context);
    await settled(store);
    expect(state()).toEqual([['kin', 'active', '']]);
  });
});

describe('remove', () => {
  it('deletes what the package brought, and only that', async () => {
    const store = await another(connection, false);
    await put(store, valueSet('others', '1.0.0'));
    await store.guides.add(guide('gone', '1.0.0', [valueSet('g1', '1.0.0'), valueSet('g2', '1.0.0')]), context);
    await put(store, valueSet('g2', '1.0.0', { title: 'By hand' }));
    expect(await store.guides.remove('gone', undefined, context)).toMatchObject({
      deleted: 1,
      changed: [{ id: 'g2' }],
    });
    expect([await read(store, 'g1'), (await read(store, 'g2')).title]).toEqual([undefined, 'By hand']);
    expect((await read(store, 'others')).id).toBe('others');
    expect((await store.guides.list(context)).map(({ name }) => name)).not.toContain('gone');
    expect(await rows(connection, `select * from guide_pin where id in ('g1', 'g2')`)).toEqual([]);
    expect(await store.guides.add(guide('gone', '1.0.0', [valueSet('g1', '1.0.0')]), context)).toMatchObject({
      written: 1,
    });
    expect((await read(store, 'g1')).meta.versionId).toBe('3');
  });

  it('keeps what two guides brought until both are gone', async () => {
    const store = await another(connection, false);
    const common = valueSet('common', '1.0.0');
    await store.guides.add(guide('one', '1.0.0', [common]), context);
    expect(await store.guides.add(guide('two', '1.0.0', [common]), context)).toMatchObject({ written: 0, shared: 1 });
    expect(await store.guides.add(guide('three', '1.0.0', [{ ...common, title: 'Other' }]), context)).toMatchObject({
      there: [{ id: 'common', of: expect.stringMatching(/^(one|two)@1\.0\.0$/) }],
    });
    expect(await store.guides.remove('one', undefined, context)).toMatchObject({ deleted: 0, shared: 1 });
    expect(await store.guides.remove('three', undefined, context)).toMatchObject({ deleted: 0, shared: 1 });
    expect(await store.guides.remove('two', undefined, context)).toMatchObject({ deleted: 1, shared: 0 });
  });

  it('refuses what another guide depends on', async () => {
    const store = await another(connection, false);
    await store.guides.add(guide('base', '1.0.0', [valueSet('b1', '1.0.0')]), context);
    await store.guides.add(guide('upper', '1.0.0', [valueSet('u1', '1.0.0')], { base: '1.0.x' }), context);
    const fault = await faultFrom(store.guides.remove('base', undefined, context));
    expect(fault).toMatchObject({ kind: 'referenced', message: 'base@1.0.0 is needed by upper@1.0.0.' });
    await store.guides.remove('upper', undefined, context);
    expect(await store.guides.remove('base', undefined, context)).toMatchObject({ deleted: 1 });
  });

  it("refuses what somebody's own definition names, for as long as nothing else has that name", async () => {
    const store = await another(connection, false);
    await store.guides.add(guide('named', '1.0.0', [valueSet('n1', '1.0.0'), valueSet('n2', '1.0.0')]), context);
    await store.guides.add(guide('named', '2.0.0', [valueSet('n2', '2.0.0')]), context);
    const mine = (valueSets: string[]) => valueSet('own', '1.0.0', { compose: { include: [{ valueSet: valueSets }] } });
    await put(store, mine([`${BASE}/ValueSet/n1`]));
    expect(await faultFrom(store.guides.remove('named', '1.0.0', context))).toMatchObject({
      kind: 'referenced',
      message: 'named@1.0.0 is needed by ValueSet/own.',
      findings: [{ hint: `It names ${BASE}/ValueSet/n1. Change or delete what needs it first.` }],
    });
    await put(store, mine([`${BASE}/ValueSet/n2|1.0.0`]));
    expect((await faultFrom(store.guides.remove('named', '1.0.0', context))).kind).toBe('referenced');
    await put(store, mine([`${BASE}/ValueSet/n2`]));
    expect(await store.guides.remove('named', '1.0.0', context)).toMatchObject({ deleted: 2 });
  });

  it('refuses what a stored resource refers to, as a whole', async () => {
    const store = await another(connection, false);
    const id = 'referred';
    await store.guides.add(guide('referred', '1.0.0', [valueSet(id, '1.0.0'), valueSet('aside', '1.0.0')]), context);
    const list = {
      resourceType: 'List',
      id: 'l',
      status: 'current',
      mode: 'working',
      entry: [{ item: { reference: `ValueSet/${id}` } }],
    };
    await store.records.update(
      openAccess,
      {
        type: 'List',
        id: 'l',
        method: 'PUT',
        parsed: parseJson(JSON.stringify(list)),
        references: [{ reference: `ValueSet/${id}` }],
      },
      {},
      context,
    );
    expect((await faultFrom(store.guides.remove('referred', undefined, context))).kind).toBe('referenced');
    expect((await read(store, 'aside')).id).toBe('aside');
    expect((await store.guides.list(context)).map(({ name }) => name)).toContain('referred');
  });

  it('tells what there is where it is asked for something else', async () => {
    const store = await another(connection, false);
    await store.guides.add(guide('asked.core', '1.0.0', []), context);
    await store.guides.add(guide('asked.core', '2.0.0', []), context);
    const fault = (name: string, version?: string) => faultFrom(store.guides.remove(name, version, context));
    const hint = async (name: string, version?: string) => (await fault(name, version)).findings[0]!.hint;
    expect(await hint('asked.cor')).toBe('Did you mean asked.core?');
    expect(await hint('asked.core', '3.0.0')).toBe('There is asked.core@1.0.0, asked.core@2.0.0.');
    expect(await hint('asked.core')).toBe('Say which: asked.core@1.0.0 or asked.core@2.0.0.');
    expect((await faultFrom(store.guides.pin('never', '1.0.0', context))).kind).toBe('not-found');
  });
});

import { describe, expect, it } from 'vitest';
import { Fault, openAccess } from '../../resources/index.ts';
import type { Prepared, Revision, Version } from '../../store/records.ts';
import { testDatabase } from '../setup/database.ts';
import { byIdentifier, draftOf, patient, testContext } from './double.ts';
import { openTestStore } from './postgres.ts';

const connection = await testDatabase();
const store = await openTestStore({ connection });
const beside = await openTestStore({ connection, sequencer: false });
const { records } = store;
const trips: unknown[] = [];
const context = testContext(trips);

const contentOf = (resource: object, id: string): Prepared => records.prepare(draftOf(resource, 'PUT', id));
const put = (id: string, resource: object): Revision => ({ write: { do: 'update', content: contentOf(resource, id) } });
const revise = (id: string, decide: (current: Version | undefined) => Revision, at = records) =>
  at.revise(openAccess, { type: 'Patient', id, guards: [] }, context, decide);
const current = (id: string) => records.read(openAccess, 'Patient', id, context);
const note = (about: string): Prepared =>
  records.prepare(draftOf({ resourceType: 'Basic', code: { text: about } }, 'POST'));
const notes = async () =>
  (await records.history(openAccess, { type: 'Basic' }, { count: 1, countOnly: true }, context)).total;

describe('a revision', () => {
  it('is decided on the newest version, a deletion included, and makes the next', async () => {
    const seen: (number | undefined)[] = [];
    const once = (more: object) =>
      revise('r1', (before) => {
        seen.push(before?.version);
        return put('r1', { ...patient('r1'), ...more });
      });
    expect(await once({})).toMatchObject({ created: true, version: { version: 1 } });
    expect(await once({ gender: 'male' })).toMatchObject({ created: false, changed: true, version: { version: 2 } });
    await records.delete(openAccess, 'Patient', 'r1', {}, context);
    expect(await once({})).toMatchObject({ created: true, version: { version: 4 } });
    expect(new Set(seen)).toEqual(new Set([undefined, 1, 3]));
  });

  it('may come to nothing, or to a deletion', async () => {
    await revise('r2', () => put('r2', patient('r2')));
    expect(await revise('r2', () => put('r2', patient('r2')))).toMatchObject({ changed: false });
    const gone = () => revise('r2', () => ({ write: { do: 'delete', type: 'Patient', id: 'r2' } }));
    expect(await gone()).toMatchObject({ version: { deleted: true, version: 2 } });
    expect(await gone()).toBeUndefined();
  });

  it('stores what goes with it in the same transaction, and only where something changed', async () => {
    const before = (await notes())!;
    const versions: number[] = [];
    const once = () =>
      revise('r3', () => ({
        ...put('r3', patient('r3')),
        with: ({ version }) => {
          versions.push(version.version);
          return [note(`Patient/r3 at ${version.version}`)];
        },
      }));
    await once();
    await once();
    expect(new Set(versions)).toEqual(new Set([1]));
    expect(await notes()).toBe(before + 1);
  });

  it('leaves everything as it was where its decision throws or its condition does not hold', async () => {
    await revise('r4', () => put('r4', patient('r4')));
    const before = await notes();
    const refused = revise('r4', () => {
      throw new Fault('not-found', 'No such element.');
    });
    await expect(refused).rejects.toThrow('No such element.');
    const stale = revise('r4', () => ({
      write: { do: 'update', content: contentOf(patient('r4b'), 'r4'), condition: { ifMatch: 7 } },
      with: () => [note('never')],
    }));
    await expect(stale).rejects.toMatchObject({ kind: 'version-conflict' });
    expect((await current('r4'))!.version).toBe(1);
    expect(await notes()).toBe(before);
  });

  it('is given up where a guard selects another resource than it did', async () => {
    await revise('r5', () => put('r5', patient('r5')));
    const guards = [{ criteria: byIdentifier('Patient', 'r5'), ids: [] }];
    const done = await records.revise(openAccess, { type: 'Patient', id: 'r5-other', guards }, context, () =>
      put('r5-other', patient('r5')),
    );
    expect(done).toBe('stale');
    expect(await current('r5-other')).toBeUndefined();
  });

  it('is refused to a caller who may not write', async () => {
    const reader = { actor: 'Practitioner/1', grants: [{ types: '*', verbs: ['read', 'search'] }] } as const;
    const target = { type: 'Patient', id: 'r6', guards: [] };
    const refused = records.revise(reader, target, context, () => put('r6', patient('r6')));
    await expect(refused).rejects.toMatchObject({ kind: 'forbidden' });
    expect(await current('r6')).toBeUndefined();
  });

  it('takes two trips where it brings no identifiers', async () => {
    const bare = (gender: string) => put('r7', { resourceType: 'Patient', gender });
    await revise('r7', () => bare('male'));
    trips.length = 0;
    await revise('r7', () => bare('female'));
    expect(trips).toHaveLength(2);
  });
});

describe('many revisions of one resource, from two processes', () => {
  it('each build on the one before, beside updates and conditional updates', async () => {
    const count = 24;
    const add = (before: Version | undefined) => {
      const { multipleBirthInteger = 0 } = before ? JSON.parse(before.text) : {};
      return put('r8', { ...patient('r8'), multipleBirthInteger: multipleBirthInteger + 1 });
    };
    const others = Array.from({ length: count }, (_, i) =>
      records.update(
        openAccess,
        draftOf(patient('r8-neighbour', { gender: i % 2 ? 'male' : 'female' }), 'PUT', 'r8n'),
        {},
        context,
      ),
    );
    await Promise.all([
      ...others,
      ...Array.from({ length: count }, (_, i) => revise('r8', add, i % 2 ? records : beside.records)),
    ]);
    const last = (await current('r8'))!;
    expect(JSON.parse(last.text).multipleBirthInteger).toBe(count);
    expect(last.version).toBe(count);
  });
});

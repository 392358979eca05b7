import { describe, expect, it } from 'vitest';
import { openAccess } from '../../../resources/index.ts';
import type { Store } from '../../../store/index.ts';
import { testDatabase } from '../../setup/database.ts';
import { rows } from '../postgres.ts';
import { another, context, draftOf, parameter, patient, put, settled } from './stores.ts';

const connection = await testDatabase();

/** What the index says of each patient, beside what the resources say. */
async function compared(code: string): Promise<{ index: unknown[][]; resources: unknown[][] }> {
  const index = await rows(
    connection,
    `select r.id, x.raw from x_str x join res_patient r on r.rid = x.rid and not r.deleted
     where x.k = (select k from param where code = '${code}' and state = 'active') order by 1, 2`,
  );
  const resources = await rows(
    connection,
    `select r.id, c #>> '{name,family}' from res_patient r join ver_patient v on v.id = r.id and v.ver = r.ver,
       jsonb_array_elements(v.resource -> 'contact') c where not r.deleted order by 1, 2`,
  );
  return { index, resources };
}

/** Changes patients in every way that there is until it is told to stop. */
async function write(store: Store, own: string, isOver: () => boolean): Promise<number> {
  let count = 0;
  for (let n = 0; !isOver(); n++) {
    const id = `${own}-${n % 40}`;
    const shared = `shared-${n % 25}`;
    await Promise.all([
      put(store, patient(id, `Own ${own} ${n}`)).catch(onlyRaces),
      put(store, patient(shared, `Shared ${own} ${n % 3}`)).catch(onlyRaces),
      n % 7 === 3
        ? store.records.delete(openAccess, 'Patient', `shared-${(n + 5) % 25}`, {}, context).catch(onlyRaces)
        : undefined,
      n % 5 === 0 ? transact(store, `${own}-set-${n % 30}`, `Set ${n}`).catch(onlyRaces) : undefined,
    ]);
    count += 2;
  }
  return count;
}

function transact(store: Store, id: string, family: string) {
  const write = (one: string) =>
    ({ do: 'update', content: store.records.prepare(draftOf(patient(one, family))) }) as const;
  return store.records.commit(openAccess, { guards: [], writes: [write(`${id}-a`), write(`${id}-b`)] }, context);
}

/** Two processes that keep writing the same resource may tell one of them so. */
function onlyRaces(error: { kind?: string }): void {
  if (error.kind !== 'timeout' && error.kind !== 'version-conflict') throw error;
}

describe('activation while two processes write', () => {
  it('leaves an index that equals a slow evaluation of every resource, thrice', { timeout: 120_000 }, async () => {
    const first = await another(connection);
    const second = await another(connection);
    for (let n = 0; n < 600; n += 50) {
      await Promise.all(
        Array.from({ length: 50 }, (_, i) => put(first, patient(`before-${n + i}`, `Before ${n + i}`))),
      );
    }
    for (const round of [1, 2, 3]) {
      let isOver = false;
      const writing = [write(first, 'a', () => isOver), write(second, 'b', () => isOver)];
      await put(round === 2 ? second : first, parameter('contact-family', { title: `Round ${round}` }));
      await settled(first);
      isOver = true;
      const written = await Promise.all(writing);
      expect(Math.min(...written)).toBeGreaterThan(0);
      const { index, resources } = await compared('contact-family');
      expect(index).toEqual(resources);
      expect(index.length).toBeGreaterThan(600);
      // Taken down while they write, too: nothing of it is left, whoever wrote last.
      isOver = false;
      const later = [write(first, 'a', () => isOver), write(second, 'b', () => isOver)];
      await second.records.delete(openAccess, 'SearchParameter', 'contact-family', {}, context);
      await settled(second);
      isOver = true;
      await Promise.all(later);
      expect(await rows(connection, 'select count(*) from x_str where k < 0')).toEqual([['0']]);
    }
  });
});

describe('another process', () => {
  it('hears of a parameter, and searches by it when it is whole', async () => {
    const first = await another(connection);
    const second = await another(connection, false);
    await put(first, parameter('told', { expression: 'Patient.name.family' }));
    await settled(first);
    await expect.poll(() => second.parameters.of('Patient').get('told')?.custom?.building).toBe(undefined);
    await expect.poll(() => second.parameters.of('Patient').has('told')).toBe(true);
    await second.records.delete(openAccess, 'SearchParameter', 'told', {}, context);
    await expect.poll(() => first.parameters.of('Patient').has('told')).toBe(false);
  });
});

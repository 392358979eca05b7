import { afterAll, describe, expect, it } from 'vitest';
import { openAccess } from '../../../resources/index.ts';
import { openDatabase } from '../../../store/database.ts';
import { openWords, textFollow } from '../../../store/search/text-rows.ts';
import { TypeNumbers } from '../../../store/types.ts';
import { testDatabase } from '../../setup/database.ts';
import { faultFrom } from '../../setup/fault.ts';
import { draftOf, testContext } from '../double.ts';
import { first, hold, openTestStore, rows } from '../postgres.ts';

const connection = await testDatabase();
const store = await openTestStore({ connection, sequencer: false });
const database = openDatabase({ connection, applicationName: 'vesta test' });
afterAll(() => database.close());
const types = new TypeNumbers((await rows(connection, 'select n::text, name from type')) as string[][]);
const typeName = (n: string) => types.name(n);
const words = openWords(database.follow, typeName, 10_000);
const context = testContext();

const put = (id: string, text: string) => {
  const resource = {
    resourceType: 'Basic',
    id,
    code: { text },
    text: { status: 'generated', div: `<div>${text}</div>` },
  };
  return store.records.update(openAccess, draftOf(resource, 'PUT', id), {}, context);
};
const vectors = () =>
  rows(
    connection,
    'select r.id, x.ver, x.t::text from x_text x join res r on r.type = x.type and r.rid = x.rid order by r.id',
  );
const isPending = async () => (await database.searches.run([words.pending], context))[0]![0]![0] === 't';

describe('the words of what is stored', () => {
  it('are those of current versions, and none of what is deleted', async () => {
    await put('a', 'asthma');
    await put('a', 'bronchitis');
    await put('b', 'croup');
    expect(await isPending()).toBe(true);
    await words.catchUp(context);
    expect(await isPending()).toBe(false);
    expect(await vectors()).toEqual([
      ['a', 2, "'bronchitis':1A,3 'generated':5"],
      ['b', 1, "'croup':1A,3 'generated':5"],
    ]);
    await store.records.delete(openAccess, 'Basic', 'b', {}, context);
    expect(await isPending()).toBe(true);
    await words.catchUp(context);
    expect((await vectors()).map(([id]) => id)).toEqual(['a']);
    expect(await isPending()).toBe(false);
  });

  it('wait for no transaction that is still open, and do not miss what it commits later', async () => {
    const open = await hold(
      connection,
      `insert into ver (type, id, ver, sk, tx, last_updated, method, ac, sens, resource) select n, 'slow', 1, 0, tx(), now(), 2, 0, 0, '{"code":{"text":"dyspnoea"}}' from type where name = 'Basic'`,
      `insert into res (type, id, sk, rid, ver, lu) select n, 'slow', 0, 77, 1, now() from type where name = 'Basic'`,
    );
    await put('after', 'eczema');
    await words.catchUp(context);
    expect((await vectors()).map(([id]) => id)).toEqual(['a', 'after']);
    await open();
    expect(await isPending()).toBe(true);
    await words.catchUp(context);
    expect((await vectors()).map(([id]) => id)).toEqual(['a', 'after', 'slow']);
  });

  it('that take too long are a fault that says when to try again', async () => {
    await put('late', 'fever');
    const impatient = openWords({ use: async () => ({ complete: false, left: 4711, end: '9' }) as never }, typeName, 0);
    const fault = await faultFrom(impatient.catchUp(context));
    expect(fault).toMatchObject({ kind: 'timeout', status: 503, headers: { 'Retry-After': '10' } });
    expect(fault.message).toContain('4711 versions');
  });

  it('end the wait of a caller who has gone', async () => {
    const gone = new AbortController();
    const never = openWords({ use: () => new Promise<never>(() => {}) }, typeName, 10_000);
    const waiting = never.catchUp({ signal: gone.signal });
    gone.abort(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
  });

  it('are written in the background too', async () => {
    const running = await openTestStore({ connection });
    await expect.poll(() => first(connection, `select count(*)::int from x_text`), { timeout: 20_000 }).toBe(4);
    await running.close();
  });
});

it('is named and locked apart from others', () => {
  const { name, lock, ahead } = textFollow(typeName);
  expect([name, lock, ahead]).toEqual(['text', 7_268_003, true]);
});

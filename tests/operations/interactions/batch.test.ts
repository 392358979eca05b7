import { describe, expect, it } from 'vitest';
import type { Environment, Request } from '../../../operations/interaction.ts';
import { interaction } from '../../../operations/interactions/batch.ts';
import { Fault } from '../../../resources/index.ts';
import { testContext } from '../../setup/context.ts';
import { testEnvironment } from '../../setup/environment.ts';
import { faultFrom } from '../../setup/fault.ts';

type Entry = { request: { method: string; url: string }; resource?: object };

async function batch(entry: Entry[], perform: Environment['perform'], context = testContext(), prefer = {}) {
  const body = JSON.stringify({ resourceType: 'Bundle', type: 'batch', entry });
  const answer = await interaction.perform(
    { interaction: 'batch', query: [], headers: {}, prefer, body },
    testEnvironment({}, {}, perform),
    context,
  );
  return JSON.parse(answer.body!).entry as any[];
}

const get = (url: string): Entry => ({ request: { method: 'GET', url } });
const put = (id: string): Entry => ({
  request: { method: 'PUT', url: `Patient/${id}` },
  resource: { resourceType: 'Patient', id },
});
const remove = (url: string): Entry => ({ request: { method: 'DELETE', url } });

it('carries out deletes, creates, updates and reads in this order, and answers in the order of the entries', async () => {
  const done: string[] = [];
  const entries = [
    get('Patient/a'),
    { request: { method: 'POST', url: 'Patient/_search' } },
    put('b'),
    { request: { method: 'POST', url: 'Patient' }, resource: { resourceType: 'Patient' } },
    remove('Patient/c'),
  ];
  const told = await batch(entries, async ({ method, path }) => {
    done.push(`${method} ${path}`);
    return { status: 200, etag: `${method} ${path}` };
  });
  expect(done).toEqual(['DELETE Patient/c', 'POST Patient', 'PUT Patient/b', 'GET Patient/a', 'POST Patient/_search']);
  expect(told.map(({ response }) => response.etag)).toEqual([
    'GET Patient/a',
    'POST Patient/_search',
    'PUT Patient/b',
    'POST Patient',
    'DELETE Patient/c',
  ]);
});

it('does many at once, so that their writes share commits, but not all', async () => {
  let under = 0;
  let most = 0;
  await batch(
    Array.from({ length: 100 }, (_, i) => put(`p${i}`)),
    async () => {
      most = Math.max(most, ++under);
      await new Promise((resolve) => setImmediate(resolve));
      under--;
      return { status: 200 };
    },
  );
  expect(most).toBeGreaterThan(8);
  expect(most).toBeLessThan(100);
});

it('hands each entry the preferences of the whole, without resources unless they are asked for', async () => {
  const asked: Request['prefer'][] = [];
  const perform = async ({ prefer }: Request) => {
    asked.push(prefer);
    return { status: 200 };
  };
  await batch([put('a')], perform);
  await batch([put('a')], perform, testContext(), { return: 'representation', handling: 'lenient' });
  expect(asked).toEqual([{ return: 'minimal' }, { return: 'representation', handling: 'lenient' }]);
});

describe('a fault', () => {
  it('of one entry is its answer', async () => {
    const told = await batch([put('a'), put('b')], async ({ path }) => {
      if (path === 'Patient/a') throw new Fault('version-conflict', 'Late.');
      return { status: 200 };
    });
    expect(told.map(({ response }) => response.status)).toEqual(['412 Precondition Failed', '200 OK']);
  });

  it('that nobody foresaw is reported, and hides nothing of the other entries', async () => {
    const context = testContext();
    const told = await batch(
      [put('a'), put('b')],
      async ({ path }) => {
        if (path === 'Patient/a') throw new TypeError('bug');
        return { status: 201 };
      },
      context,
    );
    expect(told.map(({ response }) => response.status)).toEqual(['500 Internal Server Error', '201 Created']);
    expect(context.observed).toEqual([{ kind: 'bug', error: expect.any(TypeError) }]);
  });

  it.each(['database-unavailable', 'timeout', 'storage-full'] as const)(
    'that concerns the whole (%s) ends it',
    async (kind) => {
      const work = batch([put('a')], async () => {
        throw new Fault(kind, 'Not now.');
      });
      expect((await faultFrom(work)).kind).toBe(kind);
    },
  );

  it('of a client that has gone ends it', async () => {
    const gone = new AbortController();
    const context = testContext({ signal: gone.signal });
    let performed = 0;
    const work = batch(
      Array.from({ length: 100 }, (_, i) => put(`p${i}`)),
      async () => {
        performed++;
        gone.abort(new Fault('timeout', 'Too long.'));
        return { status: 200 };
      },
      context,
    );
    expect((await faultFrom(work)).kind).toBe('timeout');
    expect(performed).toBeLessThan(100);
  });
});

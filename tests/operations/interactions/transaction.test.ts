import { describe, expect, it } from 'vitest';
import type { Environment } from '../../../operations/interaction.ts';
import { interaction } from '../../../operations/interactions/transaction.ts';
import { Fault } from '../../../resources/index.ts';
import type { Draft, Prepared, Records, Version, Write, WriteSet, Written } from '../../../store/index.ts';
import { testContext } from '../../setup/context.ts';
import { operationSettings, testEnvironment } from '../../setup/environment.ts';
import { expressionsOf, faultFrom } from '../../setup/fault.ts';

const mrn = 'identifier=http://hospital.example/mrn|C-1001';

const versionOf = (type: string, id: string, version = 1): Version => ({
  type,
  id,
  version,
  lastUpdated: '2026-11-21T10:11:12.345Z',
  method: 'PUT',
  deleted: false,
  text: `{"resourceType":"${type}","id":"${id}","meta":{"versionId":"${version}"},"active":true}`,
});

function nameOf(write: Write): { type: string; id: string } {
  return write.do === 'delete' ? write : write.content;
}

const done = (write: Write): Written => ({
  version: versionOf(nameOf(write).type, nameOf(write).id),
  created: write.do === 'create',
  changed: true,
});

/** Sends a transaction to a store of which only what is given does something else than succeed. */
async function transact(
  entry: object[],
  records: Partial<Records> = {},
  perform?: Environment['perform'],
  settings = {},
) {
  const context = testContext();
  const sets: WriteSet[] = [];
  const environment = testEnvironment(
    {
      match: async (_access, criteria) => criteria.map(() => []),
      missing: async () => [],
      prepare: (draft: Draft) =>
        ({ type: draft.type, id: draft.id, method: draft.method, body: draft.parsed.text }) as unknown as Prepared,
      readMany: async (_access, keys) => keys.map(({ type, id }) => versionOf(type, id, sets.length + 1)),
      ...records,
      commit: async (access, set, caller) => {
        sets.push(set);
        return records.commit ? records.commit(access, set, caller) : set.writes.map(done);
      },
    },
    settings,
    perform,
  );
  const body = JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry });
  const call = { interaction: 'transaction', query: [], headers: {}, prefer: {}, body } as const;
  const work = interaction
    .perform(call, environment, context)
    .then((answer) => JSON.parse(answer.body!).entry as any[]);
  return { work, sets, context };
}

const post = (resource: { resourceType: string }, more = {}) => ({
  resource,
  request: { method: 'POST', url: resource.resourceType, ...more },
});
const put = (id: string, more = {}) => ({
  resource: { resourceType: 'Patient', id },
  request: { method: 'PUT', url: `Patient/${id}`, ...more },
});
const patch = (id: string, more = {}) => ({
  resource: {
    resourceType: 'Binary',
    contentType: 'application/merge-patch+json',
    data: Buffer.from('{"active":false}').toString('base64'),
  },
  request: { method: 'PATCH', url: `Patient/${id}`, ...more },
});
const get = (url: string) => ({ request: { method: 'GET', url } });
const conflict = (name: string) => new Fault('version-conflict', `${name} is at version 7.`, { about: name });

describe('what was decided on', () => {
  it('is handed over with the writes, so that it is locked and asked again', async () => {
    const { work, sets } = await transact([post({ resourceType: 'Patient' }, { ifNoneExist: mrn })], {
      match: async () => [['anna']],
    });
    const [entry] = await work;
    expect(entry.response).toMatchObject({ status: '200 OK', location: 'http://localhost:8080/fhir/Patient/anna' });
    expect(sets).toEqual([]);
    const other = await transact([post({ resourceType: 'Patient' }, { ifNoneExist: mrn })]);
    await other.work;
    expect(other.sets[0]!.guards).toMatchObject([{ ids: [], criteria: { type: 'Patient' } }]);
  });

  it('is decided again where others changed it', async () => {
    let commits = 0;
    const matches = [[], ['anna']];
    const { work } = await transact([post({ resourceType: 'Patient' }, { ifNoneExist: mrn }), put('other')], {
      match: async () => [matches[Math.min(commits, 1)]!],
      commit: async (_access, set) => (commits++ === 0 ? 'stale' : set.writes.map(done)),
    });
    expect((await work).map(({ response }) => response.status)).toEqual(['200 OK', '200 OK']);
    expect(commits).toBe(2);
  });

  it('is given up with 409 and Retry-After where they never stop', async () => {
    const { work, sets } = await transact([put('anna')], { commit: async () => 'stale' });
    expect(await faultFrom(work)).toMatchObject({ status: 409, headers: { 'Retry-After': '1' } });
    expect(sets.length).toBeLessThan(100);
  });
});

describe('a patch', () => {
  it('is computed again where its version was replaced meanwhile', async () => {
    let commits = 0;
    const { work, sets } = await transact([patch('anna')], {
      commit: async (_access, set) => {
        if (commits++ === 0) throw conflict('Patient/anna');
        return set.writes.map(done);
      },
    });
    expect((await work)[0].response.status).toBe('200 OK');
    expect(sets.map(({ writes: [write] }) => write)).toMatchObject([
      { condition: { ifMatch: 1 } },
      { condition: { ifMatch: 2 } },
    ]);
  });

  it.each([
    ['the client named its version', [patch('anna', { ifMatch: 'W/"1"' })], 'Patient/anna', 'Bundle.entry[0].request'],
    [
      'what conflicts is another entry',
      [patch('anna'), put('ueli', { ifMatch: 'W/"3"' })],
      'Patient/ueli',
      'Bundle.entry[1].request',
    ],
  ])('is not, where %s', async (_why, entries, about, place) => {
    const { work, sets } = await transact(entries, {
      commit: async () => {
        throw conflict(about);
      },
    });
    const fault = await faultFrom(work);
    expect(fault.status).toBe(412);
    expect(expressionsOf(fault)).toEqual([place]);
    expect(sets).toHaveLength(1);
  });

  it('of nothing fails before anything is written', async () => {
    const { work, sets } = await transact([put('ueli'), patch('anna')], { readMany: async () => [] });
    expect((await faultFrom(work)).status).toBe(404);
    expect(sets).toEqual([]);
  });
});

describe('reads', () => {
  it('that fail fail the transaction before anything is written', async () => {
    const { work, sets } = await transact([put('ueli'), get('Patient/nobody')], {}, async () => {
      throw new Fault('not-found', 'Patient/nobody does not exist.');
    });
    const fault = await faultFrom(work);
    expect(fault.status).toBe(404);
    expect(expressionsOf(fault)).toEqual(['Bundle.entry[1].request.url']);
    expect(sets).toEqual([]);
  });

  it('that fail after the commit are told in their entry, since the writes stand', async () => {
    const { work, context } = await transact(
      [put('ueli'), get('Patient/anna'), get('Patient/ueli')],
      {},
      async ({ path }) => {
        if (path === 'Patient/ueli') throw new TypeError('bug');
        return { status: 200, body: '{"resourceType":"Patient","id":"anna"}' };
      },
    );
    expect((await work).map(({ response }) => response.status)).toEqual([
      '200 OK',
      '200 OK',
      '500 Internal Server Error',
    ]);
    expect(context.observed).toEqual([{ kind: 'bug', error: expect.any(TypeError) }]);
  });

  it('are done once where nothing is written', async () => {
    let performed = 0;
    const { work, sets } = await transact([get('Patient/anna'), get('Patient?family=Keller')], {}, async () => {
      performed++;
      return { status: 200, body: '{"resourceType":"Patient"}' };
    });
    expect(await work).toHaveLength(2);
    expect(performed).toBe(2);
    expect(sets).toEqual([]);
  });

  it('of what the transaction deletes fail it', async () => {
    const { work } = await transact([{ request: { method: 'DELETE', url: 'Patient/anna' } }, get('Patient/anna')]);
    expect((await faultFrom(work)).kind).toBe('gone');
  });
});

describe('references that must have a target', () => {
  const exist = { references: 'exist' as const };
  const account = { resourceType: 'Account', status: 'active', subject: [{ reference: 'Patient/anna' }] };

  it('are not asked for where the transaction brings the target', async () => {
    const asked: string[] = [];
    const { work } = await transact(
      [put('anna'), post(account)],
      {
        missing: async (_access, keys) => {
          asked.push(...keys.map(({ id }) => id));
          return [];
        },
      },
      undefined,
      exist,
    );
    await work;
    expect(asked).toEqual([]);
  });

  it('fail it where there is none, told at the element', async () => {
    const { work, sets } = await transact(
      [post(account)],
      { missing: async (_access, keys) => keys },
      undefined,
      exist,
    );
    const fault = await faultFrom(work);
    expect(fault.status).toBe(422);
    expect(expressionsOf(fault)).toEqual(['Bundle.entry[0].resource.subject[0]']);
    expect(sets).toEqual([]);
  });
});

it('takes no more entries than the limit says', async () => {
  const { work } = await transact([put('a'), put('b')], {}, undefined, {
    limits: { ...operationSettings.limits, entries: 1 },
  });
  expect((await faultFrom(work)).status).toBe(413);
});

import { describe, expect, it } from 'vitest';
import type { Act } from '../../../operations/bundle/decide.ts';
import type { PlannedEntry } from '../../../operations/bundle/entries.ts';
import { rehearseReads, requireReading, respond } from '../../../operations/bundle/reads.ts';
import { parseTarget } from '../../../operations/call.ts';
import { catalogueOf, loadCatalogue } from '../../../operations/catalogue.ts';
import type { Request } from '../../../operations/interaction.ts';
import { Fault } from '../../../resources/index.ts';
import type { Written } from '../../../store/index.ts';
import { testContext } from '../../setup/context.ts';
import { testEnvironment } from '../../setup/environment.ts';
import { expressionsOf, faultFrom, faultOf } from '../../setup/fault.ts';

const context = testContext();
const entry = (index: number, method: string, path: string): PlannedEntry => ({
  index,
  fullUrl: undefined,
  method,
  url: path,
  path,
  queryText: '',
  headers: {},
  resource: undefined,
  resourceAt: 0,
  target: parseTarget(method, path),
  query: [],
});
const get = (index: number, path: string): Act => ({ entry: entry(index, 'GET', path), do: 'get' });
const put = (index: number, id: string): Act => ({
  entry: entry(index, 'PUT', `Patient/${id}`),
  do: 'update',
  type: 'Patient',
  id,
});
const remove = (index: number, id: string): Act => ({
  entry: entry(index, 'DELETE', `Patient/${id}`),
  do: 'delete',
  type: 'Patient',
  id,
});
const call = { interaction: 'transaction', query: [], headers: {}, prefer: {} } as const;
const anna: Written = {
  version: {
    type: 'Patient',
    id: 'anna',
    version: 4,
    lastUpdated: '2026-11-21T10:00:00.000Z',
    method: 'PUT',
    deleted: false,
    text: '{"resourceType":"Patient","id":"anna"}',
  },
  created: false,
  changed: true,
};

function environment(asked: string[] = []) {
  return testEnvironment({}, {}, async ({ path }: Request) => {
    asked.push(path);
    if (path === 'Patient/nobody') throw new Fault('not-found', 'Patient/nobody does not exist.');
    return { status: 200, body: `{"resourceType":"Patient","id":"${path.slice(8)}"}` };
  });
}

describe('a read of a transaction', () => {
  it('is tried first, but not of what the transaction writes itself', async () => {
    const asked: string[] = [];
    const answers = await rehearseReads(
      [get(0, 'Patient/ben'), get(1, 'Patient/anna'), put(2, 'anna')],
      call,
      environment(asked),
      context,
    );
    expect([asked, [...answers.keys()]]).toEqual([['Patient/ben'], [0]]);
  });

  it('fails all where there is nothing to read, also where the transaction deletes it', async () => {
    expect(
      expressionsOf(await faultFrom(rehearseReads([get(3, 'Patient/nobody')], call, environment(), context))),
    ).toEqual(['Bundle.entry[3].request.url']);
    const fault = await faultFrom(
      rehearseReads([get(0, 'Patient/anna'), remove(1, 'anna')], call, environment(), context),
    );
    expect([fault.kind, expressionsOf(fault)]).toEqual(['gone', ['Bundle.entry[0]']]);
  });

  it('that fails when all was written is told in its entry', async () => {
    const { status, body } = await respond([{ act: get(0, 'Patient/nobody') }], call, environment(), context);
    expect([status, JSON.parse(body!).entry[0].response.status]).toEqual([200, '404 Not Found']);
  });

  it('of a rehearsal tells what would have been written', async () => {
    const asked: string[] = [];
    const results = [{ act: get(0, 'Patient/anna') }, { act: put(1, 'anna'), written: anna }];
    const { body } = await respond(results, { ...call, prefer: { isRehearsal: true } }, environment(asked), context);
    expect(asked).toEqual([]);
    expect(JSON.parse(body!).entry[0]).toMatchObject({
      resource: { id: 'anna' },
      response: { status: '200 OK', etag: 'W/"4"' },
    });
  });
});

describe('an operation in a transaction', async () => {
  const { all } = await loadCatalogue();
  const changing = { ...all.get('Resource-validate')!, id: 'ConceptMap-closure', code: 'closure', affectsState: true };
  const catalogue = catalogueOf(new Map([...all, [changing.id, changing]]));

  it('must change nothing', () => {
    requireReading(entry(0, 'POST', 'Patient/$validate'), { catalogue });
    requireReading(entry(0, 'GET', 'Patient/7'), { catalogue });
    const fault = faultOf(() => requireReading(entry(4, 'POST', '$closure'), { catalogue }));
    expect([fault.status, expressionsOf(fault)]).toEqual([400, ['Bundle.entry[4].request.url']]);
  });

  it('must be there', () => {
    expect(faultOf(() => requireReading(entry(1, 'POST', 'Patient/$match'), { catalogue })).status).toBe(404);
  });
});

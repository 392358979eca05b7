import { describe, expect, it } from 'vitest';
import type { Query } from '../../operations/call.ts';
import { historyAnswer } from '../../operations/history.ts';
import { Fault } from '../../resources/index.ts';
import type { HistoryPage, Records, Version } from '../../store/index.ts';
import { testContext } from '../setup/context.ts';
import { testEnvironment } from '../setup/environment.ts';
import { faultFrom } from '../setup/fault.ts';

const context = testContext();

const version = (number: number, changes: Partial<Version> = {}): Version => ({
  type: 'Device',
  id: 'pump-4',
  version: number,
  lastUpdated: `2026-11-21T10:0${number}:00.000Z`,
  method: 'PUT',
  deleted: false,
  text: `{"resourceType":"Device","id":"pump-4","meta":{"versionId":"${number}"}}`,
  ...changes,
});

type AskedPage = Parameters<Records['history']>[2];

async function ask(query: Query, page: HistoryPage) {
  const asked: AskedPage[] = [];
  const environment = testEnvironment({
    history: async (_access, _scope, wanted) => {
      asked.push(wanted);
      return page;
    },
  });
  const call = { interaction: 'history-type', type: 'Device', query, headers: {}, prefer: {} } as const;
  const answer = await historyAnswer(call, { type: 'Device' }, environment, context);
  return { bundle: JSON.parse(answer.body!), asked: asked[0]! };
}

const linkOf = (bundle: any, relation: string) => bundle.link.find((link: any) => link.relation === relation)?.url;

describe('the history Bundle', () => {
  it('tells what was asked of each version, and nothing of a deleted one but that', async () => {
    const { bundle } = await ask([], {
      versions: [version(3, { method: 'DELETE', deleted: true, text: '' }), version(2), version(1, { method: 'POST' })],
      total: 3,
    });
    expect(bundle).toMatchObject({ resourceType: 'Bundle', type: 'history', total: 3 });
    expect(bundle.entry).toEqual([
      {
        fullUrl: 'http://localhost:8080/fhir/Device/pump-4',
        request: { method: 'DELETE', url: 'Device/pump-4' },
        response: { status: '204 No Content', etag: 'W/"3"', lastModified: '2026-11-21T10:03:00.000Z' },
      },
      expect.objectContaining({
        request: { method: 'PUT', url: 'Device/pump-4' },
        resource: expect.objectContaining({ id: 'pump-4' }),
      }),
      expect.objectContaining({
        request: { method: 'POST', url: 'Device' },
        response: { status: '201 Created', etag: 'W/"1"', lastModified: '2026-11-21T10:01:00.000Z' },
      }),
    ]);
  });

  it('has no empty entry list, which JSON of FHIR does not allow', async () => {
    const { bundle } = await ask([], { versions: [], total: 0 });
    expect(bundle).not.toHaveProperty('entry');
  });

  it('leads to the next page with the same parameters and an opaque place', async () => {
    const { bundle } = await ask(
      [
        ['_count', '1'],
        ['_since', '2026-11-21T10:00:00+01:00'],
      ],
      { versions: [version(1)], next: 'c29tZQ' },
    );
    expect(linkOf(bundle, 'self')).toBe(
      'http://localhost:8080/fhir/Device/_history?_count=1&_since=2026-11-21T10%3A00%3A00%2B01%3A00',
    );
    expect(linkOf(bundle, 'next')).toBe(`${linkOf(bundle, 'self')}&_page=c29tZQ`);
  });

  it('has one place only in the link after the second page', async () => {
    const { bundle, asked } = await ask([['_page', 'Zmlyc3Q']], { versions: [version(1)], next: 'c2Vjb25k' });
    expect(asked.after).toBe('Zmlyc3Q');
    expect(linkOf(bundle, 'next')).toBe('http://localhost:8080/fhir/Device/_history?_page=c2Vjb25k');
  });

  it.each([[['_summary', 'count']], [['_count', '0']]] as const)('has the total alone for %j', async (parameter) => {
    const { bundle, asked } = await ask([parameter], { versions: [], total: 17, next: 'x' });
    expect(asked.countOnly).toBe(true);
    expect(bundle.total).toBe(17);
    expect(bundle).not.toHaveProperty('entry');
    expect(linkOf(bundle, 'next')).toBeUndefined();
  });

  it('has as many versions as the client asks, at most as many as the server gives', async () => {
    expect((await ask([], { versions: [] })).asked.count).toBe(50);
    expect((await ask([['_count', '7']], { versions: [] })).asked.count).toBe(7);
    expect((await ask([['_count', '100000']], { versions: [] })).asked.count).toBe(1000);
  });
});

describe('what is refused', () => {
  it.each([
    [[['_count', '-1']], 'invalid-value'],
    [[['_count', 'many']], 'invalid-value'],
    [[['_count', '']], 'invalid-value'],
    [[['_summary', 'true']], 'not-supported'],
    [
      [
        ['_count', '1'],
        ['_count', '2'],
      ],
      'invalid-request',
    ],
    [
      [
        ['_since', '2026-01-01T00:00:00Z'],
        ['_at', '2026'],
      ],
      'invalid-request',
    ],
  ] as [Query, string][])('%j', async (query, kind) => {
    expect((await faultFrom(ask(query, { versions: [] }))).kind).toBe(kind);
  });
});

describe('an instance', () => {
  const call = {
    interaction: 'history-instance',
    type: 'Device',
    id: 'pump-4',
    query: [],
    headers: {},
    prefer: {},
  } as const;
  const absent = () => {
    throw new Fault('not-found', 'Device/pump-4 does not exist.');
  };

  it('that never was is not found', async () => {
    const environment = testEnvironment({ history: async () => ({ versions: [] }), read: async () => undefined });
    const fault = await faultFrom(historyAnswer(call, { type: 'Device', id: 'pump-4' }, environment, context, absent));
    expect(fault.status).toBe(404);
  });

  it('that has no version in the time asked for has an empty history', async () => {
    const environment = testEnvironment({ history: async () => ({ versions: [] }), read: async () => version(1) });
    const answer = await historyAnswer(call, { type: 'Device', id: 'pump-4' }, environment, context, absent);
    expect(answer.status).toBe(200);
  });
});

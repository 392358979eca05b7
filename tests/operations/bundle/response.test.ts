import { describe, expect, it } from 'vitest';
import type { PlannedEntry } from '../../../operations/bundle/entries.ts';
import {
  bundleResponse,
  entryFault,
  faultEntry,
  responseEntry,
  writtenEntry,
} from '../../../operations/bundle/response.ts';
import { Fault } from '../../../resources/index.ts';
import type { Written } from '../../../store/index.ts';
import { testContext } from '../../setup/context.ts';

const context = testContext();
const entry = { index: 0 } as PlannedEntry;

const written = (changes: Partial<Written> = {}): Written => ({
  version: {
    type: 'Patient',
    id: 'anna',
    version: 2,
    lastUpdated: '2026-11-21T10:11:12.345Z',
    method: 'PUT',
    deleted: false,
    text: '{"resourceType":"Patient","id":"anna"}',
  },
  created: false,
  changed: true,
  ...changes,
});

const act = (what: 'create' | 'update' | 'patch' | 'delete' | 'nothing', id: string | undefined = 'anna') =>
  ({ entry, do: what, type: 'Patient', id }) as Parameters<typeof writtenEntry>[0];

it('puts entries in order into a Bundle that is valid without any', () => {
  expect(bundleResponse('batch-response', [])).toBe('{"resourceType":"Bundle","type":"batch-response"}');
  expect(JSON.parse(bundleResponse('transaction-response', ['{"a":1}', '{"b":2}'])).entry).toEqual([
    { a: 1 },
    { b: 2 },
  ]);
});

describe('an answer as an entry', () => {
  it('has its resource as the text it is, digits included', () => {
    const body = '{"resourceType":"Observation","valueQuantity":{"value":1.00}}';
    expect(responseEntry({ status: 200, body, etag: 'W/"1"' }, context)).toBe(
      `{"resource":${body},"response":{"status":"200 OK","etag":"W/\\"1\\""}}`,
    );
  });

  it('has an OperationOutcome where outcomes stand', () => {
    const { resource, response } = JSON.parse(
      responseEntry({ status: 200, body: '{"resourceType":"OperationOutcome","issue":[]}' }, context),
    );
    expect(resource).toBeUndefined();
    expect(response.outcome.resourceType).toBe('OperationOutcome');
  });

  it('has the whole address', () => {
    expect(
      JSON.parse(responseEntry({ status: 201, location: 'Patient/anna/_history/1' }, context)).response.location,
    ).toBe('http://localhost:8080/fhir/Patient/anna/_history/1');
  });
});

describe('what a writing entry did', () => {
  it.each([
    ['create', written({ created: true }), '201 Created', 'Created Patient/anna.'],
    ['update', written(), '200 OK', 'Updated Patient/anna.'],
    ['update', written({ created: true }), '201 Created', 'Created Patient/anna.'],
    ['update', written({ changed: false }), '200 OK', 'Patient/anna has this content already.'],
    ['patch', written(), '200 OK', 'Updated Patient/anna.'],
    ['delete', written(), '204 No Content', 'Deleted Patient/anna.'],
    ['delete', undefined, '204 No Content', 'Deleted Patient/anna.'],
    ['nothing', undefined, '200 OK', 'Patient/anna matches; nothing was created.'],
  ] as const)('%s', (what, result, status, said) => {
    const { response } = JSON.parse(writtenEntry(act(what), result, { return: 'OperationOutcome' }, context));
    expect(response).toMatchObject({ status, outcome: { issue: [{ details: { text: said } }] } });
  });

  it('leads to the version that was written, or to the resource that was found', () => {
    expect(JSON.parse(writtenEntry(act('update'), written(), {}, context)).response.location).toMatch(
      /\/Patient\/anna\/_history\/2$/,
    );
    expect(JSON.parse(writtenEntry(act('nothing'), undefined, {}, context)).response.location).toMatch(
      /\/Patient\/anna$/,
    );
    expect(JSON.parse(writtenEntry(act('delete'), written(), {}, context)).response).not.toHaveProperty('location');
  });

  it('says of a conditional delete without a match that there was none', () => {
    const { response } = JSON.parse(
      writtenEntry(
        { entry, do: 'nothing', type: 'Patient', id: undefined },
        undefined,
        { return: 'OperationOutcome' },
        context,
      ),
    );
    expect(response.status).toBe('204 No Content');
    expect(response.outcome.issue[0].details.text).toBe('No Patient matches; nothing was deleted.');
  });

  it('has the resource only for those who prefer it', () => {
    expect(JSON.parse(writtenEntry(act('update'), written(), {}, context))).not.toHaveProperty('resource');
    expect(JSON.parse(writtenEntry(act('update'), written(), { return: 'representation' }, context)).resource.id).toBe(
      'anna',
    );
  });
});

describe('what went wrong in one entry', () => {
  it('is told with its status and outcome', () => {
    const told = JSON.parse(faultEntry(new Fault('version-conflict', 'Late.')));
    expect(told.response).toMatchObject({
      status: '412 Precondition Failed',
      outcome: { issue: [{ code: 'conflict' }] },
    });
  });

  it('stays the Fault that it is', () => {
    const fault = new Fault('gone', 'Gone.');
    expect(entryFault(fault, context)).toBe(fault);
  });

  it('is reported whole and told without detail where nobody foresaw it', () => {
    const own = testContext({ requestId: 'ward-3/42' });
    const bug = new TypeError('Keller is undefined');
    const fault = entryFault(bug, own);
    expect(own.observed).toEqual([{ kind: 'bug', error: bug }]);
    expect(fault).toMatchObject({ status: 500, kind: 'internal' });
    expect(fault.message).toContain('ward-3/42');
    expect(fault.message).not.toContain('Keller');
  });
});

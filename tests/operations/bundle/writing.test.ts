import { describe, expect, it } from 'vitest';
import { type Act, decideAll } from '../../../operations/bundle/decide.ts';
import { planEntry, readBundle } from '../../../operations/bundle/entries.ts';
import type { PreparedEntry } from '../../../operations/bundle/prepare.ts';
import { entryCall, firstVersion, jobsOf, type Writing, writesOf } from '../../../operations/bundle/writing.ts';
import { operationSettings } from '../../setup/environment.ts';
import { expressionsOf, faultOf } from '../../setup/fault.ts';

const patient = { resourceType: 'Patient', active: true };
const post = (request = {}) => ({ resource: patient, request: { method: 'POST', url: 'Patient', ...request } });
const put = (id: string, request = {}) => ({
  resource: { ...patient, id },
  request: { method: 'PUT', url: `Patient/${id}`, ...request },
});
const posts = (count: number) => Array.from({ length: count }, () => post());

function actsOf(...entry: object[]): Act[] {
  const text = JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry });
  const entries = readBundle(text, 'http://localhost:8080/fhir', operationSettings.limits).entries.map((entry) =>
    planEntry(entry),
  );
  let ids = 0;
  return decideAll(entries, new Map(), () => `new-${++ids}`);
}

const nothingWanted = { wantsReferences: false, wantsContent: false, wantsNotes: false };
const none = new Map();
const encodedIn = (acts: Act[], wants = nothingWanted) => jobsOf(acts, none, wants).map(({ isEncoded }) => isEncoded);

describe('the resources to prepare', () => {
  it('are those that are written with content, under the ids and by the methods that were decided', () => {
    const acts = actsOf(
      post(),
      put('anna'),
      { request: { method: 'DELETE', url: 'Patient/bob' } },
      {
        request: { method: 'GET', url: 'Patient/anna' },
      },
    );
    expect(jobsOf(acts, none, nothingWanted)).toMatchObject([
      { index: 0, id: 'new-1', method: 'POST', text: JSON.stringify(patient), isEncoded: false },
      { index: 1, id: 'anna', method: 'PUT' },
    ]);
  });

  it('of a patch are what came of it', () => {
    const acts = actsOf({
      resource: { resourceType: 'Parameters' },
      request: { method: 'PATCH', url: 'Patient/anna' },
    });
    expect(jobsOf(acts, new Map([[0, { text: '{"patched":true}', version: 3 }]]), nothingWanted)).toMatchObject([
      { id: 'anna', method: 'PATCH', text: '{"patched":true}' },
    ]);
  });

  it('are encoded at once where many are new, and only the new ones', () => {
    expect(new Set(encodedIn(actsOf(...posts(31))))).toEqual(new Set([false]));
    expect(encodedIn(actsOf(...posts(32), put('anna')))).toEqual([...posts(32).map(() => true), false]);
  });

  it('are not encoded where they are wanted back', () => {
    expect(encodedIn(actsOf(...posts(40)), { ...nothingWanted, wantsContent: true, wantsNotes: false })).not.toContain(
      true,
    );
  });

  it('are not encoded where a client chose the id or set a condition', () => {
    const conditional = { ...put('chosen'), request: { method: 'PUT', url: 'Patient?identifier=1' } };
    const acts = actsOf(...posts(32), conditional, post({ ifMatch: 'W/"1"' }), post({ ifNoneMatch: '*' }));
    expect(encodedIn(acts).slice(32)).toEqual([false, false, false]);
  });
});

describe('the writes', () => {
  it('are of all entries but those that were encoded, each with its own content', () => {
    const acts = actsOf(...posts(32), put('anna'), { request: { method: 'DELETE', url: 'Patient/bob' } });
    const jobs = jobsOf(acts, none, nothingWanted);
    const entries = jobs.map(({ isEncoded, id }) => ({ content: isEncoded ? undefined : { id } })) as PreparedEntry[];
    const { writing, writes, created } = writesOf(acts, jobs, { entries, encoded: undefined }, none);
    expect(writing.map(({ id }) => id)).toEqual(['anna', 'bob']);
    expect(writes).toMatchObject([
      { do: 'update', content: { id: 'anna' } },
      { do: 'delete', type: 'Patient', id: 'bob' },
    ]);
    expect([...created]).toEqual(Array.from({ length: 32 }, (_, i) => i));
  });

  it('of a patch are made only of the version that was patched', () => {
    const acts = actsOf({
      resource: { resourceType: 'Parameters' },
      request: { method: 'PATCH', url: 'Patient/anna' },
    });
    const patches = new Map([[0, { text: '{}', version: 3 }]]);
    const jobs = jobsOf(acts, patches, nothingWanted);
    const entries = [{ content: { id: 'anna' } }] as unknown as PreparedEntry[];
    expect(writesOf(acts, jobs, { entries, encoded: undefined }, patches).writes).toMatchObject([
      { do: 'update', condition: { ifMatch: 3 } },
    ]);
  });

  it('are refused at the entry whose condition has no meaning', () => {
    const acts = actsOf(put('anna'), put('bob', { ifNoneMatch: 'W/"2"' }));
    const jobs = jobsOf(acts, none, nothingWanted);
    const entries = jobs.map(({ id }) => ({ content: { id } })) as unknown as PreparedEntry[];
    const fault = faultOf(() => writesOf(acts, jobs, { entries, encoded: undefined }, none));
    expect(expressionsOf(fault)).toEqual(['Bundle.entry[1].request']);
  });
});

it('what was encoded is told as a first version', () => {
  const [act] = actsOf(post()) as Writing[];
  expect(firstVersion(act!, '2026-11-21T10:00:00.000Z')).toMatchObject({
    version: { type: 'Patient', id: 'new-1', version: 1, lastUpdated: '2026-11-21T10:00:00.000Z' },
    created: true,
    changed: true,
  });
  expect(entryCall(act!.entry)).toMatchObject({ interaction: 'create', type: 'Patient', prefer: {} });
});

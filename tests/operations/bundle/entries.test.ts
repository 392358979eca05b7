import { describe, expect, it } from 'vitest';
import {
  type BundleEntry,
  patchBody,
  placed,
  planEntry,
  readBundle,
  within,
} from '../../../operations/bundle/entries.ts';
import { Fault } from '../../../resources/index.ts';
import { operationSettings } from '../../setup/environment.ts';
import { expressionsOf, faultOf } from '../../setup/fault.ts';

const base = 'http://localhost:8080/fhir';
const { limits } = operationSettings;

const read = (bundle: unknown) =>
  readBundle(typeof bundle === 'string' ? bundle : JSON.stringify(bundle), base, limits);

const entry = (changes: Partial<BundleEntry>): BundleEntry => ({
  index: 4,
  fullUrl: undefined,
  method: 'GET',
  url: 'Patient/anna',
  path: 'Patient/anna',
  queryText: '',
  headers: {},
  resource: undefined,
  resourceAt: 0,
  ...changes,
});

describe('a Bundle', () => {
  it('is taken apart into entries whose resources stand as they were written', () => {
    const { type, entries } = read(`{"resourceType":"Bundle","type":"transaction","entry":[
      {"fullUrl":"urn:uuid:1b4e28ba-2fa1-41d2-883f-0016d3cca427",
       "resource":{"resourceType":"Observation","valueQuantity":{"value":7.10}},
       "request":{"method":"PUT","url":"Observation?identifier=http://lab.example|1","ifMatch":"W/\\"3\\""}},
      {"request":{"method":"GET","url":"Patient/anna","ifNoneMatch":"W/\\"1\\""}}]}`);
    expect(type).toBe('transaction');
    expect(entries).toMatchObject([
      {
        index: 0,
        fullUrl: 'urn:uuid:1b4e28ba-2fa1-41d2-883f-0016d3cca427',
        method: 'PUT',
        path: 'Observation',
        queryText: 'identifier=http://lab.example|1',
        headers: { ifMatch: 'W/"3"' },
        resource: '{"resourceType":"Observation","valueQuantity":{"value":7.10}}',
      },
      { index: 1, method: 'GET', path: 'Patient/anna', headers: { ifNoneMatch: 'W/"1"' }, resource: undefined },
    ]);
  });

  it.each([`${base}/Patient/anna`, '/Patient/anna', 'Patient/anna'])('may write request.url as %s', (url) => {
    const { entries } = read({ resourceType: 'Bundle', type: 'batch', entry: [{ request: { method: 'GET', url } }] });
    expect(entries[0]!.path).toBe('Patient/anna');
  });

  it('may be empty', () => {
    expect(read({ resourceType: 'Bundle', type: 'transaction' }).entries).toEqual([]);
  });

  it.each(['document', 'history', 'collection', 'foo', undefined])('of type %s is not processed', (type) => {
    expect(faultOf(() => read({ resourceType: 'Bundle', type }))).toMatchObject({
      status: 400,
      findings: [{ expression: 'Bundle.type' }],
    });
  });

  it('is no Patient', () => {
    const fault = faultOf(() => read({ resourceType: 'Patient' }));
    expect(fault.message).toBe('A Bundle is expected at the base of the API, but the body is a Patient.');
  });

  it('is told where an entry is wrong as a Bundle', () => {
    const fault = faultOf(() =>
      read({
        resourceType: 'Bundle',
        type: 'batch',
        entry: [
          { request: { method: 'GET', url: 'Patient/1', when: 'now' } },
          { resource: null, request: { method: 'GET', url: 'x' } },
        ],
      }),
    );
    expect(expressionsOf(fault)).toEqual(['Bundle.entry[0].request.when', 'Bundle.entry[1].resource']);
  });

  it('has at most as many entries as the limit says', () => {
    const text = JSON.stringify({
      resourceType: 'Bundle',
      type: 'batch',
      entry: Array.from({ length: 3 }, () => ({ request: { method: 'GET', url: 'Patient/1' } })),
    });
    const fault = faultOf(() => readBundle(text, base, { ...limits, entries: 2 }));
    expect(fault).toMatchObject({ status: 413, message: 'The Bundle has 3 entries; at most 2 are taken.' });
  });

  it('that is broken inside a resource is left to that resource', () => {
    const { entries } = read(
      '{"resourceType":"Bundle","type":"batch","entry":[{"resource":{"resourceType":"Patient","active":tru},"request":{"method":"POST","url":"Patient"}}]}',
    );
    expect(entries[0]!.resource).toContain('tru}');
  });

  it.each([
    '[]',
    '"Bundle"',
    '{"resourceType":"Bundle","type":"batch","entry":[{]}',
    '{"resourceType":"Bundle","type":"batch"',
    '{"type":"batch","type":"batch"}',
  ])('is no Bundle: %s', (text) => {
    expect(faultOf(() => read(text)).kind).toBe('invalid-json');
  });
});

describe('an entry', () => {
  it('is understood before anything is done', () => {
    expect(
      planEntry(entry({ method: 'PUT', path: 'Patient', queryText: 'identifier=a%7Cb', resource: '{}' })),
    ).toMatchObject({
      target: { interaction: 'update', type: 'Patient' },
      query: [['identifier', 'a|b']],
    });
  });

  it.each([
    [{ method: '' }, 'Bundle.entry[4]', 'invalid-request'],
    [{ method: 'FETCH' }, 'Bundle.entry[4].request.method', 'invalid-value'],
    [{ method: 'POST', path: 'Patient' }, 'Bundle.entry[4].resource', 'invalid-request'],
    [{ method: 'GET', path: 'Pat/1' }, 'Bundle.entry[4].request.url', 'unknown-type'],
    [{ method: 'DELETE', path: 'metadata' }, 'Bundle.entry[4].request.url', 'method-not-allowed'],
    [{ method: 'GET', path: 'Patient', queryText: 'name=%E0%A4%A' }, 'Bundle.entry[4].request.url', 'invalid-request'],
  ] as const)('is refused: %j', (changes, expression, kind) => {
    const fault = faultOf(() => planEntry(entry(changes)));
    expect(fault.kind).toBe(kind);
    expect(expressionsOf(fault)).toEqual([expression]);
  });

  it('may search by POST without a resource', () => {
    expect(
      planEntry(entry({ method: 'POST', path: 'Patient/_search', queryText: 'family=Keller' })).target.interaction,
    ).toBe('search-type');
  });
});

describe('the place of a fault in the Bundle', () => {
  it.each([
    ['Patient.name[0].given[1]', 'Bundle.entry[3].resource.name[0].given[1]'],
    ['Patient', 'Bundle.entry[3].resource'],
    ['resourceType', 'Bundle.entry[3].resource.resourceType'],
    ['birthdate', 'Bundle.entry[3].request.url'],
    ['Bundle.entry[1].fullUrl', 'Bundle.entry[1].fullUrl'],
    [undefined, 'Bundle.entry[3].request.url'],
  ])('of %s is %s', (expression, expected) => {
    const told = placed(
      new Fault('invalid-value', 'Wrong.', { expression }),
      'Bundle.entry[3]',
      'Bundle.entry[3].request.url',
    );
    expect(expressionsOf(told as Fault)).toEqual([expected]);
  });

  it('keeps kind, headers and hints', () => {
    const fault = new Fault('conflict', 'Busy.', { hint: 'Send it again.', headers: { 'Retry-After': '1' } });
    expect(placed(fault, 'Bundle.entry[0]', 'Bundle.entry[0]')).toMatchObject({
      kind: 'conflict',
      headers: { 'Retry-After': '1' },
      findings: [{ hint: 'Send it again.' }],
    });
  });

  it('is not told of what is no Fault', () => {
    const bug = new TypeError('bug');
    expect(() =>
      within('Bundle.entry[0]', () => {
        throw bug;
      }),
    ).toThrow(bug);
  });
});

describe('a patch in a Bundle', () => {
  it('is a Parameters resource', () => {
    expect(patchBody({ resource: '{"resourceType":"Parameters"}' })).toEqual({
      body: '{"resourceType":"Parameters"}',
      mediaType: 'application/fhir+json',
    });
  });

  it('or a Binary that holds another kind of patch', () => {
    const data = Buffer.from('[{"op":"remove","path":"/birthDate"}]').toString('base64');
    expect(
      patchBody({
        resource: JSON.stringify({ resourceType: 'Binary', contentType: 'application/json-patch+json', data }),
      }),
    ).toEqual({
      body: '[{"op":"remove","path":"/birthDate"}]',
      mediaType: 'application/json-patch+json',
    });
  });

  it('is no internal fault where it is broken JSON', () => {
    expect(faultOf(() => patchBody({ resource: '{"resourceType":"Binary",}' })).status).toBe(400);
  });
});

it('tells lines of a resource as those of the Bundle, where it is known where that begins', () => {
  const options = {
    findings: [{ kind: 'invalid-value', text: 'No.', expression: 'Patient.gender', line: 2, column: 5 }] as never,
  };
  const fault = new Fault('invalid-value', 'No.', options);
  const begin = () => ({ line: 7, column: 20 });
  const told = placed(fault, 'Bundle.entry[1]', 'x', begin) as Fault;
  expect(told.findings).toMatchObject([{ expression: 'Bundle.entry[1].resource.gender', line: 8, column: 5 }]);
  const first = new Fault('invalid-value', 'No.', { findings: [{ ...fault.findings[0]!, line: 1 }] });
  expect((placed(first, 'Bundle.entry[1]', 'x', begin) as Fault).findings).toMatchObject([{ line: 7, column: 24 }]);
  expect((placed(fault, 'Bundle.entry[1]', 'x') as Fault).findings[0]).not.toHaveProperty('line');
});

import { describe, expect, it } from 'vitest';
import { submissionOf } from '../../operations/submission.ts';
import { faultOf } from '../setup/fault.ts';

describe('what storing a file means', () => {
  it.each(['transaction', 'batch'])('processes a %s', (type) => {
    const text = `{"resourceType":"Bundle","type":"${type}","entry":[]}`;
    expect(submissionOf(text)).toMatchObject({ method: 'POST', path: '', body: text });
  });

  it('stores a resource under its own id', () => {
    const text = '{"resourceType":"Patient","id":"anna"}';
    expect(submissionOf(text)).toMatchObject({ method: 'PUT', path: 'Patient/anna', body: text });
  });

  it('creates a resource that has no id', () => {
    expect(submissionOf('{"resourceType":"Patient"}')).toMatchObject({ method: 'POST', path: 'Patient' });
  });

  it.each(['document', 'message', 'history'])('stores a Bundle of type %s as it is', (type) => {
    expect(submissionOf(`{"resourceType":"Bundle","id":"b","type":"${type}"}`)).toMatchObject({
      method: 'PUT',
      path: 'Bundle/b',
    });
  });

  it('unpacks a collection into one transaction, with digits and fullUrls as they were', () => {
    const { method, path, body } = submissionOf(`{"resourceType":"Bundle","type":"collection","entry":[
      {"fullUrl":"urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0","resource":{"resourceType":"Patient","active":true}},
      {"resource":{"resourceType":"Observation","id":"w","status":"final","code":{"text":"Weight"},"valueQuantity":{"value":70.50}}}]}`);
    expect({ method, path }).toEqual({ method: 'POST', path: '' });
    expect(body).toContain('"value":70.50');
    expect(JSON.parse(body!)).toMatchObject({
      type: 'transaction',
      entry: [
        { fullUrl: 'urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0', request: { method: 'POST', url: 'Patient' } },
        { request: { method: 'PUT', url: 'Observation/w' } },
      ],
    });
  });

  it('unpacks a searchset without what has no resource', () => {
    const { body } = submissionOf(
      '{"resourceType":"Bundle","type":"searchset","entry":[{"link":[]},{"fullUrl":"http://other.example/Patient/1","resource":{"resourceType":"Patient","id":"1"}}]}',
    );
    expect(JSON.parse(body!).entry).toEqual([
      {
        fullUrl: 'http://other.example/Patient/1',
        resource: { resourceType: 'Patient', id: '1' },
        request: { method: 'PUT', url: 'Patient/1' },
      },
    ]);
  });

  it('asks for no resources in the answer, which nobody would read', () => {
    expect(submissionOf('{"resourceType":"Patient"}').prefer).toEqual({ return: 'minimal' });
  });
});

describe('what is refused', () => {
  it('names what has no resourceType', () => {
    expect(faultOf(() => submissionOf('{"name":"Keller"}'))).toMatchObject({
      kind: 'invalid-request',
      findings: [{ expression: 'resourceType' }],
    });
  });

  it('tells line and column of broken JSON by the whole text', () => {
    const fault = faultOf(() => submissionOf('{"resourceType":"Bundle",\n"type":"collection",\n"entry":[}'));
    expect(fault.kind).toBe('invalid-json');
    expect(fault.message).toMatch(/line 3/i);
  });
});

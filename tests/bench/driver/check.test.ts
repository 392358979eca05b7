import { describe, expect, it } from 'vitest';
import { checkContent, checkHistory, checkTransaction, checkVersion, createdId } from '../../../bench/driver/check.ts';
import type { Answer } from '../../../bench/driver/line.ts';

const BODY = '{"resourceType":"Patient","id":"p1","meta":{"versionId":"3"},"active":true}';

function answer(change: Partial<Answer> = {}): Answer {
  return { status: 200, etag: 'W/"3"', location: undefined, body: BODY, ...change };
}

describe('an answer with one resource', () => {
  it('passes with the right status, ETag, type, id and version', () => {
    expect(() => checkVersion('GET', answer(), 200, 'Patient', 'p1', 3)).not.toThrow();
  });

  it.each([
    ['status', { status: 500 }, 'expected status 200'],
    ['ETag', { etag: 'W/"2"' }, 'expected ETag W/"3"'],
    ['id', { body: BODY.replace('p1', 'p2') }, 'expected the id p1'],
    ['version', { body: BODY.replace('"3"', '"2"') }, 'expected versionId 3'],
    ['type', { body: BODY.replace('Patient', 'Person') }, 'expected a Patient'],
  ])('is refused for a wrong %s', (_what, change, sentence) => {
    expect(() => checkVersion('GET Patient/p1', answer(change), 200, 'Patient', 'p1', 3)).toThrow(sentence);
  });
});

describe('the answer to a create', () => {
  const created = { status: 201, etag: 'W/"1"', body: BODY.replace('"3"', '"1"') };

  it('gives the id of its Location', () => {
    const location = 'http://localhost:8080/fhir/Patient/p1/_history/1';
    expect(createdId('POST', answer({ ...created, location }), 'Patient')).toBe('p1');
  });

  it('is refused without a Location, and with the Location of another type', () => {
    expect(() => createdId('POST', answer(created), 'Patient')).toThrow('a Location of the new Patient');
    expect(() => createdId('POST', answer({ ...created, location: 'Person/p1/_history/1' }), 'Patient')).toThrow(
      'Location',
    );
  });
});

describe('the content of an answer', () => {
  const sent = '{"resourceType":"Observation","valueQuantity":{"value":5.40,"unit":"mg/dL"}}';
  const got = (value: string): Answer =>
    answer({
      body: `{"id":"o1","resourceType":"Observation","meta":{},"valueQuantity":{"unit":"mg/dL","value":${value}}}`,
    });

  it('passes in another order of members', () => {
    expect(() => checkContent('GET', sent, got('5.40'), true)).not.toThrow();
  });

  it('is refused for a lost zero where the server promises digits, and passes where it does not', () => {
    expect(() => checkContent('GET', sent, got('5.4'), true)).toThrow('5.40');
    expect(() => checkContent('GET', sent, got('5.4'), false)).not.toThrow();
  });

  it('is refused for another value', () => {
    expect(() => checkContent('GET', sent, got('5.50'), false)).toThrow('the content that was sent');
  });
});

describe('an instance history', () => {
  const versions = (...numbers: number[]): Answer =>
    answer({ body: numbers.map((version) => `{"id":"p1","meta":{"versionId":"${version}"}}`).join(',') });

  it('passes with every version, newest first', () => {
    expect(() => checkHistory('GET', versions(3, 2, 1), 'p1', 3)).not.toThrow();
  });

  it.each([[[3, 2]], [[1, 2, 3]], [[3, 3, 1]]])('is refused with the versions %j', (numbers) => {
    expect(() => checkHistory('GET', versions(...numbers), 'p1', 3)).toThrow('versions 3 to 1');
  });
});

describe('the answer to a transaction', () => {
  const response = { status: '201 Created', location: 'Patient/p1/_history/1' };
  const bundle = (entry: object[]): Answer =>
    answer({ body: JSON.stringify({ resourceType: 'Bundle', type: 'transaction-response', entry }) });

  it('gives the locations', () => {
    expect(checkTransaction('POST', bundle([{ response }]), 1)).toEqual(['Patient/p1']);
  });

  it('is refused with too few entries and with an entry that was not created', () => {
    expect(() => checkTransaction('POST', bundle([{ response }]), 2)).toThrow('2 entries, found 1');
    expect(() => checkTransaction('POST', bundle([{ response: { status: '400' } }]), 1)).toThrow('entry 0 created');
  });
});

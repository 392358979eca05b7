import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  contentAnswer,
  contentBytesMax,
  contentTooLarge,
  mayBeContent,
  takesContent,
  toBinary,
} from '../../server/binary.ts';
import { faultOf } from '../setup/fault.ts';

const target = { interaction: 'update', type: 'Binary', id: 'scan-7' } as const;
const answerOf = (binary: object) => ({
  status: 200,
  body: JSON.stringify({ resourceType: 'Binary', ...binary }),
  etag: 'W/"1"',
});

describe('which requests are about content', () => {
  it.each([
    ['/Binary/7', true],
    ['/Binary/7/', true],
    ['/Binary/7/_history/2', true],
    ['/Binary', false],
    ['/Binary/', false],
    ['/Binary/7/_history', false],
    ['/Binary/7/$meta/1', false],
    ['/BinaryData/7', false],
    ['/Patient/Binary/7', false],
  ])('reading %s: %s', (path, expected) => expect(mayBeContent(path)).toBe(expected));

  it('writing: creates and updates of Binary', () => {
    expect(takesContent(target)).toBe(true);
    expect(takesContent({ interaction: 'create', type: 'Binary' })).toBe(true);
    expect(takesContent({ interaction: 'patch', type: 'Binary', id: '7' })).toBe(false);
    expect(takesContent({ interaction: 'create', type: 'Patient' })).toBe(false);
  });
});

describe('limits', () => {
  const limits = { bodyBytes: 1000, binaryBytes: 300 };

  it('are those of content for content, those of bodies for what may be a resource', () => {
    expect(contentBytesMax({ 'content-type': 'application/pdf' }, limits)).toBe(300);
    expect(contentBytesMax({ 'content-type': 'application/pdf' }, { ...limits, bodyBytes: 100 })).toBe(100);
    expect(contentBytesMax({ 'content-type': 'application/fhir+json' }, limits)).toBe(1000);
  });

  it('are told with the setting that raises them', () => {
    expect(contentTooLarge(300).status).toBe(413);
    expect(contentTooLarge(300).findings[0]!.hint).toContain('VESTA_LIMIT_STRING_BYTES');
  });
});

describe('every content', () => {
  it('comes back as it went in, of the type that it had', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const headers = { 'content-type': 'image/png' };
        const { body } = toBinary(Buffer.from(bytes), target, 'PUT', headers, 300);
        expect(JSON.parse(body).id).toBe('scan-7');
        const content = contentAnswer({ status: 200, body }, 'image/png')!;
        expect(content.contentType).toBe('image/png');
        expect(content.body).toEqual(Buffer.from(bytes));
      }),
    );
  });
});

describe('what a caller likes better', () => {
  it.each([
    ['*/*', 'content'],
    ['text/plain', 'content'],
    ['text/*;q=0.3', 'content'],
    ['application/fhir+json', 'resource'],
    ['application/fhir+json, text/plain', 'resource'],
    ['application/fhir+json;q=0.9, text/plain', 'content'],
    ['application/json', 'resource'],
    ['application/fhir+json;q=0, */*', 'content'],
    ['text/plain;q=0, */*', 'neither'],
    ['image/png', 'neither'],
    ['nonsense', 'neither'],
  ])('Accept: %s gives %s', (accept, expected) => {
    const answer = answerOf({ contentType: 'text/plain; charset=utf-8', data: 'aGVsbG8=' });
    if (expected === 'neither') expect(faultOf(() => contentAnswer(answer, accept)).status).toBe(406);
    else expect(contentAnswer(answer, accept)?.body.toString()).toBe(expected === 'content' ? 'hello' : undefined);
  });
});

it('tells a security context only where a header can hold it', () => {
  const headersOf = (reference: string) =>
    contentAnswer(answerOf({ contentType: 'text/plain', securityContext: { reference } }), undefined)!.headers;
  expect(headersOf('Patient/7')).toHaveProperty('X-Security-Context', 'Patient/7');
  expect(headersOf('Patient/7\r\nSet-Cookie: a')).not.toHaveProperty('X-Security-Context');
});

/** https://hl7.org/fhir/R4/http.html#update, #upsert, #concurrency */
import { describe, expect, it } from 'vitest';
import { testServer } from '../../setup/server.ts';

const server = await testServer();

let rooms = 0;
const room = (changes: object = {}) => ({
  resourceType: 'Location',
  id: `room-${++rooms}`,
  name: 'Room 12',
  status: 'active',
  ...changes,
});

/** A room that is stored at version 1. */
async function stored(changes: object = {}) {
  const sent = room(changes);
  const { json } = await server.put(`Location/${sent.id}`, sent);
  return { path: `Location/${sent.id}`, sent, json };
}

describe('an update', () => {
  it('creates under the id that the client chose', async () => {
    const sent = room({ id: 'A-z.0-9' });
    const { status, headers, json } = await server.put('Location/A-z.0-9', sent);
    expect(status).toBe(201);
    expect(headers.location).toBe(`${server.base}/Location/A-z.0-9/_history/1`);
    expect(json).toMatchObject({ id: 'A-z.0-9', meta: { versionId: '1' } });
  });

  it('makes the next version, later than the one before', async () => {
    const { path, sent, json: first } = await stored();
    const { status, headers, json } = await server.put(path, { ...sent, status: 'suspended' });
    expect(status).toBe(200);
    expect(headers).toMatchObject({ etag: 'W/"2"', location: `${server.base}/${path}/_history/2` });
    expect(json).toMatchObject({ status: 'suspended', meta: { versionId: '2' } });
    expect(Date.parse(json.meta.lastUpdated)).toBeGreaterThan(Date.parse(first.meta.lastUpdated));
  });

  it('replaces the whole: what is not sent again is gone', async () => {
    const { path, sent } = await stored({ description: 'Second floor' });
    await server.put(path, { resourceType: 'Location', id: sent.id, name: 'Room 12' });
    const { json } = await server.get(path);
    expect(json).not.toHaveProperty('description');
    expect(json).not.toHaveProperty('status');
  });

  it('takes versionId and lastUpdated from nobody, tags from the client', async () => {
    const { path, sent } = await stored();
    const meta = {
      versionId: '40',
      lastUpdated: '2001-01-01T00:00:00Z',
      tag: [{ system: 'http://hospital.example/wing', code: 'east' }],
    };
    const { json } = await server.put(path, { ...sent, meta });
    expect(json.meta).toEqual({ versionId: '2', lastUpdated: expect.not.stringMatching(/^2001/), tag: meta.tag });
  });

  it('brings a deleted resource back as its next version', async () => {
    const { path, sent } = await stored();
    await server.delete(path);
    const { status, headers } = await server.put(path, sent);
    expect(status).toBe(201);
    expect(headers.etag).toBe('W/"3"');
    expect((await server.get(path)).status).toBe(200);
    const { json } = await server.get(`${path}/_history`);
    expect(json.entry.map((entry: any) => entry.request.method)).toEqual(['PUT', 'DELETE', 'PUT']);
  });

  it.each([
    ['minimal', ''],
    ['OperationOutcome', expect.stringContaining('"resourceType":"OperationOutcome"')],
  ])('answers as return=%s asks', async (preference, body) => {
    const { path, sent } = await stored();
    const { status, text } = await server.put(path, { ...sent, name: preference }, { Prefer: `return=${preference}` });
    expect(status).toBe(200);
    expect(text).toEqual(body);
  });
});

describe('the same content again', () => {
  it('makes no version', async () => {
    const { path, sent } = await stored();
    const { status, headers } = await server.put(path, sent);
    expect(status).toBe(200);
    expect(headers.etag).toBe('W/"1"');
    expect((await server.get(`${path}/_history`)).json.total).toBe(1);
  });

  it('is known when it comes as it was read', async () => {
    const { path } = await stored({
      meta: { tag: [{ system: 'http://hospital.example/wing', code: 'east' }] },
      alias: ['Twelve', 'Zwölf'],
    });
    const { text } = await server.get(path);
    expect((await server.put(path, text)).headers.etag).toBe('W/"1"');
  });

  it('is known whatever its white space and the versionId and lastUpdated in it', async () => {
    const { path, sent } = await stored();
    const meta = { versionId: '9', lastUpdated: '2001-01-01T00:00:00Z' };
    expect((await server.put(path, JSON.stringify({ ...sent, meta }, null, 4))).headers.etag).toBe('W/"1"');
  });

  it('is another content where one digit is written differently', async () => {
    const body = (longitude: string) =>
      `{"resourceType":"Location","id":"spot","position":{"longitude":${longitude},"latitude":47.37}}`;
    expect((await server.put('Location/spot', body('8.0'))).headers.etag).toBe('W/"1"');
    expect((await server.put('Location/spot', body('8.0'))).headers.etag).toBe('W/"1"');
    const { headers, text } = await server.put('Location/spot', body('8.00'));
    expect(headers.etag).toBe('W/"2"');
    expect(text).toContain('8.00');
  });

  it('is another content where a tag differs', async () => {
    const { path, sent } = await stored();
    const meta = { tag: [{ system: 'http://hospital.example/wing', code: 'west' }] };
    expect((await server.put(path, { ...sent, meta })).headers.etag).toBe('W/"2"');
  });

  it('after a deletion is a new version all the same', async () => {
    const { path, sent } = await stored();
    await server.delete(path);
    expect((await server.put(path, sent)).headers.etag).toBe('W/"3"');
  });
});

describe('If-Match', () => {
  it.each(['W/"1"', '"1"', '*'])('lets the update through where %s holds', async (etag) => {
    const { path, sent } = await stored();
    expect((await server.put(path, { ...sent, name: etag }, { 'If-Match': etag })).status).toBe(200);
  });

  it('answers 412 and changes nothing where another version is current', async () => {
    const { path, sent } = await stored();
    await server.put(path, { ...sent, name: 'Second' });
    const { status, json } = await server.put(path, { ...sent, name: 'Late' }, { 'If-Match': 'W/"1"' });
    expect(status).toBe(412);
    expect(json.issue[0].code).toBe('conflict');
    expect((await server.get(path)).json).toMatchObject({ name: 'Second', meta: { versionId: '2' } });
  });

  it('answers 412 even where the content would not change', async () => {
    const { path, sent } = await stored();
    expect((await server.put(path, sent, { 'If-Match': 'W/"7"' })).status).toBe(412);
  });

  it.each(['W/"1"', '*'])('answers 412 for %s where there is nothing', async (etag) => {
    const sent = room();
    expect((await server.put(`Location/${sent.id}`, sent, { 'If-Match': etag })).status).toBe(412);
    expect((await server.get(`Location/${sent.id}`)).status).toBe(404);
  });

  it('answers 412 for an ETag that no version here can have', async () => {
    const { path, sent } = await stored();
    expect((await server.put(path, sent, { 'If-Match': 'W/"abc"' })).status).toBe(412);
  });

  it.each(['1', 'W/1', 'W/"1', 'version 1'])('answers 400 for what is no ETag: %s', async (etag) => {
    const { path, sent } = await stored();
    const { status, json } = await server.put(path, sent, { 'If-Match': etag });
    expect(status).toBe(400);
    expect(json.issue[0].diagnostics).toContain('W/"3"');
  });
});

describe('If-None-Match: *', () => {
  it('creates where there is nothing', async () => {
    const sent = room();
    expect((await server.put(`Location/${sent.id}`, sent, { 'If-None-Match': '*' })).status).toBe(201);
  });

  it('answers 412 where there is one, and leaves it alone', async () => {
    const { path, sent } = await stored();
    expect((await server.put(path, { ...sent, name: 'Other' }, { 'If-None-Match': '*' })).status).toBe(412);
    expect((await server.get(path)).json.meta.versionId).toBe('1');
  });

  it('creates where there is only a deletion', async () => {
    const { path, sent } = await stored();
    await server.delete(path);
    expect((await server.put(path, sent, { 'If-None-Match': '*' })).status).toBe(201);
  });

  it('is the only If-None-Match that a write takes', async () => {
    const { path, sent } = await stored();
    expect((await server.put(path, sent, { 'If-None-Match': 'W/"1"' })).status).toBe(400);
  });
});

describe('an update is refused', () => {
  it.each([
    ['another id than the URL', { id: 'other' }, 'The body has the id "other", but the URL names'],
    ['no id', { id: undefined }, 'The body has no id, but the URL names'],
  ])('where the body has %s', async (_what, changes, sentence) => {
    const { status, json } = await server.put('Location/some-room', room(changes));
    expect(status).toBe(400);
    expect(json.issue[0].details.text).toContain(sentence);
    expect(json.issue[0].expression).toEqual(['Location.id']);
    expect((await server.get('Location/some-room')).status).toBe(404);
  });

  it.each(['a_b', 'x'.repeat(65), '%3Cscript%3E', 'ä'])('where the id of the URL can be none: %s', async (id) => {
    const { status } = await server.put(
      `Location/${encodeURIComponent(decodeURIComponent(id))}`,
      room({ id: decodeURIComponent(id) }),
    );
    expect(status).toBe(400);
  });

  it('where it has a query, which would be believed to be a condition', async () => {
    const { path, sent } = await stored();
    const { status, json } = await server.put(`${path}?name=Other`, { ...sent, name: 'Changed' });
    expect(status).toBe(400);
    expect(json.issue[0].expression).toEqual(['name']);
    expect((await server.get(path)).json.name).toBe('Room 12');
  });

  it('where there is neither id nor criteria', async () => {
    expect((await server.put('Location', room())).status).toBe(400);
  });

  it('where the content is wrong, and the stored version stays', async () => {
    const { path, sent } = await stored();
    expect((await server.put(path, { ...sent, status: 'open' })).status).toBe(400);
    expect((await server.get(path)).json.meta.versionId).toBe('1');
  });
});

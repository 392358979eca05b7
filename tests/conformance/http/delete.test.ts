/** https://hl7.org/fhir/R4/http.html#delete */
import { describe, expect, it } from 'vitest';
import { testServer } from '../../setup/server.ts';

const server = await testServer();

async function put(type: string, id: string, content: object = {}) {
  const reply = await server.put(`${type}/${id}`, { resourceType: type, id, ...content });
  expect(reply.status).toBeLessThan(300);
  return `${type}/${id}`;
}

const visit = (patient: string) => ({
  status: 'finished',
  class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
  subject: { reference: patient },
});

describe('a delete', () => {
  it('answers 204 with the version that is the deletion', async () => {
    const path = await put('Patient', 'leaving', { active: true });
    const { status, headers, text } = await server.delete(path);
    expect({ status, text }).toEqual({ status: 204, text: '' });
    expect(headers.etag).toBe('W/"2"');
    expect((await server.get(path)).status).toBe(410);
  });

  it('may be repeated, and makes no second deletion', async () => {
    const path = await put('Patient', 'twice');
    expect((await server.delete(path)).status).toBe(204);
    expect((await server.delete(path)).status).toBe(204);
    expect((await server.get(`${path}/_history`)).json.total).toBe(2);
  });

  it('of what never was answers 204 and makes no version', async () => {
    expect((await server.delete('Patient/never')).status).toBe(204);
    expect((await server.get('Patient/never')).status).toBe(404);
  });

  it('keeps every version', async () => {
    const path = await put('Patient', 'kept', { gender: 'female' });
    await server.delete(path);
    expect((await server.get(`${path}/_history/1`)).json.gender).toBe('female');
  });

  it('says what it did to those who ask', async () => {
    const path = await put('Patient', 'told');
    const prefer = { Prefer: 'return=OperationOutcome' };
    expect((await server.delete(path, prefer)).json).toMatchObject({
      resourceType: 'OperationOutcome',
      issue: [{ severity: 'information', details: { text: 'Deleted Patient/told.' } }],
    });
    expect((await server.delete('Patient/never', prefer)).json.issue[0].details.text).toContain('nothing to delete');
  });

  it('obeys If-Match', async () => {
    const path = await put('Patient', 'matched');
    expect((await server.delete(path, { 'If-Match': 'W/"9"' })).status).toBe(412);
    expect((await server.get(path)).status).toBe(200);
    expect((await server.delete(path, { 'If-Match': '1' })).status).toBe(400);
    expect((await server.delete(path, { 'If-Match': 'W/"1"' })).status).toBe(204);
  });

  it('is refused with a query, which would be believed to be a condition', async () => {
    const path = await put('Patient', 'queried');
    expect((await server.delete(`${path}?active=false`)).status).toBe(400);
    expect((await server.delete(`${path}?active=false`, { Prefer: 'handling=lenient' })).status).toBe(400);
    expect((await server.get(path)).status).toBe(200);
  });
});

describe('what others refer to', () => {
  it('is not deleted: 409 names who refers to it', async () => {
    const patient = await put('Patient', 'referred');
    const encounter = await put('Encounter', 'visit', visit(patient));
    const { status, json } = await server.delete(patient);
    expect(status).toBe(409);
    expect(json.issue[0].code).toBe('conflict');
    expect(JSON.stringify(json)).toContain(encounter);
    expect((await server.get(patient)).status).toBe(200);
  });

  it('names ten of them at most', async () => {
    const patient = await put('Patient', 'busy');
    for (let i = 0; i < 12; i++) await put('Encounter', `busy-${i}`, visit(patient));
    const { json } = await server.delete(patient);
    expect(new Set(JSON.stringify(json).match(/Encounter\/busy-\d+/g))).toHaveLength(10);
  });

  it('can be deleted once nobody does any more', async () => {
    const patient = await put('Patient', 'freed');
    const first = await put('Encounter', 'freed-1', visit(patient));
    const second = await put('Encounter', 'freed-2', visit(patient));
    await server.delete(first);
    await put('Encounter', 'freed-2', visit('Patient/other'));
    expect((await server.delete(patient)).status).toBe(204);
    expect((await server.get(second)).status).toBe(200);
  });

  it.each([
    [
      'in an extension',
      'by-extension',
      {
        extension: [{ url: 'http://hospital.example/guardian', valueReference: { reference: 'Patient/by-extension' } }],
      },
    ],
    [
      'in a contained resource',
      'by-contained',
      {
        contained: [{ resourceType: 'RelatedPerson', id: 'aunt', patient: { reference: 'Patient/by-contained' } }],
        link: [{ other: { reference: '#aunt' }, type: 'seealso' }],
      },
    ],
    [
      'by version',
      'by-version',
      { link: [{ other: { reference: 'Patient/by-version/_history/1' }, type: 'seealso' }] },
    ],
  ])('is found also where the reference stands %s', async (_where, id, content) => {
    const patient = await put('Patient', id);
    await put('Patient', `${id}-referrer`, content);
    expect((await server.delete(patient)).status).toBe(409);
  });

  it('does not keep itself', async () => {
    const patient = await put('Patient', 'selfish', {
      link: [{ other: { reference: 'Patient/selfish' }, type: 'seealso' }],
    });
    expect((await server.delete(patient)).status).toBe(204);
  });
});

/** https://hl7.org/fhir/R4/http.html#patch; the patch formats themselves are under test in tests/operations/patch */
import { describe, expect, it } from 'vitest';
import { testServer } from '../../setup/server.ts';

const server = await testServer();

const JSON_PATCH = 'application/json-patch+json';
const MERGE_PATCH = 'application/merge-patch+json';
const FHIRPATH_PATCH = 'application/fhir+json';

let patients = 0;

/** A patient stored at version 1. */
async function stored(changes: object = {}): Promise<string> {
  const id = `patient-${++patients}`;
  const content = {
    resourceType: 'Patient',
    id,
    active: true,
    gender: 'unknown',
    telecom: [{ system: 'phone', value: '555-0100' }],
    ...changes,
  };
  expect((await server.put(`Patient/${id}`, content)).status).toBe(201);
  return `Patient/${id}`;
}

const operation = (...part: object[]) => ({ resourceType: 'Parameters', parameter: [{ name: 'operation', part }] });
const named = (name: string, value: object) => ({ name, ...value });

describe('a patch', () => {
  it.each([
    ['JSON Patch', JSON_PATCH, [{ op: 'replace', path: '/gender', value: 'female' }]],
    ['JSON Merge Patch', MERGE_PATCH, { gender: 'female' }],
    [
      'FHIRPath Patch',
      FHIRPATH_PATCH,
      operation(
        named('type', { valueCode: 'replace' }),
        named('path', { valueString: 'Patient.gender' }),
        named('value', { valueCode: 'female' }),
      ),
    ],
  ])('by %s makes the next version and leaves everything else', async (_name, mediaType, body) => {
    const path = await stored();
    const { status, headers, json } = await server.patch(path, body, mediaType);
    expect(status).toBe(200);
    expect(headers).toMatchObject({ etag: 'W/"2"', location: `${server.base}/${path}/_history/2` });
    expect(json).toMatchObject({
      active: true,
      gender: 'female',
      telecom: [{ system: 'phone', value: '555-0100' }],
      meta: { versionId: '2' },
    });
    expect((await server.get(path)).json).toEqual(json);
  });

  it('that changes nothing makes no version', async () => {
    const path = await stored();
    const { status, headers } = await server.patch(
      path,
      [{ op: 'replace', path: '/gender', value: 'unknown' }],
      JSON_PATCH,
    );
    expect(status).toBe(200);
    expect(headers.etag).toBe('W/"1"');
  });

  it('changes from one choice of an element to another', async () => {
    const path = await stored({ deceasedDateTime: '2024-05-01' });
    const { json } = await server.patch(
      path,
      [
        { op: 'remove', path: '/deceasedDateTime' },
        { op: 'add', path: '/deceasedBoolean', value: true },
      ],
      JSON_PATCH,
    );
    expect(json).toMatchObject({ deceasedBoolean: true });
    expect(json).not.toHaveProperty('deceasedDateTime');
  });

  it('is told in the history as what it was', async () => {
    const path = await stored();
    await server.patch(path, { active: false }, MERGE_PATCH);
    const { json } = await server.get(`${path}/_history`);
    expect(json.entry[0].request).toEqual({ method: 'PATCH', url: path });
  });

  it('answers as Prefer asks', async () => {
    const path = await stored();
    const { status, text } = await server.patch(path, { active: false }, MERGE_PATCH, { Prefer: 'return=minimal' });
    expect({ status, text }).toEqual({ status: 200, text: '' });
  });

  it('is done again on the newest version where another writer got in between', async () => {
    const path = await stored({ telecom: undefined });
    const replies = await Promise.all(
      Array.from({ length: 4 }, (_, i) =>
        server.patch(
          path,
          operation(
            named('type', { valueCode: 'add' }),
            named('path', { valueString: 'Patient' }),
            named('name', { valueString: 'telecom' }),
            named('value', { valueContactPoint: { system: 'phone', value: `555-010${i}` } }),
          ),
          FHIRPATH_PATCH,
        ),
      ),
    );
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const { json } = await server.get(path);
    expect(json.telecom.map((point: any) => point.value).sort()).toEqual([
      '555-0100',
      '555-0101',
      '555-0102',
      '555-0103',
    ]);
    expect(json.meta.versionId).toBe('5');
  });
});

describe('32 patches of one resource at once, none of them with If-Match', () => {
  const add = (value: string) => [{ op: 'add', path: '/telecom/-', value: { system: 'phone', value } }];
  const values = Array.from({ length: 32 }, (_, i) => `555-02${String(i).padStart(2, '0')}`);

  it.each([
    ['of a patient without identifiers', {}],
    ['of a patient with an identifier', { identifier: [{ system: 'http://hospital.example/mrn', value: 'P-32' }] }],
  ])('all succeed, %s', async (_name, more) => {
    const path = await stored(more);
    const replies = await Promise.all(values.map((value) => server.patch(path, add(value), JSON_PATCH)));
    expect(replies.map(({ status }) => status)).toEqual(values.map(() => 200));
    const { json } = await server.get(path);
    expect(json.telecom.map((point: any) => point.value).sort()).toEqual(['555-0100', ...values]);
    expect(json.meta.versionId).toBe('33');
  });

  it('all succeed beside updates and deletions of others', async () => {
    const path = await stored();
    const other = () => server.put('Patient/patch-neighbour', { resourceType: 'Patient', id: 'patch-neighbour' });
    const replies = await Promise.all(
      values.flatMap((value, i) => [
        server.patch(path, add(value), JSON_PATCH),
        i % 2 === 0 ? other() : server.delete('Patient/patch-neighbour'),
      ]),
    );
    expect(replies.filter(({ status }) => status >= 400)).toEqual([]);
    expect((await server.get(path)).json.telecom).toHaveLength(33);
  });
});

describe('If-Match', () => {
  it('lets a patch of the current version through', async () => {
    const path = await stored();
    expect((await server.patch(path, { active: false }, MERGE_PATCH, { 'If-Match': 'W/"1"' })).status).toBe(200);
  });

  it('answers 412 for another version, 400 for what is no ETag', async () => {
    const path = await stored();
    await server.patch(path, { active: false }, MERGE_PATCH);
    expect((await server.patch(path, { gender: 'male' }, MERGE_PATCH, { 'If-Match': 'W/"1"' })).status).toBe(412);
    expect((await server.patch(path, { gender: 'male' }, MERGE_PATCH, { 'If-Match': '2' })).status).toBe(400);
    expect((await server.get(path)).json).toMatchObject({ gender: 'unknown', meta: { versionId: '2' } });
  });
});

describe('a patch is refused, and the resource stays as it is', () => {
  it.each([
    ['it names an unknown element', JSON_PATCH, [{ op: 'add', path: '/gendre', value: 'male' }], 400],
    ['it replaces what is not there', JSON_PATCH, [{ op: 'replace', path: '/birthDate', value: '1984-03-05' }], 400],
    ['its result would be wrong', JSON_PATCH, [{ op: 'replace', path: '/gender', value: 'xx' }], 400],
    ['its result would have a wrong date', MERGE_PATCH, { birthDate: '1984-03-05T10:00:00Z' }, 400],
    [
      'a test of it does not hold',
      JSON_PATCH,
      [
        { op: 'test', path: '/gender', value: 'male' },
        { op: 'replace', path: '/gender', value: 'female' },
      ],
      409,
    ],
    ['its operation is none', JSON_PATCH, [{ op: 'increase', path: '/gender' }], 400],
    ['it is not the list that JSON Patch is', JSON_PATCH, { op: 'remove', path: '/gender' }, 400],
    ['it is no JSON', JSON_PATCH, '[{"op":', 400],
    ['it is empty', JSON_PATCH, ' ', 400],
    ['it would make another type of it', MERGE_PATCH, { resourceType: 'Practitioner' }, 400],
    ['it would give it another id', MERGE_PATCH, { id: 'somebody-else' }, 400],
    [
      'FHIRPath adds a single element that is there',
      FHIRPATH_PATCH,
      operation(
        named('type', { valueCode: 'add' }),
        named('path', { valueString: 'Patient' }),
        named('name', { valueString: 'gender' }),
        named('value', { valueCode: 'male' }),
      ),
      400,
    ],
    [
      'FHIRPath has no value',
      FHIRPATH_PATCH,
      operation(named('type', { valueCode: 'replace' }), named('path', { valueString: 'Patient.gender' })),
      400,
    ],
    ['FHIRPath Patch is another resource', FHIRPATH_PATCH, { resourceType: 'Patient', gender: 'male' }, 400],
  ] as const)('where %s', async (_reason, mediaType, body, expected) => {
    const path = await stored();
    const { status, json } = await server.patch(path, body, mediaType);
    expect(status).toBe(expected);
    expect(json.resourceType).toBe('OperationOutcome');
    expect((await server.get(path)).json).toMatchObject({ gender: 'unknown', meta: { versionId: '1' } });
  });

  it('with 404 where there is nothing to patch, 410 where it was deleted', async () => {
    expect((await server.patch('Patient/nobody', { active: true }, MERGE_PATCH)).status).toBe(404);
    const path = await stored();
    await server.delete(path);
    expect((await server.patch(path, { active: true }, MERGE_PATCH)).status).toBe(410);
  });

  it('with 415 and Accept-Patch for another media type', async () => {
    const path = await stored();
    const { status, headers } = await server.patch(path, '<diff/>', 'application/xml-patch+xml');
    expect(status).toBe(415);
    expect(headers['accept-patch']).toContain(JSON_PATCH);
  });
});

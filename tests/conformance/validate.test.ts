/** $validate, whatever it finds. https://hl7.org/fhir/R4/resource-operation-validate.html */
import { describe, expect, it } from 'vitest';
import { testServer } from '../setup/server.ts';

const server = await testServer();
const LINE = 'http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-line';
const RULE = 'http://hl7.org/fhir/StructureDefinition/operationoutcome-message-id';
const COLUMN = 'http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-col';
const text = { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">Dr Lee</div>' };
const lee = { resourceType: 'Practitioner', text, name: [{ family: 'Lee' }] };
const parameters = (...parameter: object[]) => ({ resourceType: 'Parameters', parameter });
const errorsOf = (json: any) => json.issue.filter(({ severity }: any) => severity === 'error');
const expressions = (json: any) => errorsOf(json).flatMap(({ expression }: any) => expression);

describe('a good resource', () => {
  it.each([
    ['$validate', lee],
    ['Practitioner/$validate', lee],
    ['Practitioner/lee/$validate', lee],
    ['Practitioner/$validate', parameters({ name: 'resource', resource: lee }, { name: 'mode', valueCode: 'create' })],
    ['Practitioner/$validate?mode=profile', parameters({ name: 'resource', resource: lee })],
    ['Practitioner/$validate?profile=http://hl7.org/fhir/StructureDefinition/Practitioner', lee],
  ])('is told to be one at %s', async (path, body) => {
    const { status, json } = await server.post(path, body);
    expect(status).toBe(200);
    expect(json).toEqual({
      resourceType: 'OperationOutcome',
      issue: [
        { severity: 'information', code: 'informational', details: { text: 'All OK: nothing is wrong with it.' } },
      ],
    });
  });

  it('is not stored', async () => {
    await server.post('Practitioner/lee/$validate', { ...lee, id: 'lee' });
    expect((await server.get('Practitioner/lee')).status).toBe(404);
  });
});

describe('a fault', () => {
  it('has the path to its element, and its line and column in what was sent', async () => {
    const sent =
      '{"resourceType": "Practitioner",\n  "name": [ {"family": "Lee"},\n    {"given": ["Ann"], "nickname": "A"} ]}';
    const { json } = await server.post('Practitioner/$validate', sent);
    expect(errorsOf(json)).toMatchObject([
      { expression: ['Practitioner.name[1].nickname'], diagnostics: expect.any(String) },
    ]);
    expect(errorsOf(json)[0].extension).toEqual(
      expect.arrayContaining([
        { url: LINE, valueInteger: 3 },
        { url: COLUMN, valueInteger: 24 },
      ]),
    );
  });

  it('has its line and column in the whole body where the resource stands in Parameters', async () => {
    const sent =
      '{"resourceType":"Parameters","parameter":[\n{"name":"resource",\n "resource":\n{"resourceType":"Practitioner",\n "gender":"femal"}}]}';
    const { status, json } = await server.post('$validate', sent);
    expect([status, expressions(json)]).toEqual([200, ['Practitioner.gender']]);
    expect(errorsOf(json)[0].extension).toContainEqual({ url: LINE, valueInteger: 5 });
  });

  it('is told with all others', async () => {
    const { json } = await server.post('$validate', {
      ...lee,
      gender: 'femal',
      birthDate: '1984-02-30',
      active: 'yes',
      name: [],
    });
    expect(expressions(json).sort()).toEqual([
      'Practitioner.active',
      'Practitioner.birthDate',
      'Practitioner.gender',
      'Practitioner.name',
    ]);
  });

  it.each([
    ['another type than the URL', 'Patient/$validate', lee, ['Patient.resourceType']],
    ['no type', '$validate', parameters({ name: 'resource', resource: { name: 'x' } }), ['resourceType']],
    ['a type that R4 does not have', '$validate', { resourceType: 'Practitionr' }, ['resourceType']],
    [
      'a conditional reference',
      '$validate',
      { ...lee, qualification: [{ code: { text: 'MD' }, issuer: { reference: 'Organization?name=x' } }] },
      ['Practitioner.qualification[0].issuer'],
    ],
  ])('is %s', async (_what, path, body, found) => {
    const { status, json } = await server.post(path, body);
    expect([status, expressions(json)]).toEqual([200, found]);
  });
});

describe('the mode', () => {
  it('update asks for the id that the URL names', async () => {
    expect(expressions((await server.post('Practitioner/$validate?mode=update', lee)).json)).toEqual([
      'Practitioner.id',
    ]);
    expect(
      expressions((await server.post('Practitioner/lee/$validate?mode=update', { ...lee, id: 'li' })).json),
    ).toEqual(['Practitioner.id']);
    expect(errorsOf((await server.post('Practitioner/lee/$validate?mode=update', { ...lee, id: 'lee' })).json)).toEqual(
      [],
    );
  });

  it('create needs none', async () => {
    expect(errorsOf((await server.post('Practitioner/$validate?mode=create', lee)).json)).toEqual([]);
  });

  it('delete tells what would refuse the deletion, and deletes nothing', async () => {
    await server.put('Organization/st-mary', { resourceType: 'Organization', id: 'st-mary', name: 'St Mary' });
    await server.put('Practitioner/ann', {
      ...lee,
      id: 'ann',
      qualification: [{ code: { text: 'MD' }, issuer: { reference: 'Organization/st-mary' } }],
    });
    const refused = await server.get('Organization/st-mary/$validate?mode=delete');
    expect([refused.status, refused.json.issue]).toMatchObject([
      200,
      [{ severity: 'error', code: 'conflict', details: { text: expect.stringContaining('Practitioner/ann') } }],
    ]);
    const allowed = await server.post('$validate?mode=delete', { ...lee, id: 'ann' });
    expect(allowed.json.issue).toMatchObject([{ severity: 'information' }]);
    expect((await server.get('Practitioner/ann')).status).toBe(200);
    const nothing = await server.get('Practitioner/nobody/$validate?mode=delete');
    expect(nothing.json.issue).toMatchObject([
      { severity: 'information', details: { text: expect.stringContaining('nothing to delete') } },
    ]);
    expect((await server.post('Practitioner/$validate?mode=delete', lee)).status).toBe(400);
  });

  it.each([
    ['mode=replace', 'mode'],
    ['mode=create&mode=update', 'mode'],
    ['mode=', 'mode'],
  ])('%s is refused', async (query, expression) => {
    const { status, json } = await server.post(`Practitioner/$validate?${query}`, lee);
    expect([status, json.issue[0].expression]).toEqual([400, [expression]]);
  });
});

describe('what is stored', () => {
  it('is validated by GET, without lines of a text that nobody sent', async () => {
    await server.put('Practitioner/stored', { ...lee, id: 'stored' });
    const { status, json } = await server.get('Practitioner/stored/$validate');
    expect([status, errorsOf(json)]).toEqual([200, []]);
    expect((await server.post('Practitioner/stored/$validate', '')).status).toBe(200);
  });

  it('must be there', async () => {
    expect((await server.get('Practitioner/nobody/$validate')).status).toBe(404);
    await server.put('Practitioner/gone', { ...lee, id: 'gone' });
    await server.delete('Practitioner/gone');
    expect((await server.get('Practitioner/gone/$validate')).status).toBe(410);
  });
});

describe('a body', () => {
  it.each([
    ['that is no JSON', '{"resourceType":'],
    ['that is a list', '[]'],
    ['of Parameters without a resource', parameters({ name: 'mode', valueCode: 'create' })],
    ['of broken Parameters', { resourceType: 'Parameters', parameter: [{ resource: lee }] }],
    ['that is empty', ''],
  ])('%s is refused with 400', async (_what, body) => {
    const { status, json } = await server.post('Practitioner/$validate', body);
    expect([status, json.resourceType]).toEqual([400, 'OperationOutcome']);
  });
});

describe('a long resource', () => {
  const entry = Array.from({ length: 3_000 }, (_, n) => ({
    fullUrl: `http://hospital.example/fhir/Practitioner/p${n}`,
    resource: { ...lee, id: `p${n}`, gender: n === 2_500 ? 'femal' : 'female' },
  }));
  const bundle = { resourceType: 'Bundle', type: 'collection', entry };

  it('is validated while others are answered', async () => {
    const validated = server.post('$validate', bundle);
    const others = await Promise.all(Array.from({ length: 20 }, () => server.get('Practitioner/nobody')));
    expect(others.every(({ status }) => status === 404)).toBe(true);
    const { status, json } = await validated;
    expect([status, expressions(json)]).toEqual([200, ['Bundle.entry[2500].resource.gender']]);
  });

  it('is refused with the same when it is to be stored', async () => {
    const { status, json } = await server.post('Bundle', bundle);
    expect([status, expressions(json)]).toEqual([400, ['Bundle.entry[2500].resource.gender']]);
    expect(errorsOf(json)[0].extension).toContainEqual({ url: LINE, valueInteger: 1 });
  });
});

describe('a write', () => {
  it('that is refused tells line and column too, alone and in a transaction', async () => {
    const alone = await server.post('Practitioner', '{"resourceType":"Practitioner",\n"gender":"femal"}');
    expect([alone.status, alone.json.issue[0].extension]).toMatchObject([
      400,
      [
        { url: LINE, valueInteger: 2 },
        { url: COLUMN, valueInteger: 1 },
        { url: RULE, valueString: 'binding' },
      ],
    ]);
    expect(alone.json.issue[0].code).toBe('code-invalid');
    const sent =
      '{"resourceType":"Bundle","type":"transaction","entry":[\n{"resource":{"resourceType":"Practitioner",\n"gender":"femal"},"request":{"method":"POST","url":"Practitioner"}}]}';
    const together = await server.post('', sent);
    expect([together.status, together.json.issue[0].expression]).toEqual([400, ['Bundle.entry[0].resource.gender']]);
    expect(together.json.issue[0].extension).toContainEqual({ url: LINE, valueInteger: 3 });
    const each = await server.post('', sent.replace('transaction', 'batch'));
    const { status, outcome } = each.json.entry[0].response;
    expect([status, outcome.issue[0].expression]).toEqual(['400 Bad Request', ['Bundle.entry[0].resource.gender']]);
    expect(outcome.issue[0].extension).toEqual(together.json.issue[0].extension);
  });
});

import { describe, expect, it } from 'vitest';
import { defined, optional, parametersOf } from '../../operations/terminology-input.ts';
import { testServer } from '../setup/server.ts';

const server = await testServer();
const WARDS = 'http://hospital.example.org/CodeSystem/wards';
const named = (json: any, name: string) => json.parameter?.find((one: any) => one.name === name);

it('leaves out what was not given', () => {
  expect(defined<{ a?: number; b?: number }>({ a: 1, b: undefined })).toEqual({ a: 1 });
  expect(parametersOf([])).toEqual({ resourceType: 'Parameters' });
  expect(optional('code', 'code', 'The code.', { max: '*' })).toMatchObject({ min: 0, max: '*' });
});

describe('questions over HTTP', () => {
  it('answer for what was stored a moment ago, and no more for what was deleted', async () => {
    const ask = () => server.get(`CodeSystem/$lookup?system=${WARDS}&code=neuro`);
    expect((await ask()).status).toBe(404);
    const concept = [{ code: 'surgery', concept: [{ code: 'neuro', display: 'Neurosurgery' }] }];
    const wards = {
      resourceType: 'CodeSystem',
      id: 'wards',
      url: WARDS,
      status: 'active',
      content: 'complete',
      concept,
    };
    await server.put('CodeSystem/wards', wards);
    expect(named((await ask()).json, 'display').valueString).toBe('Neurosurgery');
    await server.put('CodeSystem/wards', { ...wards, concept: [{ code: 'neuro', display: 'Brain surgery' }] });
    expect(named((await ask()).json, 'display').valueString).toBe('Brain surgery');
    await server.delete('CodeSystem/wards');
    expect((await ask()).status).toBe(404);
  });

  it('can be asked by GET, by POST of Parameters, by POST of the value set, and of an instance', async () => {
    const valueSet = {
      resourceType: 'ValueSet',
      id: 'units',
      url: 'http://hospital.example.org/ValueSet/units',
      status: 'active',
      compose: { include: [{ system: 'http://unitsofmeasure.org', concept: [{ code: 'mg' }, { code: 'mL' }] }] },
    };
    await server.put('ValueSet/units', valueSet);
    const codes = (json: any) => json.expansion.contains.map(({ code }: any) => code);
    expect(codes((await server.get('ValueSet/units/$expand')).json)).toEqual(['mg', 'mL']);
    expect(codes((await server.get(`ValueSet/$expand?url=${valueSet.url}&filter=milligram`)).json)).toEqual(['mg']);
    expect(codes((await server.post('ValueSet/$expand', valueSet)).json)).toEqual(['mg', 'mL']);
    const parameter = [
      { name: 'url', valueUri: valueSet.url },
      { name: 'code', valueCode: 'mg' },
      { name: 'inferSystem', valueBoolean: true },
    ];
    const { json } = await server.post('ValueSet/$validate-code', { resourceType: 'Parameters', parameter });
    expect(named(json, 'result').valueBoolean).toBe(true);
    const instance = await server.get('ValueSet/units/$validate-code?system=http://unitsofmeasure.org&code=kg');
    expect(named(instance.json, 'result').valueBoolean).toBe(false);
  });

  it("answer for R4's own content from the start", async () => {
    const gender = 'http://hl7.org/fhir/administrative-gender';
    const { json } = await server.get(`CodeSystem/$validate-code?url=${gender}&code=male&display=Male`);
    expect(named(json, 'result').valueBoolean).toBe(true);
    const related = await server.get(
      'CodeSystem/$subsumes?system=http://terminology.hl7.org/CodeSystem/v3-ActCode&codeA=_ActAccountCode&codeB=CASH',
    );
    expect(named(related.json, 'outcome').valueCode).toBe('subsumes');
    const expanded = await server.get('ValueSet/$expand?url=http://hl7.org/fhir/ValueSet/administrative-gender');
    expect(expanded.json.expansion.total).toBe(4);
  });

  it('refuse what is no question', async () => {
    const of = async (path: string) => (await server.get(path)).status;
    expect(await of('ValueSet/$expand?url=urn:none')).toBe(404);
    expect(await of('ValueSet/$expand?url=http://hl7.org/fhir/ValueSet/administrative-gender&count=-1')).toBe(400);
    expect(await of('ValueSet/$expand?urk=x')).toBe(400);
    expect(await of('CodeSystem/$lookup?code=x')).toBe(400);
    const other = {
      resourceType: 'Parameters',
      parameter: [{ name: 'tx-resource', resource: { resourceType: 'Patient' } }],
    };
    expect((await server.post('ValueSet/$expand', other)).status).toBe(400);
    expect(await of('CodeSystem/none/$subsumes?codeA=a&codeB=b')).toBe(404);
  });
});

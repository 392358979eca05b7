/** https://hl7.org/fhir/R4/http.html#capabilities: what it says is what is there. */
import { describe, expect, it } from 'vitest';
import { resourceTypes, searchParameters } from '../../../resources/index.ts';
import { testServer } from '../../setup/server.ts';

const server = await testServer();
const { json: statement } = await server.get('metadata');
const [rest] = statement.rest;

const resourceOf = (type: string) => rest.resource.find((resource: any) => resource.type === type);

describe('the metadata', () => {
  it('is a CapabilityStatement of this server', () => {
    expect(statement).toMatchObject({
      resourceType: 'CapabilityStatement',
      status: 'active',
      kind: 'instance',
      fhirVersion: '4.0.1',
      implementation: { url: server.base },
      software: { name: 'Vesta' },
    });
  });

  it('is itself a right resource, which can be stored', async () => {
    const { id: _id, ...content } = statement;
    const { status, text } = await server.post('CapabilityStatement', content);
    expect(status, text).toBe(201);
  });

  it('names the 146 types of R4, each once', () => {
    const types = rest.resource.map((resource: any) => resource.type);
    expect(types).toHaveLength(146);
    expect(new Set(types)).toEqual(new Set(resourceTypes()));
  });

  it('names every search parameter of a type', () => {
    for (const type of ['Patient', 'Observation', 'Claim', 'Appointment']) {
      const named = resourceOf(type).searchParam.map((parameter: any) => parameter.name);
      const offered = [...searchParameters(type).keys()].filter((code) => !code.startsWith('_'));
      expect(named.sort()).toEqual(offered.sort());
    }
  });

  it('names parameters that every search takes, and no search refuses one that it names', async () => {
    const common = rest.searchParam.map((parameter: any) => parameter.name);
    expect(common).toContain('_lastUpdated');
    const values: Record<string, string> = {
      date: '2024',
      number: '1',
      quantity: '1',
      string: 'a',
      token: 'a',
      uri: 'http://a.example',
      reference: 'Patient/1',
    };
    for (const { name, type } of [...resourceOf('Observation').searchParam, ...resourceOf('Patient').searchParam]) {
      if (values[type] === undefined) continue;
      const on = resourceOf('Patient').searchParam.some((parameter: any) => parameter.name === name)
        ? 'Patient'
        : 'Observation';
      const { status, text } = await server.get(`${on}?${name}=${values[type]}`);
      expect(status, `${on}?${name}: ${text.slice(0, 300)}`).toBe(200);
    }
  });

  it('names no interaction that is refused as unknown', () => {
    expect(
      resourceOf('Patient')
        .interaction.map(({ code }: any) => code)
        .sort(),
    ).toEqual([
      'create',
      'delete',
      'history-instance',
      'history-type',
      'patch',
      'read',
      'search-type',
      'update',
      'vread',
    ]);
    expect(rest.interaction.map(({ code }: any) => code).sort()).toEqual([
      'batch',
      'history-system',
      'search-system',
      'transaction',
    ]);
  });

  it('promises of references and conditions what is done', () => {
    expect(resourceOf('Patient')).toMatchObject({
      versioning: 'versioned-update',
      updateCreate: true,
      conditionalCreate: true,
      conditionalRead: 'full-support',
      conditionalUpdate: true,
      conditionalDelete: 'single',
      referencePolicy: ['literal', 'logical'],
    });
  });

  it('names only operations of the whole server beside those of the types', () => {
    expect(rest.operation.map(({ name }: any) => name)).toContain('validate');
    expect(rest.operation.map(({ name }: any) => name)).not.toContain('expand');
  });

  it('is known by the address of whoever asks', async () => {
    const { json } = await server.get('metadata', { Host: 'localhost:9999' });
    expect(json.implementation.url).toMatch(/^http:\/\//);
  });

  it('may be asked for in part', async () => {
    const { json } = await server.get('metadata?_elements=fhirVersion');
    expect(json).toMatchObject({ fhirVersion: '4.0.1', status: 'active', meta: { tag: [{ code: 'SUBSETTED' }] } });
    expect(json.rest).toBeUndefined();
    expect((await server.get('metadata?_summary=true')).json.fhirVersion).toBe('4.0.1');
  });

  it('tells the terminology with mode=terminology, and refuses other modes', async () => {
    expect((await server.get('metadata?mode=full')).json.resourceType).toBe('CapabilityStatement');
    const { status, json } = await server.get('metadata?mode=terminology');
    expect([status, json.resourceType]).toEqual([200, 'TerminologyCapabilities']);
    expect((await server.get('metadata?mode=everything')).status).toBe(400);
  });
});

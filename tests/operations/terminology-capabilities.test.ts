import { expect, it } from 'vitest';
import { testServer } from '../setup/server.ts';

const server = await testServer();

it('tells the systems that are at hand and what $expand takes', async () => {
  const { status, json } = await server.get('metadata?mode=terminology');
  expect(status).toBe(200);
  expect(json).toMatchObject({
    resourceType: 'TerminologyCapabilities',
    kind: 'instance',
    expansion: { paging: true },
  });
  const uris = json.codeSystem.map(({ uri }: any) => uri);
  expect(uris).toContain('http://hl7.org/fhir/administrative-gender');
  expect(uris).toContain('http://unitsofmeasure.org');
  expect(new Set(uris).size).toBe(uris.length);
  expect(json.expansion.parameter.map(({ name }: any) => name)).toContain('filter');
});

it('is valid, and can be asked for in parts', async () => {
  const whole = await server.get('metadata?mode=terminology');
  const outcome = await server.post('TerminologyCapabilities/$validate', whole.json);
  expect(outcome.json.issue.filter(({ severity }: any) => severity === 'error')).toEqual([]);
  const part = await server.get('metadata?mode=terminology&_elements=name');
  expect(part.json.codeSystem).toBeUndefined();
  expect((await server.get('metadata?mode=normative')).status).toBe(400);
});

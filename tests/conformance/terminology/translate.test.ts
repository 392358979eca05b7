/** `$translate` over HTTP. https://hl7.org/fhir/R4/conceptmap-operation-translate.html */
import { expect, it } from 'vitest';
import { testServer } from '../../setup/server.ts';
import { LOCAL, LOINC, labToLoinc } from '../../terminology/maps/double.ts';

const server = await testServer();
const stored = await server.put('ConceptMap/lab', labToLoinc);
if (stored.status !== 201) throw new Error(stored.text);
const query = `system=${LOCAL}&code=HB`;
const concepts = (json: any) =>
  json.parameter
    .filter(({ name }: any) => name === 'match')
    .map(({ part }: any) => part.find(({ name }: any) => name === 'concept')?.valueCoding.code);

it('translates by GET and POST, on the type and on one map', async () => {
  for (const path of [
    `ConceptMap/$translate?url=${labToLoinc.url}&${query}`,
    `ConceptMap/$translate?${query}&targetsystem=${LOINC}`,
    `ConceptMap/lab/$translate?${query}`,
  ]) {
    const reply = await server.get(path);
    expect([reply.status, reply.json.resourceType, reply.json.parameter[0]]).toEqual([
      200,
      'Parameters',
      { name: 'result', valueBoolean: true },
    ]);
    expect(concepts(reply.json)).toEqual(['718-7']);
  }
  const posted = await server.post('ConceptMap/$translate', {
    resourceType: 'Parameters',
    parameter: [
      { name: 'conceptMap', resource: labToLoinc },
      { name: 'coding', valueCoding: { system: LOCAL, code: 'GLU' } },
      {
        name: 'dependency',
        part: [
          { name: 'element', valueUri: 'material' },
          { name: 'concept', valueCodeableConcept: { text: 'urine' } },
        ],
      },
    ],
  });
  expect(concepts(posted.json)).toEqual(['2350-7']);
});

it("translates by R4's own maps", async () => {
  const reply = await server.get('ConceptMap/$translate?system=http://hl7.org/fhir/administrative-gender&code=female');
  expect(concepts(reply.json)).toContain('F');
});

it('sees a map that was changed a moment ago', async () => {
  const group = {
    ...labToLoinc.group![0]!,
    element: [{ code: 'HB', target: [{ code: '20509-6', equivalence: 'equal' }] }],
  };
  await server.put('ConceptMap/lab', { ...labToLoinc, group: [group] });
  expect(concepts((await server.get(`ConceptMap/lab/$translate?${query}`)).json)).toEqual(['20509-6']);
  await server.delete('ConceptMap/lab');
  expect((await server.get(`ConceptMap/$translate?url=${labToLoinc.url}&${query}`)).status).toBe(404);
});

it('refuses what it is not told enough of', async () => {
  const reply = await server.get('ConceptMap/$translate?code=HB');
  expect([reply.status, reply.json.issue[0].expression]).toEqual([400, ['system']]);
});

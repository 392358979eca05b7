/** `$closure` over HTTP, with several clients at once. https://hl7.org/fhir/R4/terminology-service.html#closure */
import { expect, it } from 'vitest';
import { testServer } from '../../setup/server.ts';

const server = await testServer();
const ROLES = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const ask = (...parameter: object[]) => server.post('$closure', { resourceType: 'Parameters', parameter });
const name = (valueString: string) => ({ name: 'name', valueString });
const concept = (code: string) => ({ name: 'concept', valueCoding: { system: ROLES, code } });

it('begins a table, adds concepts, and tells again what was told', async () => {
  const begun = await ask(name('visits'));
  expect([begun.status, begun.json.resourceType, begun.json.version]).toEqual([200, 'ConceptMap', '0']);
  await ask(name('visits'), concept('IMP'));
  const added = await ask(name('visits'), concept('_ActEncounterCode'));
  expect(added.json.group[0].element).toEqual([
    { code: 'IMP', target: [{ code: '_ActEncounterCode', equivalence: 'subsumes' }] },
  ]);
  const again = await ask(name('visits'), { name: 'version', valueString: '0' });
  expect(again.json.group).toEqual(added.json.group);
});

it('misses no relation when two clients add at the same time', async () => {
  await ask(name('busy'));
  const codes = ['_ActEncounterCode', 'IMP', 'ACUTE', 'NONAC', 'AMB', 'EMER'];
  const replies = await Promise.all(codes.map((code) => ask(name('busy'), concept(code))));
  expect(replies.map(({ status }) => status)).toEqual(codes.map(() => 200));
  const all = await ask(name('busy'), { name: 'version', valueString: '0' });
  const pairs = all.json.group[0].element.flatMap(({ code, target }: any) =>
    target.map((one: any) => `${code} ${one.code}`),
  );
  expect(pairs.sort()).toEqual(
    ['ACUTE IMP', 'NONAC IMP', 'ACUTE _ActEncounterCode', 'AMB _ActEncounterCode', 'EMER _ActEncounterCode']
      .concat(['IMP _ActEncounterCode', 'NONAC _ActEncounterCode'])
      .sort(),
  );
});

it('says that a table was never begun, and takes no GET', async () => {
  expect((await ask(name('none'), concept('IMP'))).status).toBe(404);
  expect((await server.get('$closure?name=visits')).status).toBe(405);
});

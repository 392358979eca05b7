/** Releases that are loaded beside a server, and what it answers then. */
import { afterAll, expect, it } from 'vitest';
import { openOperations } from '../../../operations/index.ts';
import { dropRelease, formats, idOf, loadRelease, nameOf } from '../../../server/terminology/load.ts';
import { openProgress } from '../../../server/terminology/progress.ts';
import { openStore } from '../../../store/index.ts';
import { testContext } from '../../setup/context.ts';
import { operationSettings } from '../../setup/environment.ts';
import { testServer } from '../../setup/server.ts';
import { folderOf, loincFiles, snomedFiles, zipOf } from './releases.ts';

const server = await testServer();
const store = await openStore({ connection: server.connection, applicationName: 'vesta test' });
const operations = await openOperations({ store, settings: operationSettings });
afterAll(async () => {
  await operations.close();
  await store.close();
});
const context = testContext();
const loading = { store, operations, context, progress: openProgress({ write: () => {} }) };
const asked = { version: undefined, mapping: undefined };
const SNOMED = 'http://snomed.info/sct';
const EDITION = `${SNOMED}/900000000000207008`;

it('answers by a release that was loaded a moment ago', async () => {
  const loaded = await loadRelease(formats.snomed!, zipOf(snomedFiles), asked, loading);
  expect(nameOf(loaded)).toBe(`${SNOMED}|${EDITION}/version/20260101`);
  const look = await server.get(`CodeSystem/$lookup?system=${SNOMED}&code=22298006&property=363698007`);
  expect(look.text).toContain('Myocardial infarction');
  expect(look.text).toContain('80891009');
  const relation = await server.get(`CodeSystem/$subsumes?system=${SNOMED}&codeA=64572001&codeB=22298006`);
  expect(relation.json.parameter[0].valueCode).toBe('subsumes');
  const expanded = await server.get(
    `ValueSet/$expand?url=${encodeURIComponent(`${SNOMED}?fhir_vs=isa/64572001`)}&filter=heart`,
  );
  expect(expanded.json.expansion.contains.map(({ code }: any) => code).sort()).toEqual(['22298006', '56265001']);
  const member = await server.get(`ValueSet/$expand?url=${encodeURIComponent(`${EDITION}?fhir_vs=refset/723264001`)}`);
  expect(member.json.expansion.contains.map(({ code }: any) => code)).toEqual(['80891009']);
});

it('expands and validates by expressions', async () => {
  const expression = '< 138875005 |root| : { 363698007 = << 123037004 }';
  const url = encodeURIComponent(`${SNOMED}?fhir_vs=ecl/${expression}`);
  const expanded = await server.get(`ValueSet/$expand?url=${url}`);
  expect(expanded.status, expanded.text).toBe(200);
  expect(expanded.json.expansion.contains.map(({ code }: any) => code).sort()).toEqual(['22298006', '56265001']);
  const valid = async (code: string) =>
    (await server.get(`ValueSet/$validate-code?url=${url}&system=${SNOMED}&code=${code}`)).json.parameter.find(
      ({ name }: any) => name === 'result',
    ).valueBoolean;
  expect([await valid('22298006'), await valid('80891009')]).toEqual([true, false]);
  const refused = await server.get(`ValueSet/$expand?url=${encodeURIComponent(`${SNOMED}?fhir_vs=ecl/<< x`)}`);
  expect(refused.json.issue[0].details.text).toContain('its expression is not understood at character 4 (x)');
});

it('tells of it in a CodeSystem that searches find', async () => {
  const found = await server.get(`CodeSystem?url=${SNOMED}`);
  expect(found.json.entry[0].resource).toMatchObject({
    content: 'not-present',
    count: 9,
    version: `${EDITION}/version/20260101`,
  });
});

it('does not load the same release twice', async () =>
  expect(loadRelease(formats.snomed!, folderOf(snomedFiles), asked, loading)).rejects.toThrow(
    'is loaded already, with 9 concepts',
  ));

it('leaves nothing behind of a broken release', async () => {
  const parts = Object.keys(loincFiles)[3]!;
  const files = { ...loincFiles, [parts]: `${loincFiles[parts]}"only one"\r\n` };
  await expect(loadRelease(formats.loinc!, zipOf(files, 'Loinc_2.81.zip'), asked, loading)).rejects.toThrow(
    `${parts}, line 4`,
  );
  expect((await server.get('CodeSystem/$lookup?system=http://loinc.org&code=718-7')).status).toBe(404);
  expect((await server.get('CodeSystem?url=http://loinc.org')).json.total).toBe(0);
});

it('expands answer lists and parts of LOINC', async () => {
  await loadRelease(formats.loinc!, zipOf(loincFiles, 'Loinc_2.81.zip'), asked, loading);
  const answers = await server.get('ValueSet/$expand?url=http://loinc.org/vs/LL2419-1');
  expect(answers.json.expansion.contains.map(({ code }: any) => code).sort()).toEqual(['LA19709-7', 'LA19710-5']);
  const below = await server.get('ValueSet/$expand?url=http://loinc.org/vs/LP432695-7');
  expect(below.json.expansion.contains.map(({ code }: any) => code)).toContain('718-7');
});

it('refuses a release without concepts', async () =>
  expect(
    loadRelease(formats.cvx!, folderOf({ 'cvx.txt': 'CVX Code|Short|Full\n' }), { ...asked, version: '1' }, loading),
  ).rejects.toThrow('There are no concepts in'));

it('drops a release and the CodeSystem that tells of it', async () => {
  const [release] = (await store.releases.list(context)).filter(({ url }) => url === 'http://loinc.org');
  await dropRelease(release!, loading);
  expect((await server.get(`CodeSystem/${idOf(release!)}`)).status).toBe(410);
  expect((await server.get('CodeSystem/$lookup?system=http://loinc.org&code=718-7')).status).toBe(404);
});

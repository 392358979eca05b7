/** Bundles longer than VESTA_LIMIT_INLINE_BUNDLE_BYTES are read and prepared on another thread: with the same results. */
import { expect, it } from 'vitest';
import { testServer } from '../../setup/server.ts';

const server = await testServer({ VESTA_LIMIT_INLINE_BUNDLE_BYTES: '1024' });

const PATIENT = 'urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a';
const results = (count: number, value = '5.10') =>
  Array.from(
    { length: count },
    (_, i) =>
      `{"resource":{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"2823-3"}]},"subject":{"reference":"${PATIENT}"},"valueQuantity":{"value":${value},"unit":"mmol/L"},"identifier":[{"value":"N-${i}"}]},"request":{"method":"POST","url":"Observation"}}`,
  );
const patient = `{"fullUrl":"${PATIENT}","resource":{"resourceType":"Patient","name":[{"family":"Keller"}]},"request":{"method":"POST","url":"Patient"}}`;
const bundle = (type: string, entries: string[]) =>
  `{"resourceType":"Bundle","type":"${type}","entry":[${entries.join(',')}]}`;

it('a transaction is stored, with links, digits and index values as of a small one', async () => {
  const { status, json } = await server.post('', bundle('transaction', [patient, ...results(200)]));
  expect(status).toBe(200);
  const anna = /Patient\/[^/]+/.exec(json.entry[0].response.location)![0];
  const { json: found, text } = await server.get(
    `Observation?subject=${anna}&code=http://loinc.org|2823-3&value-quantity=5.10&_total=accurate&_count=5`,
  );
  expect(found.total).toBe(200);
  expect(text).toMatch(/"value": ?5\.10[,}]/);
  expect((await server.get('Observation?identifier=N-77&subject:Patient.family=keller')).json.entry).toHaveLength(1);
});

it('a transaction that is wrong is refused at the same place, and nothing of it is stored', async () => {
  const before = (await server.get('_history?_summary=count')).json.total;
  const { status, json } = await server.post(
    '',
    bundle('transaction', [patient, ...results(20), ...results(1, '"high"')]),
  );
  expect(status).toBe(400);
  expect(json.issue[0].expression).toEqual(['Bundle.entry[21].resource.value.value']);
  expect((await server.get('_history?_summary=count')).json.total).toBe(before);
});

it('a batch is carried out entry by entry', async () => {
  const { status, json } = await server.post(
    '',
    bundle(
      'batch',
      results(20).map((entry) => entry.replaceAll(PATIENT, 'Patient/anna')),
    ),
  );
  expect(status).toBe(200);
  expect(new Set(json.entry.map((entry: any) => entry.response.status))).toEqual(new Set(['201 Created']));
});

it('broken JSON is told with its line', async () => {
  const { status, text } = await server.post(
    '',
    bundle('transaction', [patient, ...results(20)]).replace(/\]\}$/, '\n,]}'),
  );
  expect(status).toBe(400);
  expect(text).toMatch(/line 2/);
});

it('many at once do not wait for each other for ever, nor hold up a read', async () => {
  const [read, ...replies] = await Promise.all([
    server.get('metadata'),
    ...Array.from({ length: 12 }, () => server.post('', bundle('transaction', [patient, ...results(100)]))),
  ]);
  expect(read!.status).toBe(200);
  for (const { status } of replies) expect(status).toBe(200);
});

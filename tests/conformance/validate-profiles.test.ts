/** Profiles that are stored: claimed, asked for, enforced, and what their faults weigh, on every way of writing. */
import { describe, expect, it } from 'vitest';
import { type TestServer, testServer } from '../setup/server.ts';

const strict = await testServer();
const mild = await testServer({ VESTA_PROFILE_FAULTS: 'warning', VESTA_ENFORCE: 'Patient' });
const aside = await testServer({ VESTA_LIMIT_INLINE_BUNDLE_BYTES: '1024' });
const off = await testServer({ VESTA_VALIDATION: 'off' });

const PROFILE = 'http://hospital.example/StructureDefinition/named-practitioner';
const UNKNOWN = 'http://hospital.example/StructureDefinition/nobody-has-it';
const definition = {
  resourceType: 'StructureDefinition',
  id: 'named-practitioner',
  url: PROFILE,
  version: '1.0.0',
  name: 'NamedPractitioner',
  status: 'active',
  kind: 'resource',
  abstract: false,
  type: 'Practitioner',
  baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Practitioner',
  derivation: 'constraint',
  differential: {
    element: [
      { id: 'Practitioner', path: 'Practitioner' },
      { id: 'Practitioner.name', path: 'Practitioner.name', min: 1 },
    ],
  },
};
for (const server of [strict, mild, aside, off]) await server.put('StructureDefinition/named-practitioner', definition);

const claiming = (profile: string, more: object = {}) => ({
  resourceType: 'Practitioner',
  meta: { profile: [profile] },
  gender: 'female',
  ...more,
});
const named = { name: [{ family: 'Lee' }] };
const entry = (method: string, url: string, resource?: object) => ({ request: { method, url }, resource });
const bundle = (type: string, ...entries: object[]) => ({ resourceType: 'Bundle', type, entry: entries });
const ofSeverity = (json: any, severity: string) => json.issue.filter((issue: any) => issue.severity === severity);

describe('a profile that a resource claims', () => {
  const ways: [string, (server: TestServer, resource: object) => Promise<{ status: number; json: any }>][] = [
    ['create', (server, resource) => server.post('Practitioner', resource)],
    ['update', (server, resource) => server.put('Practitioner/lee', { ...resource, id: 'lee' })],
    [
      'transaction',
      (server, resource) => server.post('', bundle('transaction', entry('POST', 'Practitioner', resource))),
    ],
    [
      'batch',
      async (server, resource) => {
        const { json } = await server.post('', bundle('batch', entry('POST', 'Practitioner', resource)));
        const { response } = json.entry[0];
        return { status: Number(response.status.slice(0, 3)), json: response.outcome };
      },
    ],
  ];

  it.each(ways)('refuses a %s that breaks it with 422 and the element', async (_way, send) => {
    const { status, json } = await send(strict, claiming(PROFILE));
    expect(status).toBe(422);
    expect(ofSeverity(json, 'error')[0].expression[0]).toMatch(/Practitioner|Bundle\.entry\[0\]\.resource/);
    expect((await send(strict, claiming(PROFILE, named))).status).toBeLessThan(300);
  });

  it('refuses a patch whose result breaks it', async () => {
    await strict.put('Practitioner/patched', { ...claiming(PROFILE, named), id: 'patched' });
    const patch = [{ op: 'remove', path: '/name' }];
    expect((await strict.patch('Practitioner/patched', patch, 'application/json-patch+json')).status).toBe(422);
    const patches = bundle(
      'transaction',
      entry('PATCH', 'Practitioner/patched', {
        resourceType: 'Binary',
        contentType: 'application/json-patch+json',
        data: btoa(JSON.stringify(patch)),
      }),
    );
    const { status, json } = await strict.post('', patches);
    expect([status, json.issue[0].expression[0]]).toEqual([422, expect.stringContaining('Bundle.entry[0]')]);
  });

  it('refuses it on the thread of large Bundles too, with the same sentence', async () => {
    const many = Array.from({ length: 40 }, (_, n) =>
      entry('POST', 'Practitioner', claiming(PROFILE, n === 30 ? {} : named)),
    );
    const here = await strict.post('', bundle('transaction', ...many));
    const there = await aside.post('', bundle('transaction', ...many));
    expect(here.status).toBe(422);
    expect(there.status).toBe(422);
    expect(there.json).toEqual(here.json);
    expect(there.json.issue[0].expression[0]).toContain('Bundle.entry[30].resource');
    const good = many.filter((_, n) => n !== 30);
    expect((await aside.post('', bundle('transaction', ...good))).status).toBe(200);
  });

  it('follows a change of the profile at once', async () => {
    const url = `${PROFILE}-changing`;
    const changing = { ...definition, id: 'changing', url };
    await strict.put('StructureDefinition/changing', changing);
    expect((await strict.post('Practitioner', claiming(url))).status).toBe(422);
    await strict.put('StructureDefinition/changing', {
      ...changing,
      differential: { element: [{ id: 'Practitioner', path: 'Practitioner' }] },
    });
    expect((await strict.post('Practitioner', claiming(url))).status).toBe(201);
  });

  it('that is not installed is a warning with the command that adds it', async () => {
    const { status, json } = await strict.post('Practitioner', claiming(UNKNOWN), {
      prefer: 'return=OperationOutcome',
    });
    expect(status).toBe(201);
    const hints = ofSeverity(json, 'warning').map(({ diagnostics }: any) => diagnostics);
    expect(hints).toContainEqual(expect.stringContaining('npm run ig -- add'));
  });

  it('is looked for once, and costs no trip after that', async () => {
    const tripsOf = (timing: unknown) => /trips;desc="(\d+)"/.exec(String(timing))?.[1];
    await strict.post('Practitioner', claiming(PROFILE, named));
    await strict.post('Practitioner', claiming(UNKNOWN));
    for (const profile of [PROFILE, UNKNOWN]) {
      const { headers } = await strict.post('Practitioner', claiming(profile, named));
      expect(tripsOf(headers['server-timing'])).toBe('1');
    }
  });
});

describe('settings', () => {
  it('let faults of claimed profiles be warnings, which are told to those who ask', async () => {
    const { status, json } = await mild.post('Practitioner', claiming(PROFILE), { prefer: 'return=OperationOutcome' });
    expect(status).toBe(201);
    expect(ofSeverity(json, 'error')).toEqual([]);
    expect(ofSeverity(json, 'warning').some(({ expression }: any) => expression[0].startsWith('Practitioner'))).toBe(
      true,
    );
    expect((await mild.post('Practitioner', { ...claiming(PROFILE), gender: 'femal' })).status).toBe(400);
  });

  it('let the server’s own profiles refuse', async () => {
    const bare = { resourceType: 'Patient', active: true };
    expect((await strict.post('Patient', bare)).status).toBe(201);
    expect((await mild.post('Patient', bare)).status).toBe(422);
  });

  it('let the structure alone be checked', async () => {
    expect((await off.post('Practitioner', claiming(PROFILE))).status).toBe(201);
    expect((await off.post('Practitioner', { ...claiming(PROFILE), gender: 'femal' })).status).toBe(400);
  });
});

describe('$validate', () => {
  it('holds a resource to a profile that it does not claim', async () => {
    const lee = { resourceType: 'Practitioner', gender: 'female' };
    expect(ofSeverity((await strict.post('Practitioner/$validate', lee)).json, 'error')).toEqual([]);
    const asked = await strict.post(`Practitioner/$validate?profile=${PROFILE}`, lee);
    expect(ofSeverity(asked.json, 'error').length).toBeGreaterThan(0);
    const met = await strict.post(`Practitioner/$validate?profile=${PROFILE}|1.0.0`, { ...lee, ...named });
    expect(ofSeverity(met.json, 'error')).toEqual([]);
  });

  it('tells a profile that nobody has, and one of another type', async () => {
    const lee = { resourceType: 'Practitioner', ...named };
    const unknown = await strict.post(`$validate?profile=${UNKNOWN}`, { ...lee, gender: 'femal' });
    expect(unknown.status).toBe(404);
    expect(ofSeverity(unknown.json, 'error')).toMatchObject([{ code: 'code-invalid' }, { code: 'not-found' }]);
    const relative = await strict.post('$validate?profile=lee', lee);
    expect([relative.status, relative.json.issue[0].expression]).toEqual([400, ['profile']]);
    const other = await strict.post(`$validate?profile=${PROFILE}`, { resourceType: 'Patient' });
    expect(ofSeverity(other.json, 'error').length).toBe(1);
  });

  it.each([
    ['on', strict],
    ['off', off],
  ] as const)('looks at everything, with VESTA_VALIDATION=%s', async (_, server) => {
    const { json } = await server.post('$validate', claiming(PROFILE));
    expect(ofSeverity(json, 'error').length).toBeGreaterThan(0);
  });
});

import { afterAll, describe, expect, it } from 'vitest';
import { closeThreads } from '../../operations/bundle/threads.ts';
import type { Call } from '../../operations/call.ts';
import {
  accepted,
  bodyId,
  check,
  conditionalFinding,
  isFhirJson,
  receive,
  requireTargets,
  requireType,
  verdictOn,
} from '../../operations/receive.ts';
import { parseJson } from '../../resources/index.ts';
import { testContext } from '../setup/context.ts';
import { testEnvironment } from '../setup/environment.ts';
import { expressionsOf, faultFrom, faultOf } from '../setup/fault.ts';

const context = testContext();
const environmentOfThreads = {
  preparer: {
    key: new Uint8Array(16),
    zone: 'UTC',
    bases: [],
    typeNumbers: new Map([['Patient', 1]]),
    rowTypes: new Map(),
    custom: { generation: 0, parameters: [] },
  },
};
afterAll(closeThreads);

const call = (body: string | undefined, mediaType = 'application/fhir+json'): Call => ({
  interaction: 'create',
  type: 'Patient',
  query: [],
  headers: {},
  prefer: {},
  body,
  mediaType,
});

describe('a body', () => {
  it('becomes a resource with its references and their places', async () => {
    const body = '{"resourceType":"Patient","managingOrganization":{"reference":"Organization/st-mary"}}';
    const { parsed, references } = await receive(call(body), testEnvironment(), context);
    expect(parsed.value.managingOrganization.reference).toBe('Organization/st-mary');
    expect(references).toMatchObject([{ reference: 'Organization/st-mary', path: 'Patient.managingOrganization' }]);
  });

  it.each([undefined, '', ' \n'])('is missed where it is %j', async (body) => {
    const fault = await faultFrom(receive(call(body), testEnvironment(), context));
    expect(fault).toMatchObject({
      kind: 'invalid-request',
      message: 'A Patient is expected in the body, which is empty.',
    });
  });

  it.each(['application/xml', 'application/fhir+xml', 'text/plain', 'application/json-patch+json'])(
    'is not read from %s',
    async (mediaType) => {
      expect((await faultFrom(receive(call('{}', mediaType), testEnvironment(), context))).status).toBe(415);
    },
  );

  it('is of the type that the URL asks for', async () => {
    const fault = await faultFrom(receive(call('{"resourceType":"Practitioner"}'), testEnvironment(), context));
    expect(fault.message).toBe('The body is a Practitioner, but the URL asks for a Patient.');
    expect(expressionsOf(fault)).toEqual(['resourceType']);
  });

  it('is refused with every finding, each at its element', async () => {
    const body =
      '{"resourceType":"Patient","birthDate":"2020-13-40","name":[{"family":"Keller","nickname":"Anni"}],"active":"yes"}';
    const fault = await faultFrom(receive(call(body), testEnvironment(), context));
    expect(expressionsOf(fault).sort()).toEqual(['Patient.active', 'Patient.birthDate', 'Patient.name[0].nickname']);
  });
});

it.each([
  [undefined, true],
  ['application/fhir+json', true],
  ['application/json', true],
  ['text/json', true],
  ['application/json-patch+json', false],
  ['application/fhir+xml', false],
] as const)('takes %s for JSON: %s', (mediaType, expected) => {
  expect(isFhirJson(mediaType)).toBe(expected);
});

it('tells a reference to a wrong type of target at its element', async () => {
  const parsed = parseJson('{"resourceType":"Patient","managingOrganization":{"reference":"Location/ward-3"}}');
  const fault = await faultFrom(check('Patient', parsed, testEnvironment(), context));
  expect(expressionsOf(fault)[0]).toMatch(/^Patient\.managingOrganization/);
});

it('tells of each fault the line and column of its element', async () => {
  const body = '{"resourceType":"Patient",\n "name":[{"family":"Keller",\n  "nickname":"Anni"}]}';
  const fault = await faultFrom(receive(call(body), testEnvironment(), context));
  expect(fault.findings).toMatchObject([{ line: 3, column: 3 }]);
});

it('judges a long resource beside the event loop, with the same findings', async () => {
  const { preparer } = environmentOfThreads;
  const text = { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">Keller</div>' };
  const long = { resourceType: 'Patient', text, name: Array.from({ length: 20_000 }, () => ({ family: 'Keller' })) };
  const environment = { ...testEnvironment(), store: { preparer } as never };
  const good = await verdictOn('Patient', parseJson(JSON.stringify(long)), environment, context);
  expect(good).toMatchObject({ isValid: true, findings: [], references: [] });
  const bad = { ...long, managingOrganization: { reference: 'Location/ward-3' } };
  const verdict = await verdictOn('Patient', parseJson(JSON.stringify(bad)), environment, context);
  expect(verdict).toMatchObject({
    isValid: false,
    findings: [{ expression: expect.stringContaining('Patient.managingOrganization') }],
    references: [{ reference: 'Location/ward-3', path: 'Patient.managingOrganization' }],
  });
});

describe('a judgement', () => {
  const warning = { kind: 'unprocessable', severity: 'warning', text: 'It has no narrative.' } as const;
  const error = { kind: 'unprocessable', text: 'obs-6 does not hold.' } as const;

  it('that finds nothing wrong is passed on, with its warnings', () => {
    const judgement = { isValid: true, findings: [warning] };
    expect(accepted(judgement)).toBe(judgement);
  });

  it('that finds errors is a refusal with those alone', () => {
    const fault = faultOf(() => accepted({ isValid: false, findings: [warning, error] }));
    expect([fault.status, fault.findings]).toEqual([422, [error]]);
  });

  it('is not asked for another resource than the URL names', () => {
    expect(faultOf(() => requireType('Patient', parseJson('{"resourceType":"Group"}'))).status).toBe(400);
  });
});

it('knows the id of a body only where it is text', () => {
  expect(bodyId(parseJson('{"id":"anna"}'))).toBe('anna');
  expect(bodyId(parseJson('{"id":7}'))).toBeUndefined();
  expect(bodyId(parseJson('{}'))).toBeUndefined();
});

describe('targets of references', () => {
  const observation = parseJson(
    '{"resourceType":"Observation","status":"final","code":{"text":"Weight"},"subject":{"reference":"Patient/anna"},"performer":[{"reference":"Practitioner/okafor"},{"reference":"http://localhost:8080/fhir/Organization/lab"},{"reference":"http://elsewhere.example/fhir/Practitioner/1"}]}',
  );

  it('are not asked for where only types are checked', async () => {
    await expect(check('Observation', observation, testEnvironment(), context)).resolves.toBeDefined();
  });

  it('are asked for in one trip, each once, those elsewhere not at all', async () => {
    const asked: string[][] = [];
    const environment = testEnvironment(
      {
        missing: async (_access, keys) => {
          asked.push(keys.map(({ type, id }) => `${type}/${id}`));
          return [];
        },
      },
      { references: 'exist' },
    );
    await check('Observation', observation, environment, context);
    expect(asked).toEqual([['Patient/anna', 'Practitioner/okafor', 'Organization/lab']]);
  });

  it('are named where they do not exist, at the element that refers to them', async () => {
    const environment = testEnvironment({ missing: async (_access, keys) => keys.slice(1, 2) });
    const fault = await faultFrom(
      requireTargets(
        [
          { reference: 'Patient/anna', path: 'Observation.subject' },
          { reference: 'Practitioner/okafor', path: 'Observation.performer[0]' },
        ],
        environment,
        context,
      ),
    );
    expect(fault).toMatchObject({
      status: 422,
      kind: 'missing-target',
      message: 'Practitioner/okafor does not exist.',
    });
    expect(expressionsOf(fault)).toEqual(['Observation.performer[0]']);
  });

  it('cost no trip where there are none on this server', async () => {
    await expect(
      requireTargets([{ reference: '#contained', path: 'Observation.subject' }], testEnvironment(), context),
    ).resolves.toBeUndefined();
  });
});

it('tells a reference by search criteria from a literal one', () => {
  const place = (reference: string) => conditionalFinding({ reference, path: 'Observation.subject' });
  expect(place('Patient?identifier=4711')).toMatchObject({
    kind: 'invalid-reference',
    expression: 'Observation.subject',
  });
  expect(place('Patient/4711')).toBeUndefined();
});

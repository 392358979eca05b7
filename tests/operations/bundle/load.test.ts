import { afterAll, describe, expect, it } from 'vitest';
import { prepareAll, receiveBundle } from '../../../operations/bundle/load.ts';
import type { Preparation, PrepareJob } from '../../../operations/bundle/prepare.ts';
import { closeThreads } from '../../../operations/bundle/threads.ts';
import type { Call } from '../../../operations/call.ts';
import type { Environment } from '../../../operations/interaction.ts';
import type { Draft, Prepared } from '../../../store/index.ts';
import { testContext } from '../../setup/context.ts';
import { operationSettings, testEnvironment } from '../../setup/environment.ts';
import { expressionsOf, faultFrom } from '../../setup/fault.ts';

afterAll(closeThreads);

const context = testContext();
const call = (body: string | undefined, mediaType = 'application/fhir+json'): Call => ({
  interaction: 'transaction',
  query: [],
  headers: {},
  prefer: {},
  body,
  mediaType,
});

/** Bundles and jobs of more bytes than this go to the thread. */
const environmentWith = (inlineBundleBytes: number): Environment => {
  const environment = testEnvironment(
    { prepare: (draft: Draft) => ({ id: draft.id, body: draft.parsed.text }) as unknown as Prepared },
    { limits: { ...operationSettings.limits, inlineBundleBytes } },
  );
  return {
    ...environment,
    store: {
      ...environment.store,
      preparer: {
        key: new Uint8Array(16),
        zone: 'UTC',
        bases: [],
        typeNumbers: new Map([['Patient', 1]]),
        rowTypes: new Map(),
        custom: { generation: 0, parameters: [] },
      },
    },
  };
};
const here = environmentWith(1_000_000);
const aside = environmentWith(0);

const preparation: Preparation = {
  links: new Map(),
  limits: operationSettings.limits,
  lastUpdated: Date.parse('2026-11-21T10:00:00Z'),
};

const bundle = (active: unknown) =>
  JSON.stringify({
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [{ resource: { resourceType: 'Patient', active }, request: { method: 'POST', url: 'Patient' } }],
  });
const jobs = (active: unknown): PrepareJob[] =>
  [0, 1].map((index) => ({
    index,
    text: JSON.stringify({ resourceType: 'Patient', active, multipleBirthInteger: index }),
    type: 'Patient',
    id: `p${index}`,
    method: 'POST',
    isEncoded: false,
    wantsReferences: false,
    wantsNotes: false,
  }));

describe.each([
  ['here', here],
  ['on another thread', aside],
])('a Bundle read %s', (_where, environment) => {
  it('is the same', async () => {
    const { type, entries } = await receiveBundle(call(bundle(true)), environment, context);
    expect(type).toBe('transaction');
    expect(entries).toMatchObject([
      { method: 'POST', path: 'Patient', resource: '{"resourceType":"Patient","active":true}' },
    ]);
  });

  it('is refused the same', async () => {
    expect(
      await faultFrom(receiveBundle(call('{"resourceType":"Bundle","type":"document"}'), environment, context)),
    ).toMatchObject({ kind: 'invalid-request', status: 400, findings: [{ expression: 'Bundle.type' }] });
  });

  it('has resources that are refused the same', async () => {
    const fault = await faultFrom(prepareAll(jobs('yes'), preparation, environment, context));
    expect(expressionsOf(fault)).toEqual(['Bundle.entry[0].resource.active']);
  });

  it('has resources that are prepared in their order', async () => {
    const { entries, encoded } = await prepareAll(jobs(true), preparation, environment, context);
    expect(encoded).toBeUndefined();
    expect(entries.map(({ content }) => content!.id)).toEqual(['p0', 'p1']);
    expect(entries[1]!.content!.body).toContain('"multipleBirthInteger":1');
  });
});

it('prepares a resource on this thread, however long, where no Bundle is too long for it', async () => {
  const { preparer, ...store } = environmentWith(Number.POSITIVE_INFINITY).store;
  const alone = { ...here, settings: environmentWith(Number.POSITIVE_INFINITY).settings, store } as Environment;
  const [first] = jobs(true);
  const text = JSON.stringify({ resourceType: 'Patient', name: [{ text: 'Anna '.repeat(100_000) }] });
  const { entries } = await prepareAll([{ ...first!, text }], preparation, alone, context);
  expect(entries[0]!.content!.body).toBe(text);
});

it.each([undefined, '', '  '])('misses a Bundle in the body %j', async (body) => {
  expect((await faultFrom(receiveBundle(call(body), here, context))).message).toBe(
    'A Bundle is expected in the body, which is empty.',
  );
});

it('reads no Bundle from another media type', async () => {
  expect((await faultFrom(receiveBundle(call(bundle(true), 'application/fhir+xml'), here, context))).status).toBe(415);
});

import { describe, expect, it } from 'vitest';
import type { Call } from '../../../operations/call.ts';
import { interaction, patched, readPatch } from '../../../operations/interactions/patch.ts';
import { Fault } from '../../../resources/index.ts';
import type { Condition, Prepared, Records, Version } from '../../../store/index.ts';
import { testContext } from '../../setup/context.ts';
import { testEnvironment } from '../../setup/environment.ts';
import { faultFrom, faultOf } from '../../setup/fault.ts';

const context = testContext();
const environment = testEnvironment();

const version = (number: number): Version => ({
  type: 'Observation',
  id: 'weight',
  version: number,
  lastUpdated: '2026-11-21T10:11:12.345Z',
  method: 'PUT',
  deleted: false,
  text: `{"resourceType":"Observation","id":"weight","meta":{"versionId":"${number}"},"status":"final","code":{"text":"Weight"},"valueQuantity":{"value":70.50}}`,
});

const call = (body: string | undefined, mediaType: string, headers: Call['headers'] = {}): Call => ({
  interaction: 'patch',
  type: 'Observation',
  id: 'weight',
  query: [],
  headers,
  prefer: {},
  body,
  mediaType,
});
const amend = (headers: Call['headers'] = {}) => call('{"status":"amended"}', 'application/merge-patch+json', headers);

it.each([
  ['application/json-patch+json', '[]', 'json-patch'],
  ['application/merge-patch+json', '{}', 'merge-patch'],
  ['application/fhir+json', '{"resourceType":"Parameters"}', 'fhirpath-patch'],
  ['application/json', '{"resourceType":"Parameters"}', 'fhirpath-patch'],
])('knows the kind of a patch by its media type %s', (mediaType, body, kind) => {
  expect(readPatch(call(body, mediaType), environment).kind).toBe(kind);
});

it.each([
  ['text/plain', '{}', 415],
  ['constructor', '{}', 415],
  ['application/json-patch+json', '', 400],
  ['application/json-patch+json', '{}', 400],
  ['application/merge-patch+json', '[]', 400],
])('refuses %s with the body %j', (mediaType, body, status) => {
  expect(faultOf(() => readPatch(call(body, mediaType), environment)).status).toBe(status);
});

it('makes a draft of the same resource, digits that were not touched included', async () => {
  const draft = await patched(version(1), readPatch(amend(), environment), environment, context);
  expect(draft).toMatchObject({ type: 'Observation', id: 'weight', method: 'PATCH' });
  expect(draft.parsed.text).toContain('70.50');
  expect(draft.parsed.value.status).toBe('amended');
});

describe('writers that get in between', () => {
  /** A store on which another writer is faster `times` times, unless the resource is held. */
  function contested(times: number) {
    const conditions: Condition[] = [];
    const held: Version[] = [];
    const written = () => ({ version: version(conditions.length + 1), created: false, changed: true });
    const records: Partial<Records> = {
      read: async () => version(conditions.length + 1),
      prepare: (draft) => ({ ...draft, id: draft.id! }) as unknown as Prepared,
      update: async (_access, _draft, condition) => {
        conditions.push(condition);
        if (conditions.length <= times) throw new Fault('version-conflict', 'Too late.');
        return written();
      },
      revise: async (_access, _target, _context, decide) => {
        held.push(version(conditions.length + 1));
        const { write } = await decide(held.at(-1));
        expect(write).toMatchObject({ do: 'update', condition: { ifMatch: held.at(-1)!.version } });
        return written();
      },
    };
    return { records, conditions, held };
  }

  it('make it read and patch again, on exactly the version that it read', async () => {
    const { records, conditions, held } = contested(1);
    expect((await interaction.perform(amend(), testEnvironment(records), context)).status).toBe(200);
    expect(conditions.map(({ ifMatch }) => ifMatch)).toEqual([1, 2]);
    expect(held).toEqual([]);
  });

  it('who never stop are kept waiting while it is carried out', async () => {
    const { records, conditions, held } = contested(Number.POSITIVE_INFINITY);
    expect((await interaction.perform(amend(), testEnvironment(records), context)).status).toBe(200);
    expect(conditions).toHaveLength(2);
    expect(held).toHaveLength(1);
  });

  it('are told at once where the client named the version', async () => {
    const { records, conditions } = contested(1);
    expect(
      (await faultFrom(interaction.perform(amend({ ifMatch: 'W/"1"' }), testEnvironment(records), context))).status,
    ).toBe(412);
    expect(conditions).toHaveLength(1);
  });
});

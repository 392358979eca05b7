import { describe, expect, it } from 'vitest';
import { interaction, severalMatches } from '../../../operations/interactions/create.ts';
import type { Decision, Records, Version } from '../../../store/index.ts';
import { testContext } from '../../setup/context.ts';
import { testEnvironment } from '../../setup/environment.ts';
import { faultFrom } from '../../setup/fault.ts';

const context = testContext();
const anna: Version = {
  type: 'Patient',
  id: 'anna',
  version: 1,
  lastUpdated: '2026-11-21T10:11:12.345Z',
  method: 'POST',
  deleted: false,
  text: '{"resourceType":"Patient","id":"anna"}',
};

/** Creates on a store that finds these matches; returns what was decided. */
async function create(matches: Version[], ifNoneExist?: string) {
  const decisions: (Decision | 'created')[] = [];
  const records: Partial<Records> = {
    create: async () => {
      decisions.push('created');
      return anna;
    },
    conditional: async (_access, _criteria, _context, decide) => {
      const decision = await decide(matches);
      decisions.push(decision);
      return { version: anna, created: decision.do === 'create', changed: decision.do === 'create' };
    },
  };
  const body = '{"resourceType":"Patient","id":"mine","active":true}';
  const call = {
    interaction: 'create',
    type: 'Patient',
    query: [],
    headers: { ifNoneExist },
    prefer: {},
    body,
  } as const;
  const answer = await interaction.perform(call, testEnvironment(records), context);
  return { answer, decision: decisions[0]! };
}

it('asks the store for an id, whatever the body says', async () => {
  const { decision } = await create([], 'identifier=a|b');
  expect(decision).toMatchObject({ do: 'create', draft: { type: 'Patient', id: undefined, method: 'POST' } });
});

describe('If-None-Exist', () => {
  it('absent: is a plain create, of one trip', async () => {
    const { answer, decision } = await create([]);
    expect(decision).toBe('created');
    expect(answer.status).toBe(201);
  });

  it('with one match: returns it', async () => {
    const { answer, decision } = await create([anna], 'identifier=a|b');
    expect(decision).toEqual({ do: 'return' });
    expect(answer).toMatchObject({ status: 200, body: anna.text });
  });

  it('with several: is refused', async () => {
    expect((await faultFrom(create([anna, anna], 'identifier=a|b'))).kind).toBe('multiple-matches');
  });

  it('empty: is refused before the store is asked', async () => {
    expect((await faultFrom(create([anna], ''))).kind).toBe('invalid-request');
  });
});

it('tells where criteria select several, and shows them cut to a bearable length', () => {
  const fault = severalMatches('If-None-Exist', `identifier=${'x'.repeat(1000)}`);
  expect(fault.message).toMatch(/^If-None-Exist: more than one resource matches/);
  expect(fault.message.length).toBeLessThan(300);
});

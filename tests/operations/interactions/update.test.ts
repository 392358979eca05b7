import { describe, expect, it } from 'vitest';
import type { Call } from '../../../operations/call.ts';
import { criteriaText, interaction, updateAnswer, writeCondition } from '../../../operations/interactions/update.ts';
import type { Condition, Decision, Draft, Records, Version, Written } from '../../../store/index.ts';
import { testContext } from '../../setup/context.ts';
import { testEnvironment } from '../../setup/environment.ts';
import { expressionsOf, faultFrom, faultOf } from '../../setup/fault.ts';

const context = testContext();
const anna: Version = {
  type: 'Patient',
  id: 'anna',
  version: 2,
  lastUpdated: '2026-11-21T10:11:12.345Z',
  method: 'PUT',
  deleted: false,
  text: '{"resourceType":"Patient","id":"anna"}',
};

const call = (changes: Partial<Call>): Call => ({
  interaction: 'update',
  type: 'Patient',
  query: [],
  headers: {},
  prefer: {},
  ...changes,
});

it.each([
  [{}, { ifMatch: undefined, ifNoneMatchAny: false }],
  [{ ifMatch: 'W/"3"' }, { ifMatch: 3, ifNoneMatchAny: false }],
  [{ ifMatch: '*' }, { ifMatch: '*', ifNoneMatchAny: false }],
  [{ ifNoneMatch: '*' }, { ifMatch: undefined, ifNoneMatchAny: true }],
])('reads the condition %j', (headers, expected) => {
  expect(writeCondition(call({ headers }))).toEqual(expected);
});

it('refuses If-None-Match with an ETag, which has no meaning for a write', () => {
  expect(faultOf(() => writeCondition(call({ headers: { ifNoneMatch: 'W/"1"' } }))).status).toBe(400);
});

it.each([
  [{ created: true, changed: true }, 201, 'Created Patient/anna.'],
  [{ created: false, changed: true }, 200, 'Updated Patient/anna to version 2.'],
  [{ created: false, changed: false }, 200, 'Patient/anna has this content already; it stays at version 2.'],
])('answers %j', (outcome, status, said) => {
  const answer = updateAnswer(call({ prefer: { return: 'OperationOutcome' } }), { version: anna, ...outcome }, []);
  expect(answer.status).toBe(status);
  expect(JSON.parse(answer.body!).issue[0].details.text).toBe(said);
});

it('shows criteria as they stood in the URL', () => {
  expect(
    criteriaText([
      ['family', 'Keller'],
      ['birthdate', '1984'],
    ]),
  ).toBe('family=Keller&birthdate=1984');
});

describe('an update by id', () => {
  async function update(body: object, headers: Call['headers'] = {}) {
    const asked: { draft: Draft; condition: Condition }[] = [];
    const records: Partial<Records> = {
      update: async (_access, draft, condition): Promise<Written> => {
        asked.push({ draft, condition });
        return { version: anna, created: false, changed: true };
      },
    };
    await interaction.perform(
      call({ id: 'anna', headers, body: JSON.stringify({ resourceType: 'Patient', ...body }) }),
      testEnvironment(records),
      context,
    );
    return asked[0]!;
  }

  it('hands the condition to the store, which alone can hold it', async () => {
    expect(await update({ id: 'anna' }, { ifMatch: 'W/"1"' })).toMatchObject({
      draft: { id: 'anna', method: 'PUT' },
      condition: { ifMatch: 1 },
    });
  });

  it.each([{}, { id: 'other' }])('is refused with the body %j', async (body) => {
    expect(expressionsOf(await faultFrom(update(body)))).toEqual(['Patient.id']);
  });
});

describe('an update by criteria', () => {
  async function decide(matches: Version[], body: object = {}): Promise<Decision> {
    let decision: Decision | undefined;
    const records: Partial<Records> = {
      conditional: async (_access, _criteria, _context, work) => {
        decision = await work(matches);
        return { version: anna, created: true, changed: true };
      },
    };
    const asked = call({ query: [['identifier', 'a|b']], body: JSON.stringify({ resourceType: 'Patient', ...body }) });
    await interaction.perform(asked, testEnvironment(records), context);
    return decision!;
  }

  it.each([
    ['no match', [], {}, { do: 'create', draft: { id: undefined } }],
    ['no match and an id', [], { id: 'mine' }, { do: 'create', draft: { id: 'mine' } }],
    ['one match', [anna], {}, { do: 'update', draft: { id: 'anna' } }],
    ['one match and its id', [anna], { id: 'anna' }, { do: 'update', draft: { id: 'anna' } }],
  ] as const)('%s', async (_what, matches, body, decision) => {
    expect(await decide([...matches], body)).toMatchObject(decision);
  });

  it('is refused where the match has another id, and where several match', async () => {
    expect((await faultFrom(decide([anna], { id: 'other' }))).status).toBe(400);
    expect((await faultFrom(decide([anna, anna]))).status).toBe(412);
  });
});

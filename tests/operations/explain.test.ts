/** `_explain=true` before HTTP dresses it. */
import { expect, it } from 'vitest';
import { explainAnswer } from '../../operations/explain.ts';
import { parseSearch, type Store } from '../../store/index.ts';
import { testContext } from '../setup/context.ts';

const search = parseSearch({
  type: 'Observation',
  query: [
    ['code', 'http://loinc.org|8867-4'],
    ['_include', 'Observation:subject'],
    ['_explain', 'true'],
  ],
  handling: 'strict',
  limits: { countDefault: 50, countMax: 1000 },
});
const explanation = { sql: 'SELECT $1', binds: ['8867-4', ''], plan: ['Result', '  Output: x'], planningMs: 0.5 };
const store = { records: { explain: async () => explanation } } as unknown as Store;

it('is Parameters with tree, statement, binds and plan; a time that is not known is left out', async () => {
  const { status, body } = await explainAnswer(search, store, testContext());
  const { resourceType, parameter } = JSON.parse(body!);
  expect([status, resourceType]).toEqual([200, 'Parameters']);
  expect(parameter.map(({ name }: any) => name)).toEqual(['tree', 'sql', 'binds', 'plan', 'planning']);
  expect(JSON.parse(parameter[0].valueString)).toMatchObject({
    types: ['Observation'],
    conditions: [{ kind: 'values', code: 'code', by: { Observation: 'code' } }],
    includes: [{ reverse: false, source: 'Observation', parameter: 'subject' }],
  });
  expect(parameter[2].part).toEqual([{ name: '$1', valueString: '8867-4' }, { name: '$2' }]);
  expect(parameter[3].valueString).toBe('Result\n  Output: x');
});

it('is refused to whoever does not administer the server', async () => {
  const access = { actor: 'Practitioner/7', grants: [{ types: '*', verbs: ['search'] }] } as const;
  await expect(explainAnswer(search, store, testContext({ access }))).rejects.toMatchObject({ kind: 'forbidden' });
});

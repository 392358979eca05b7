import { expect, it } from 'vitest';
import { openAccess, type SearchParameter } from '../../../../resources/index.ts';
import { parseSearch } from '../../../../store/index.ts';
import {
  asideCondition,
  asideHolders,
  asideMissing,
  type isWhole,
  referencesOf,
  tokensOf,
} from '../../../../store/search/plan/custom.ts';
import { sql, toStatement } from '../../../../store/sql.ts';
import { testDatabase } from '../../../setup/database.ts';
import { faultFrom } from '../../../setup/fault.ts';
import { another, context, parameter, patient, put, settled } from '../../parameters/stores.ts';
import { rows } from '../../postgres.ts';

const connection = await testDatabase();
const own = {
  code: 'x',
  type: 'token',
  custom: { k: -3 },
  slots: [{ k: -3, name: 'custom-3' }],
} as unknown as SearchParameter;
const text = (fragment: ReturnType<typeof isWhole>) => toStatement(fragment).text;

it('asks Postgres whether the parameter is whole wherever its rows are read', () => {
  const condition = asideCondition(own, { alias: 'o' } as never, ({ alias }) => {
    expect(alias).toBe('oz');
    return { filter: sql`true`, driver: { rank: 1, rids: sql`SELECT 1` } };
  });
  const all = [
    condition.filter,
    condition.driver!.rids!,
    asideMissing(own, true, 'o').filter,
    asideHolders(own, sql`'{}'`),
    tokensOf(own, 'o'),
  ];
  for (const one of all) expect(text(one)).toContain('require_param((-3))');
});

it('reads the tokens of other parameters from the row', () => {
  const { custom: _, ...plain } = own;
  expect([text(tokensOf(plain, 'o')), text(referencesOf(plain, 'o')), text(referencesOf(undefined, 's'))]).toEqual([
    'o.h',
    'o.h[1:o.nr]',
    's.h[1:s.nr]',
  ]);
});

it.each(['gone', 'gone:missing=true', '_sort=gone', '_has'])(
  'a process that missed that a parameter went gets no half an answer: %s',
  async (what) => {
    const store = await another(connection, false);
    const builder = await another(connection);
    await put(builder, patient('p', 'Jansen'));
    await put(builder, parameter('gone', { expression: 'Patient.contact.organization', type: 'reference' }));
    await settled(builder);
    await store.parameters.refresh();
    const query: [string, string][] =
      what === '_has'
        ? [['_has:Patient:gone:family', 'jansen']]
        : [what.includes('=') ? (what.split('=') as [string, string]) : [what, 'Organization/1']];
    const search = parseSearch({
      type: what === '_has' ? 'Organization' : 'Patient',
      query,
      handling: 'strict',
      limits: { countDefault: 5, countMax: 5 },
      parameters: store.parameters,
    });
    await rows(connection, `update param set state = 'removing'`);
    expect((await faultFrom(store.records.search(openAccess, search, context))).kind).toBe('not-ready');
    await rows(connection, 'delete from param');
  },
);

/** Expressions find in the tables what they find in memory. */
import { expect, it } from 'vitest';
import { sql, toStatement } from '../../../store/sql.ts';
import { attributesCondition } from '../../../store/terminology/attributes.ts';
import { eclTerm } from '../../../terminology/ecl.ts';
import { testContext } from '../../setup/context.ts';
import { testDatabase } from '../../setup/database.ts';
import { expressions, heart } from '../../terminology/heart.ts';
import { openTestStore } from '../postgres.ts';

const { concepts } = await openTestStore({ connection: await testDatabase() });
const { concept: list = [], ...about } = heart;
const rows = list.map(({ property = [], ...one }) => ({
  ...one,
  property: property.filter(({ code }) => code !== 'parent'),
  parents: property.flatMap(({ code, valueCode }) => (code === 'parent' ? [valueCode!] : [])),
  inactive: false,
  abstract: false,
  words: [],
}));
const system = { url: heart.url!, version: undefined, identity: 'heart', about, isCaseless: false, isLarge: true };
const n = await concepts.load(system, [rows], testContext());
const numbers = new Map(rows.map(({ code }, index) => [code, index + 1]));

it('finds in the tables what expressions mean', async () => {
  for (const [expression, wanted] of expressions) {
    const term = eclTerm(expression, { url: heart.url!, table: n });
    if (!('kind' in term)) throw new Error(term.because);
    const page = await concepts.page(
      {
        system: n,
        isCaseless: false,
        term,
        numberOf: (code) => numbers.get(code),
        words: undefined,
        activeOnly: false,
        selectableOnly: false,
        offset: 0,
        count: 100,
        size: { most: 100, isExact: false },
      },
      testContext(),
    );
    expect(page.concepts.map(({ code }) => code).sort(), expression).toEqual(wanted);
  }
});

it('puts no value into the text of a statement', () => {
  const evil = `'; drop table concept; --`;
  const name = {
    kind: 'filter',
    system: { url: 'x', table: n },
    filter: { property: 'concept', op: '=', value: evil },
  } as const;
  const condition = attributesCondition(
    [{ name, value: { comparison: '=', text: evil }, isNot: false }],
    n,
    () => sql`true`,
  );
  expect(toStatement(condition).text).not.toContain('drop');
});

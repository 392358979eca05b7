import { describe, expect, it } from 'vitest';
import { openAccess, ownParameters } from '../../../resources/index.ts';
import { StaleCodeSets } from '../../../store/search/code-sets.ts';
import { pageRows, readsWords } from '../../../store/search/page-rows.ts';
import type { Planned } from '../../../store/search/plan.ts';
import type { Row, Statement } from '../../../store/session.ts';
import { testContext } from '../../setup/context.ts';
import { scopeFor } from './scope.ts';

const { types, hasher } = scopeFor();
const byWords = { text: 'SELECT x.rid FROM x_text x', isSteady: false };
const plain = { text: 'SELECT o.rid FROM res o', isSteady: false };
const steady = { ...byWords, isSteady: true };
const PAGES: readonly Planned[] = [byWords, plain, steady];

/** A database in which words are pending, or not, and every page has one row. */
function partsWhere(isPending: boolean) {
  const told: string[] = [];
  const pending: Statement = { text: 'pending' };
  const words = {
    pending,
    catchUp: async () => void told.push('caught up'),
    start() {},
    stop: async () => {},
  };
  const run = async (statements: readonly Statement[]): Promise<Row[][]> => {
    told.push(`trip of ${statements.length}`);
    return statements.map((one) =>
      one === pending ? [[isPending ? 't' : 'f']] : PAGES.includes(one as Planned) ? [['m']] : [],
    );
  };
  return {
    told,
    parts: {
      database: { searches: { run } },
      types,
      extractor: hasher,
      words,
      parameters: { ...ownParameters, refresh: async () => {} },
    },
  };
}

const rowsOf = (parts: ReturnType<typeof partsWhere>['parts'], statement: Planned, codeSets?: object) =>
  pageRows(parts, openAccess, { codeSets: codeSets as never }, statement, testContext());

describe('pageRows', () => {
  it('takes one trip, words or none', async () => {
    const { parts, told } = partsWhere(false);
    expect(await rowsOf(parts, plain)).toEqual([['m']]);
    expect(await rowsOf(parts, byWords)).toEqual([['m']]);
    expect(told).toEqual(['trip of 1', 'trip of 2']);
  });

  it('says in the same trip that a statement is planned once for all values', async () => {
    const { parts, told } = partsWhere(false);
    expect(await rowsOf(parts, steady)).toEqual([['m']]);
    expect(told).toEqual(['trip of 3']);
  });

  it('waits for words that are missing, and for no statement that reads none', async () => {
    const { parts, told } = partsWhere(true);
    expect(await rowsOf(parts, byWords)).toEqual([['m']]);
    expect(told).toEqual(['trip of 2', 'caught up', 'trip of 2']);
    await rowsOf(parts, plain);
    expect(told).toHaveLength(4);
  });

  it('gives nothing where a set of codes is no longer what it was', async () => {
    const { parts } = partsWhere(false);
    const codeSets = { names: [{ type: 'ValueSet', url: 'urn:x' }], marks: ['changed since'], sets: new Map() };
    await expect(rowsOf(parts, plain, codeSets)).rejects.toBeInstanceOf(StaleCodeSets);
    await expect(rowsOf(parts, byWords, { ...codeSets, marks: [] })).resolves.toEqual([['m']]);
    await expect(rowsOf(parts, steady, codeSets)).rejects.toBeInstanceOf(StaleCodeSets);
    await expect(rowsOf(parts, steady, { ...codeSets, marks: [] })).resolves.toEqual([['m']]);
  });
});

it('knows a statement by words', () => expect([byWords, plain].map(readsWords)).toEqual([true, false]));

import type { CodeSystem } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import type { Collected, Piece } from '../../../store/index.ts';
import { searching } from '../../conformance/searching.ts';
import { testContext } from '../../setup/context.ts';
import { first } from '../postgres.ts';

const { store, connection } = await searching([]);
const { releases } = store;
const url = 'http://hospital.example.org/CodeSystem/tariff';

function load(version: string, codes: readonly string[], broken = false) {
  async function* pieces(): AsyncGenerator<Piece[]> {
    yield codes.map((code) => ({ code, text: 'x' }));
    if (broken) throw new Error('line 7');
  }
  const about: CodeSystem = { resourceType: 'CodeSystem', url, version, status: 'active', content: 'complete' };
  const toRow = ({ code }: Collected) => ({ code, parents: [], inactive: false, abstract: false, words: [code] });
  return releases.load({ url, version, about, isCaseless: false }, pieces(), toRow, testContext());
}
const listed = async () =>
  (await releases.list(testContext())).map(
    ({ version, isCurrent, concepts }) => `${version} ${concepts}${isCurrent ? ' *' : ''}`,
  );
const tables = () => first(connection, `select count(*) from pg_class where relname ~ '^concept_\\d+$'`);

describe('load', () => {
  it('makes a release the current one and keeps those before it', async () => {
    expect(await load('2025', ['1', '2'])).toMatchObject({ version: '2025', concepts: 2, isCurrent: true });
    await load('2026', ['1', '2', '3']);
    expect(await listed()).toEqual(['2025 2', '2026 3 *']);
    expect((await store.concepts.loaded(testContext())).map((one) => [one.version, one.isCurrent])).toEqual([
      ['2025', false],
      ['2026', true],
    ]);
  });

  it('leaves nothing behind of a release that is broken', async () => {
    await expect(load('2027', ['1'], true)).rejects.toThrow('line 7');
    expect(await listed()).toEqual(['2025 2', '2026 3 *']);
    expect(await tables()).toBe('2');
  });
});

it('goes back to an older release, and drops one with its table', async () => {
  const [older, newer] = await releases.list(testContext());
  await releases.use(older!, testContext());
  expect(await listed()).toEqual(['2025 2 *', '2026 3']);
  await releases.drop(newer!, testContext());
  expect(await listed()).toEqual(['2025 2 *']);
  expect(await tables()).toBe('1');
});

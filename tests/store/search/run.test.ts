import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openAccess, ownParameters } from '../../../resources/index.ts';
import { INCLUDED_MAX } from '../../../store/search/plan.ts';
import { openMatcher, openSearch } from '../../../store/search/run.ts';
import type { Row, Statement } from '../../../store/session.ts';
import { testContext } from '../../setup/context.ts';
import { faultOf } from '../../setup/fault.ts';
import { scopeFor, treeOf } from './scope.ts';

const { types, hasher } = scopeFor();
const row = (kind: string, n: string | null, id: string, keys: string | null = null): Row => [
  kind,
  n,
  '1',
  id,
  '3',
  '2026-01-02 03:04:05.6+00',
  '2',
  '{"tag":[{"code":"x"}]}',
  '{"active":true}',
  keys,
];

/** A search whose statement is answered by these rows. */
function searchOver(rows: readonly Row[], isPending = false) {
  const sent: Statement[] = [];
  const pending: Statement = { text: 'pending' };
  const run = async (statements: readonly Statement[]) => {
    sent.push(...statements);
    return statements.map((one): Row[] => (one === pending ? [[isPending ? 't' : 'f']] : [...rows]));
  };
  const catchUp = async () => void sent.push({ text: 'caught up' });
  const words = { pending, catchUp, start() {}, stop: async () => {} };
  const parameters = { ...ownParameters, refresh: async () => {} };
  const parts = { database: { searches: { run } }, types, extractor: hasher, words, parameters };
  const { search } = openSearch(parts, randomBytes(32), 'UTC');
  return { sent, search: (url: string) => search(openAccess, treeOf(url), testContext()) };
}

describe('openSearch', () => {
  it('makes versions of rows, in the order of their numbers', async () => {
    const { search, sent } = searchOver([row('m', '2', 'b', '[]'), row('m', '1', 'a', '[]')]);
    const { matches, total, next, previous } = await search('Patient');
    expect(matches.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(matches[0]!.text).toBe(
      '{"resourceType":"Patient","id":"a","meta":{"versionId":"3","lastUpdated":"2026-01-02T03:04:05.600Z","tag":[{"code":"x"}]},"active":true}',
    );
    expect([total, next, previous]).toEqual([2, undefined, undefined]);
    expect(sent).toHaveLength(1);
  });

  it('gives a continuation where there is more, and no total', async () => {
    const { search } = searchOver([
      row('m', '1', 'a', '["x"]'),
      row('m', '2', 'b', '["y"]'),
      ['+', '3', ...Array(8).fill(null)],
    ]);
    const page = await search('Patient?_sort=family&_count=2');
    expect(page.next).toBeDefined();
    expect(page.total).toBeUndefined();
  });

  it('turns a page around that was read backwards', async () => {
    const forth = searchOver([row('m', '1', 'c', '[]'), row('m', '2', 'd', '[]')]);
    // The secret belongs to one instance: a link of another server is not believed.
    await expect(forth.search('Patient?_page=AAAA')).rejects.toMatchObject({ kind: 'invalid-value' });
  });

  it('tells where not all could be included', async () => {
    const rows = Array.from({ length: INCLUDED_MAX + 1 }, (_, i) => row('i', null, `i${i}`));
    const { included, notes } = await searchOver(rows).search('Patient?_revinclude=Observation:subject');
    expect(included).toHaveLength(INCLUDED_MAX);
    expect(notes[0]).toMatchObject({ kind: 'too-costly', severity: 'warning' });
  });

  it('tells the number alone where that was asked', async () => {
    const { search, sent } = searchOver([['t', '17', ...Array(8).fill(null)]]);
    expect(await search('Patient?gender=male&_count=0')).toMatchObject({ matches: [], total: 17 });
    expect(sent[0]!.text).not.toContain('resource');
  });
});

describe('a search by words', () => {
  const found = [row('m', '2', 'b', '[]'), row('m', '1', 'a', '[]'), ['s', '1', '0.25'], ['s', '2', '0.5']] as Row[];

  it('tells the score of each match', async () => {
    const { search, sent } = searchOver(found);
    const { matches, scores } = await search('Patient?_text=asthma');
    expect([matches.map(({ id }) => id), scores]).toEqual([
      ['a', 'b'],
      [0.25, 0.5],
    ]);
    expect(sent.map(({ text }) => text.slice(0, 4))).toEqual(['pend', 'WITH']);
  });

  it('waits for words that are not there yet, and searches again', async () => {
    const { search, sent } = searchOver(found, true);
    await search('Observation?subject:Patient._content=asthma');
    expect(sent.map(({ text }) => text.slice(0, 4))).toEqual(['pend', 'WITH', 'caug', 'pend', 'WITH']);
    const other = searchOver(found, true);
    await other.search('Patient?family=asthma');
    expect(other.sent).toHaveLength(1);
  });

  it('tells where more hold the words than can be ordered by their score', async () => {
    const cut = [...found, ['c', null, ...Array(8).fill(null)]] as Row[];
    const { notes } = await searchOver(cut).search('Patient?_text=asthma&_sort=-_score');
    expect(notes).toMatchObject([{ kind: 'too-costly', severity: 'warning', expression: '_sort' }]);
  });
});

describe('openMatcher', () => {
  const matcher = openMatcher(
    { types, extractor: hasher, parameters: { ...ownParameters, refresh: async () => {} } },
    'UTC',
  );
  const criteria = (name: string, value: string) => ({
    type: 'Patient',
    query: [[name, value]] as const,
    where: 'If-None-Exist',
  });

  it('never forgives, and says where the criteria stood', () => {
    const fault = faultOf(() => matcher.statement(openAccess, criteria('nonsense', 'x'), 2, testContext()));
    expect([fault.kind, fault.message.startsWith('If-None-Exist: ')]).toEqual(['unknown-parameter', true]);
  });

  it('lets no write depend on words, which are written after it', () => {
    const fault = faultOf(() => matcher.statement(openAccess, criteria('_content', 'asthma'), 2, testContext()));
    expect([fault.kind, fault.message]).toEqual([
      'not-supported',
      'If-None-Exist: what is written cannot depend on _text or _content.',
    ]);
  });

  it('asks for at most so many', () =>
    expect(matcher.statement(openAccess, criteria('identifier', 'urn:x|1'), 2, testContext()).text).toContain(
      'LIMIT 2',
    ));

  it('looks at the text of what hashes found', () => {
    const version = { text: '{"resourceType":"Patient","id":"1","gender":"female"}' } as never;
    expect(matcher.holds(criteria('gender', 'female'), version)).toBe(true);
    expect(matcher.holds(criteria('gender', 'male'), version)).toBe(false);
  });
});

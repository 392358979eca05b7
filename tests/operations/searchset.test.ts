import { describe, expect, it } from 'vitest';
import { searchsetText } from '../../operations/searchset.ts';
import type { SearchPage, Version } from '../../store/index.ts';
import { testContext } from '../setup/context.ts';

const version = (id: string, more = ''): Version => ({
  type: 'Observation',
  id,
  version: 1,
  lastUpdated: '2026-01-01T00:00:00.000Z',
  method: 'PUT',
  deleted: false,
  text: `{"resourceType":"Observation","id":"${id}","status":"final","code":{"text":"x"},"valueQuantity":{"value":1.00}${more}}`,
});
const bundle = (page: Partial<SearchPage>, more: object = {}) => {
  const whole: SearchPage = { matches: [], included: [], notes: [], ...page };
  return searchsetText(
    { path: 'Observation', page: whole, honoured: [], continuation: undefined, wanted: undefined, ...more },
    testContext(),
  );
};

describe('searchsetText', () => {
  it('puts resources in as they are stored, digits included', () => {
    const text = bundle({ matches: [version('a')], total: 1 });
    expect(text).toContain(version('a').text);
    expect(JSON.parse(text)).toMatchObject({
      total: 1,
      entry: [{ fullUrl: 'http://localhost:8080/fhir/Observation/a', search: { mode: 'match' } }],
    });
  });

  it('keeps the digits of a part too', () => {
    const text = bundle(
      { matches: [version('a', ',"note":[{"text":"n"}]')] },
      { wanted: { elements: [{ type: undefined, name: 'value' }] } },
    );
    expect(text).toContain('"value":1.00');
    expect(text).toContain('SUBSETTED');
    expect(text).not.toContain('note');
  });

  it('has no entries where there are none', () => expect(JSON.parse(bundle({ total: 0 }))).not.toHaveProperty('entry'));

  it('writes links that can be followed, and read', () => {
    const { link } = JSON.parse(
      bundle(
        { next: 'N', previous: 'P' },
        { honoured: [['code', 'http://loinc.org|8480-6,x y&z']], continuation: 'C' },
      ),
    );
    const query = 'code=http://loinc.org%7C8480-6,x%20y%26z';
    expect(link.map(({ relation, url }: any) => [relation, url.slice('http://localhost:8080/fhir/'.length)])).toEqual([
      ['self', `Observation?${query}&_page=C`],
      ['first', `Observation?${query}`],
      ['previous', `Observation?${query}&_page=P`],
      ['next', `Observation?${query}&_page=N`],
    ]);
  });

  it('tells what is to be told in an entry of its own', () => {
    const { entry } = JSON.parse(
      bundle({ notes: [{ kind: 'unknown-parameter', text: 'x was ignored.', severity: 'warning' }] }),
    );
    expect(entry).toMatchObject([
      { resource: { resourceType: 'OperationOutcome', issue: [{ severity: 'warning' }] }, search: { mode: 'outcome' } },
    ]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault, searchParameters } from '../../../resources/index.ts';
import { startsWith, where } from '../../../store/search/string.ts';
import { toStatement } from '../../../store/sql.ts';
import { searching } from '../../conformance/searching.ts';
import { extract, extractor } from './extracting.ts';

const patient = (id: string, name: object, more = {}) => ({ resourceType: 'Patient', id, name: [name], ...more });

const search = await searching([
  patient(
    'muller',
    { family: 'Müller', given: ['Ann', 'Mary'], prefix: ['Dr.'] },
    { address: [{ city: 'Boston', line: ['1 Main St.'] }] },
  ),
  patient(
    'mueller',
    { family: 'Mueller', given: ['Anna'] },
    { address: [{ city: 'New Boston', text: '100% Main_St' }] },
  ),
  patient('strasse', { family: 'Straße', text: 'Herr Straße' }),
  patient('odd', { family: 'a^b, c|d$e\\f', given: ['^Ann'] }),
  patient('spaces', { family: 'van  der   Berg' }),
]);

describe('a string', () => {
  it.each([
    ['Patient?family=muller', ['muller']],
    ['Patient?family=MÜLLER', ['muller']],
    ['Patient?family=mu', ['mueller', 'muller']],
    ['Patient?family=uller', []],
    ['Patient?family:contains=LLER', ['mueller', 'muller']],
    ['Patient?family:exact=Müller', ['muller']],
    ['Patient?family:exact=müller', []],
    ['Patient?family:exact=Müll', []],
    ['Patient?family:exact=Muller', []],
    ['Patient?family=strasse', ['strasse']],
    ['Patient?family:exact=Straße', ['strasse']],
    ['Patient?name=ann', ['mueller', 'muller']],
    ['Patient?name=dr', ['muller']],
    ['Patient?name=herr', ['strasse']],
    ['Patient?given=mary', ['muller']],
    ['Patient?given=mueller', []],
    ['Patient?name=smith,strasse', ['strasse']],
    ['Patient?family=mu&given=anna', ['mueller']],
    ['Patient?address-city=boston', ['muller']],
    ['Patient?address-city:contains=boston', ['mueller', 'muller']],
    ['Patient?address=1 main', ['muller']],
    ['Patient?family=van der', ['spaces']],
    ['Patient?family:exact=van  der   Berg', ['spaces']],
    ['Patient?family=berg', []],
    ['Patient?given:missing=true', ['spaces', 'strasse']],
    // Separators and wildcards stand for themselves.
    ['Patient?address=100%25 main_', ['mueller']],
    ['Patient?address=100__main', []],
    ['Patient?address:contains=.*', []],
    ['Patient?address:contains=main.s', []],
    ['Patient?family=a^b\\, c\\|d\\$e\\\\f', ['odd']],
    ['Patient?family:exact=a^b\\, c\\|d\\$e\\\\f', ['odd']],
    ['Patient?given=^ann', ['odd']],
  ])('%s', async (url, ids) => expect((await search.ids(url)).sort()).toEqual(ids));

  it('is sorted by without case and accents', async () => {
    expect(await search.ids('Patient?_sort=family')).toEqual(['odd', 'mueller', 'muller', 'strasse', 'spaces']);
  });

  it.each(['Patient?family=%20', 'Patient?family:contains=%CC%81'])(
    'refuses %s, in which there is nothing',
    async (url) => expect(search.ids(url)).rejects.toThrow(Fault),
  );
});

it('never lets a value become part of the statement', () => {
  const parameter = searchParameters('Patient').get('name')!;
  const context = {
    alias: 'o',
    type: 'Patient',
    typeNumber: 1,
    hash: extractor.hash,
    rid: extractor.rid,
    zone: 'UTC',
    now: 0,
    base: '',
  };
  const textOf = (value: string, modifier?: string) =>
    toStatement(where(parameter, [value], modifier, context).filter).text;
  fc.assert(
    fc.property(fc.string(), (text) => {
      for (const modifier of [undefined, 'exact', 'contains']) {
        expect(textOf(`a${text}`, modifier)).toBe(textOf('a', modifier));
      }
    }),
  );
  expect(toStatement(startsWith(['b05'], 'x%', 'o')).values).toEqual(['%^b05:x\\%%']);
});

it('keeps the written form only where it differs', () => {
  expect(extract(patient('a', { family: 'smith' })).raw).toBeNull();
  expect(extract(patient('a', { family: 'Smith' })).raw).toContain(':Smith^');
});

it('sorts by the lowest of several, and says that there are several', () => {
  const values = extract({ resourceType: 'Patient', name: [{ family: 'Zoe' }, { family: 'Abel' }] });
  expect(values.s1).toBe('abel');
  expect(values.fl & 256).not.toBe(0);
  expect(extract({ resourceType: 'Patient', name: [{ family: 'Zoe' }, { family: 'ZOE' }] }).fl).toBe(0);
});

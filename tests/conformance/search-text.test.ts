/** https://hl7.org/fhir/R4/search.html#text, #content */
import { describe, expect, it } from 'vitest';
import { openAccess } from '../../resources/index.ts';
import { entriesOf, pagesOf, searching } from './searching.ts';

const narrative = (div: string) => ({
  status: 'generated',
  div: `<div xmlns="http://www.w3.org/1999/xhtml">${div}</div>`,
});
const condition = (id: string, text: string, more: object = {}) => ({
  resourceType: 'Condition',
  id,
  subject: { reference: 'Patient/muller' },
  ...(text === '' ? {} : { text: narrative(text) }),
  ...more,
});

const search = await searching([
  {
    resourceType: 'Patient',
    id: 'muller',
    text: narrative('<p>Jörg <b>Mü</b>ller-Lüdenscheidt</p><p>Allergic to penicillin</p>'),
    name: [{ family: 'Müller-Lüdenscheidt', given: ['Jörg'] }],
    contact: [{ name: { text: 'Ægidius Brontë' } }],
    address: [{ city: 'Łódź', _city: { extension: [{ url: 'urn:note', valueString: 'formerly Litzmannstadt' }] } }],
    communication: [{ language: { coding: [{ system: 'urn:ietf:bcp:47', code: 'de-CH', display: 'Swiss German' }] } }],
  },
  { resourceType: 'Patient', id: 'plain', name: [{ family: 'Okafor' }], birthDate: '1984-02-03' },
  condition('bone', 'Metastases of the <i>bone</i>, painful', { note: [{ text: 'Seen by Dr. Keller.' }] }),
  condition('liver', '<table><tr><td>Liver</td><td>metastases</td></tr></table>'),
  condition('lung', 'Metastases of the lung'),
  condition('fracture', 'Fracture of a bone in the &Oslash;sterbro clinic &amp; &#65;&#x42;C'),
  condition('coded', '', {
    code: {
      coding: [{ system: 'http://snomed.info/sct', code: '94222008', display: 'Secondary malignant neoplasm of bone' }],
    },
    onsetDateTime: '2021-05-06',
    contained: [{ resourceType: 'Practitioner', id: 'p', name: [{ family: 'Nightingale' }] }],
  }),
  { resourceType: 'Basic', id: 'kanji', code: { text: '東京都の病院' } },
  {
    resourceType: 'Binary',
    id: 'file',
    contentType: 'text/plain',
    data: 'cGVuaWNpbGxpbg==',
  },
]);
const found = async (url: string) => (await search.ids(url)).sort();

describe('_text', () => {
  it.each([
    // The example of the specification.
    ['(bone OR liver) and metastases', ['bone', 'liver']],
    ['metastases', ['bone', 'liver', 'lung']],
    ['METASTASES bone', ['bone']],
    ['metastases -bone', ['liver', 'lung']],
    ['metastases NOT (bone OR lung)', ['liver']],
    ['-metastases', ['coded', 'fracture']],
    ['"the bone"', ['bone']],
    ['"bone the"', []],
    // One cell of a table does not go on in the next.
    ['"liver metastases"', []],
    ['metast*', ['bone', 'liver', 'lung']],
    ['metast', []],
    ['"of the b"', []],
    // A letter of its own, as in string parameters, and no o with an accent.
    ['Osterbro', []],
    ['østerbro', ['fracture']],
    ['abc', ['fracture']],
    ['liver,fracture', ['fracture', 'liver']],
    // Displays and notes are no narrative, and neither is the markup.
    ['malignant', []],
    ['keller', []],
    ['table', []],
    ['xhtml', []],
  ])('%s', async (value, ids) => expect(await found(`Condition?_text=${encodeURIComponent(value)}`)).toEqual(ids));

  it('goes on through inline markup and ends at blocks', async () => {
    expect(await found('Patient?_text=muller')).toEqual(['muller']);
    expect(await found('Patient?_text=%22ludenscheidt allergic%22')).toEqual([]);
    expect(await found('Patient?_text=Lüdenscheidt penicillin')).toEqual(['muller']);
  });
});

describe('_content', () => {
  it.each([
    ['Condition', 'keller', ['bone']],
    ['Condition', 'malignant neoplasm', ['coded']],
    ['Condition', '"malignant neoplasm of bone"', ['coded']],
    ['Condition', 'bone', ['bone', 'coded', 'fracture']],
    ['Condition', 'bone -fracture', ['bone', 'coded']],
    ['Condition', '94222008', ['coded']],
    // Contained resources, extensions of primitives, codes and their displays.
    ['Condition', 'nightingale', ['coded']],
    ['Patient', 'litzmannstadt', ['muller']],
    ['Patient', 'swiss', ['muller']],
    ['Patient', 'de-ch', ['muller']],
    ['Patient', 'lodz', []],
    ['Patient', 'Łódź', ['muller']],
    ['Patient', 'bronte', ['muller']],
    ['Patient', 'penicillin', ['muller']],
    // What is no language: dates, references, addresses of systems, base64.
    ['Patient', '1984', []],
    ['Condition', 'patient', []],
    ['Condition', 'snomed', []],
    ['Binary', 'cGVuaWNpbGxpbg', []],
    ['Basic', '東京', ['kanji']],
    ['Basic', '病院', ['kanji']],
    ['Basic', '京東', []],
  ])('%s: %s', async (type, value, ids) =>
    expect(await found(`${type}?_content=${encodeURIComponent(value)}`)).toEqual(ids),
  );

  it('goes with other conditions, and several of it must all hold', async () => {
    expect(await found('Condition?_content=bone&_content=metastases')).toEqual(['bone']);
    expect(await found('Condition?_content=bone&_text:missing=true&code=94222008').catch(() => ['refused'])).toEqual([
      'refused',
    ]);
    expect(await found('Condition?_content=bone&code=94222008')).toEqual(['coded']);
    expect(await found('Condition?_content=bone&patient=Patient/plain')).toEqual([]);
  });

  it('searches all types at once', async () => {
    expect(await found('?_content=bone')).toEqual(['bone', 'coded', 'fracture']);
    expect(await found('?_content=penicillin,nightingale&_type=Patient,Condition,Basic')).toEqual(['coded', 'muller']);
    expect((await search.bundle('?_content=bone&_total=accurate&_count=1')).total).toBe(3);
    expect((await search.bundle('Condition?_content=bone&_summary=count')).total).toBe(3);
  });

  it('goes on through references and back', async () => {
    expect(await found('Condition?subject:Patient._text=penicillin')).toEqual([
      'bone',
      'coded',
      'fracture',
      'liver',
      'lung',
    ]);
    expect(await found('Condition?subject:Patient._content=okafor')).toEqual([]);
    expect(await found('Patient?_has:Condition:patient:_content=nightingale')).toEqual(['muller']);
    expect(await found('Patient/muller/Condition?_content=liver')).toEqual(['liver']);
  });

  it('shows a caller nothing of what no grant covers, the words of others included', async () => {
    const access = { actor: 'Practitioner/7', grants: [{ types: ['Patient'], verbs: ['search'] as const }] };
    const url = 'Patient?_has:Condition:patient:_content=nightingale';
    expect(entriesOf(await search.bundle(url), 'match')).toHaveLength(1);
    expect(entriesOf(await search.bundle(url, { access }), 'match')).toEqual([]);
  });
});

describe('what was stored before a search', () => {
  it('is found by it: created, changed and deleted', async () => {
    for (let i = 0; i < 10; i++) {
      await search.put(condition('new', `Sarcoidosis${i}`));
      expect(await search.ids(`Condition?_text=sarcoidosis${i}`)).toEqual(['new']);
      if (i > 0) expect(await search.ids(`Condition?_text=sarcoidosis${i - 1}`)).toEqual([]);
    }
    await search.delete('Condition/new');
    expect(await search.ids('Condition?_text=sarcoidosis9')).toEqual([]);
    await search.put(condition('new', 'Sarcoidosis again'));
    expect(await search.ids('Condition?_text=sarcoidosis')).toEqual(['new']);
    await search.delete('Condition/new');
  });

  it('is found by each of many who write and search side by side', async () => {
    await Promise.all(
      Array.from({ length: 40 }, async (_, i) => {
        await search.put({ resourceType: 'Basic', id: `b${i}`, code: { text: `side${i}` } });
        expect(await search.ids(`Basic?_content=side${i}`)).toEqual([`b${i}`]);
      }),
    );
    expect(await search.ids('Basic?_content=side*&_count=100')).toHaveLength(40);
  });
});

describe('_score', () => {
  it('tells how well each match fits, and orders by it', async () => {
    const bundle = await search.bundle('Condition?_content=bone&_sort=-_score');
    const scores = bundle.entry.map((entry: any) => entry.search.score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    for (const score of scores) expect(score > 0 && score < 1).toBe(true);
    // In the narrative a word weighs more than in a display.
    expect(bundle.entry.at(-1).resource.id).toBe('coded');
    const ascending = await search.ids('Condition?_content=bone&_sort=_score');
    expect(ascending[0]).toBe('coded');
  });

  it('is told in any order, and of nothing that is only included', async () => {
    const { entry } = await search.bundle('Condition?_text=liver&_include=Condition:subject');
    expect(entry.map(({ search: { mode, score } }: any) => [mode, typeof score])).toEqual([
      ['match', 'number'],
      ['include', 'undefined'],
    ]);
    const none = await search.bundle('Condition?code=94222008');
    expect(none.entry[0].search).toEqual({ mode: 'match' });
  });

  it('pages without repeating or skipping', async () => {
    for (const url of [
      'Condition?_content=bone,metastases&_sort=-_score&_count=1',
      '?_content=bone,metastases,okafor&_sort=-_score,_id&_count=2',
    ]) {
      const pages = await pagesOf(search, url);
      const ids = pages.flatMap((page) => entriesOf(page, 'match').map(({ id }) => id));
      expect(new Set(ids).size).toBe(ids.length);
      const scores = pages.flatMap((page) => page.entry.map((entry: any) => entry.search.score));
      expect(scores).toEqual([...scores].sort((a, b) => b - a));
      expect(ids.filter((id) => id !== 'plain').sort()).toEqual(['bone', 'coded', 'fracture', 'liver', 'lung']);
    }
  });

  it('is refused where no words are asked for', async () => {
    await expect(search.bundle('Condition?code=94222008&_sort=-_score')).rejects.toMatchObject({
      kind: 'invalid-request',
      status: 400,
    });
    await expect(search.bundle('Condition?subject:Patient._text=x&_sort=_score')).rejects.toMatchObject({
      kind: 'invalid-request',
    });
    await expect(search.bundle('Condition?_score=1')).rejects.toMatchObject({ kind: 'not-supported' });
  });
});

describe('what is refused', () => {
  it.each([
    ['Condition?_text=', 'invalid-value'],
    ['Condition?_text=%22%22', 'invalid-value'],
    ['Condition?_text=- OR ()', 'invalid-value'],
    ['Condition?_text:contains=bone', 'unsupported-modifier'],
    ['Condition?_text:exact=bone', 'unsupported-modifier'],
    ['Condition?_content:missing=true', 'unsupported-modifier'],
    ['Condition?_text=bone&_sort=_text', 'not-supported'],
    ['Binary?_text=bone', 'unknown-parameter'],
    [`Condition?_text=${'('.repeat(30)}bone`, 'too-costly'],
    [`Condition?_text=${'bone '.repeat(101)}`, 'too-costly'],
  ])('%s is %s', async (url, kind) => expect(search.bundle(url)).rejects.toMatchObject({ kind }));

  it('a write that depends on words', async () => {
    const draft = { type: 'Condition', query: [['_text', 'bone']] as const, where: 'If-None-Exist' };
    await expect(
      search.store.records.match(openAccess, [draft], {
        access: openAccess,
        requestId: 'x',
        base: 'http://localhost:8080/fhir',
        now: () => 0,
        signal: new AbortController().signal,
        observe: () => {},
      }),
    ).rejects.toMatchObject({ kind: 'not-supported' });
  });
});

/**
 * No input ever becomes SQL: whatever stands in the values, modifiers, names and controls of a search, the statement is
 * made of this server's own words, and the input is bound. https://hl7.org/fhir/R4/security.html#injection
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../resources/index.ts';
import { searching } from './searching.ts';

/** Stands in every hostile text, and in no statement that this server would write. */
const MARK = 'Zq7x';
/** The same for what has to be a number. */
const DIGITS = '918273';

const search = await searching([
  { resourceType: 'Patient', id: 'ann', name: [{ family: "O'Brien" }], gender: 'female' },
  {
    resourceType: 'List',
    id: 'l',
    status: 'current',
    mode: 'working',
    entry: [{ item: { reference: 'Patient/ann' } }],
  },
]);

const known = [
  "'",
  "'; DROP TABLE res; --",
  "' OR '1'='1",
  '" OR ""="',
  '$1',
  '$$',
  '%',
  '_%',
  '\\',
  "\\'",
  '^',
  '^s:',
  "E'\\x27'",
  '/*',
  '*/ UNION SELECT version() --',
  ');',
  '\n;\n',
  "chr(39)||'",
  '{1,2}',
  ']]>',
  '\u2019',
  '\uff07',
  'ʼ',
  '\ud83d\ude00',
  '\u202e',
  '.*(a+)+$',
  '<->',
  ':*',
  '& !',
];
const noise = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...known) },
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
);
const hostile = fc.tuple(noise, noise).map(([before, after]) => `${before}${MARK}${after}`);

/** A value of a search: https://hl7.org/fhir/R4/search.html#escaping */
const value = (text: string) => encodeURIComponent(text.replace(/[\\,|$]/g, '\\$&'));
/** A string of a filter. */
const quoted = (text: string) => encodeURIComponent(JSON.stringify(text).replaceAll('\\n', ' '));

/** The statement of a search; undefined where it is refused, as it must be with words and not by accident. */
async function statementOf(url: string): Promise<string | undefined> {
  try {
    const { parameter } = await search.bundle(`${url}${url.includes('?') ? '&' : '?'}_explain=true`);
    return parameter.find(({ name }: any) => name === 'sql').valueString;
  } catch (error) {
    if (!(error instanceof Fault)) throw new Error(`${url}: ${error}`, { cause: error });
    expect(error.status, `${url}: ${error.message}`).toBeGreaterThanOrEqual(400);
    expect(error.status, `${url}: ${error.message}`).toBeLessThan(500);
    return undefined;
  }
}

/** Searches by a text that may be anything. */
const FREE: readonly (readonly [what: string, url: (text: string) => string])[] = [
  ['string', (text) => `Patient?family=${value(text)}`],
  ['string, several', (text) => `Patient?name=${value(text)},${value(`${text}2`)}`],
  ['string:exact', (text) => `Patient?family:exact=${value(text)}`],
  ['string:contains', (text) => `Patient?address:contains=${value(text)}`],
  ['token', (text) => `Observation?code=${value(text)}`],
  ['token with system', (text) => `Observation?code=${value(text)}|${value(text)}`],
  ['token without system', (text) => `Observation?code=|${value(text)}`],
  ['system', (text) => `Observation?category=${value(text)}|`],
  ['plain code', (text) => `Patient?gender=${value(text)}`],
  ['token:not', (text) => `Observation?code:not=${value(text)}`],
  ['token:text', (text) => `Observation?code:text=${value(text)}`],
  ['identifier', (text) => `Patient?identifier=${value(text)}|${value(text)}`],
  ['identifier:of-type', (text) => `Patient?identifier:of-type=${value(text)}|${value(text)}|${value(text)}`],
  ['contact', (text) => `Patient?telecom=phone|${value(text)}`],
  ['address elsewhere', (text) => `Patient?organization=http://x.example/${value(text)}`],
  ['reference:identifier', (text) => `Patient?organization:identifier=${value(text)}`],
  ['canonical', (text) => `QuestionnaireResponse?questionnaire=http://x.example/${value(text)}`],
  ['canonical:below', (text) => `QuestionnaireResponse?questionnaire:below=http://x.example/${value(text)}`],
  ['canonical:above', (text) => `QuestionnaireResponse?questionnaire:above=http://x.example/${value(text)}`],
  ['uri', (text) => `ValueSet?url=${value(text)}`],
  ['uri:below', (text) => `ValueSet?url:below=http://${value(text)}`],
  ['uri:above', (text) => `ValueSet?url:above=http://${value(text)}`],
  ['_tag', (text) => `Patient?_tag=${value(text)}|${value(text)}`],
  ['_profile', (text) => `Patient?_profile=${value(text)}`],
  ['_source', (text) => `Patient?_source=${value(text)}`],
  ['_source:below', (text) => `Patient?_source:below=http://${value(text)}`],
  ['quantity', (text) => `Observation?value-quantity=gt5.4|${value(text)}|${value(text)}`],
  ['quantity, any system', (text) => `Observation?value-quantity=5.4||${value(text)}`],
  ['composite', (text) => `Observation?code-value-quantity=${value(text)}$5||${value(text)}`],
  [
    'composite of tokens',
    (text) => `Observation?component-code-value-concept=${value(text)}$${value(text)}|${value(text)}`,
  ],
  ['chain', (text) => `Observation?subject:Patient.family=${value(text)}`],
  ['chain of two', (text) => `Observation?subject:Patient.organization.name=${value(text)}`],
  ['_has', (text) => `Patient?_has:Observation:subject:code=${value(text)}`],
  ['_filter', (text) => `Patient?_filter=family co ${quoted(text)}`],
  ['conditions of a compartment', (text) => `Patient/ann/Observation?code=${value(text)}`],
  ['all types', (text) => `?_tag=${value(text)}`],
];

describe('a value that may be anything', () => {
  it.each(FREE)('is bound, and the statement is the same whatever it is: %s', async (_, url) => {
    const plain = (await statementOf(url(MARK)))!;
    expect(plain.toLowerCase()).not.toContain(MARK.toLowerCase());
    await fc.assert(
      fc.asyncProperty(fc.array(hostile, { minLength: 6, maxLength: 6 }), async (texts) => {
        const statements = await Promise.all(texts.map((text) => statementOf(url(text))));
        // What FHIR allows in no string (NUL) is refused.
        for (const [index, one] of statements.entries()) expect(one ?? plain, texts[index]).toBe(plain);
        const isNul = (text: string) => text.includes('\0');
        expect(statements.filter((one, index) => one === undefined && !isNul(texts[index]!))).toEqual([]);
      }),
      { numRuns: 8 },
    );
  });
});

/** Places where only something certain may stand, or where the text is a language of its own. */
const BOUND: readonly (readonly [what: string, url: (text: string) => string])[] = [
  ['_id', (text) => `Patient?_id=${text}`],
  ['_list', (text) => `Patient?_list=${text}`],
  ['reference', (text) => `Patient?organization=${text}`],
  ['reference with type', (text) => `Patient?organization=Organization/${text}`],
  ['boolean', (text) => `Patient?active=${text}`],
  ['several parts', (text) => `Observation?code=${text}|${text}|${text}`],
  ['date', (text) => `Patient?birthdate=${text}`],
  ['date behind its prefix', (text) => `Patient?birthdate=ge2020${text}`],
  ['number', (text) => `RiskAssessment?probability=${text}`],
  ['number behind its prefix', (text) => `RiskAssessment?probability=gt5${text}`],
  ['near', (text) => `Location?near=1|1|1|${text}`],
  ['composite', (text) => `Observation?code-value-quantity=${text}`],
  [':missing', (text) => `Patient?family:missing=${text}`],
  [':in', (text) => `Observation?code:in=http://x.example/${text}`],
  [':not-in', (text) => `Observation?code:not-in=${text}`],
  [':below', (text) => `Observation?code:below=${text}`],
  ['_text', (text) => `Patient?_text=${text}`],
  ['_content', (text) => `Patient?_content=${text}`],
  ['_filter', (text) => `Patient?_filter=${text}`],
  ['a string in _filter', (text) => `Patient?_filter=family%20eq%20%22${text}%22`],
  ['a name in _filter', (text) => `Patient?_filter=${text}%20eq%20a`],
  ['_lastUpdated', (text) => `Patient?_lastUpdated=${text}`],
  ['_sort', (text) => `Patient?_sort=${text}`],
  ['_sort by a chain', (text) => `Observation?_sort=subject:${text}.family`],
  ['_count', (text) => `Patient?_count=${text}`],
  ['_maxresults', (text) => `Patient?_maxresults=${text}`],
  ['_total', (text) => `Patient?_total=${text}`],
  ['_summary', (text) => `Patient?_summary=${text}`],
  ['_elements', (text) => `Patient?_elements=${text}`],
  ['_type', (text) => `?_type=${text}`],
  ['_page', (text) => `Patient?_page=${text}`],
  ['_include', (text) => `Patient?_include=${text}`],
  ['_include of a parameter', (text) => `Patient?_include=Patient:${text}`],
  ['_include of a type', (text) => `Patient?_include=Patient:organization:${text}`],
  ['_revinclude', (text) => `Patient?_revinclude=${text}:subject`],
  ['a modifier of _include', (text) => `Patient?_include:${text}=Patient:organization`],
  ['a name', (text) => `Patient?${text}=x`],
  ['a modifier', (text) => `Patient?family:${text}=x`],
  ['a type in a chain', (text) => `Observation?subject:${text}.family=x`],
  ['a name in a chain', (text) => `Observation?subject:Patient.${text}=x`],
  ['a type in _has', (text) => `Patient?_has:${text}:subject:code=x`],
  ['a reference in _has', (text) => `Patient?_has:Observation:${text}:code=x`],
  ['a name in _has', (text) => `Patient?_has:Observation:subject:${text}=x`],
  ['a compartment', (text) => `Patient/${text}/Observation`],
];

describe('a text where something certain is expected', () => {
  it.each(BOUND)('is refused or bound: %s', async (_, url) => {
    await fc.assert(
      fc.asyncProperty(fc.array(hostile, { minLength: 6, maxLength: 6 }), async (texts) => {
        const statements = await Promise.all(texts.map((text) => statementOf(url(encodeURIComponent(text)))));
        for (const [index, one] of statements.entries())
          expect(one?.toLowerCase() ?? '', texts[index]).not.toContain(MARK.toLowerCase());
      }),
      { numRuns: 8 },
    );
  });
});

describe('a number', () => {
  it.each([
    `RiskAssessment?probability=gt0.${DIGITS}`,
    `RiskAssessment?probability=${DIGITS}e-3`,
    `Observation?value-quantity=${DIGITS}||mg`,
    `Observation?value-quantity=le${DIGITS}|http://unitsofmeasure.org|mg`,
    `Observation?code-value-quantity=a$${DIGITS}`,
    `Location?near=1.${DIGITS}|2.${DIGITS}|${DIGITS}|m`,
    `Patient?birthdate=gt2020-01-01T10:00:00.${DIGITS}Z`,
    `Patient?_lastUpdated=gt2020-01-01T10:00:00.${DIGITS}Z`,
    `Patient?_filter=birthdate gt 2020-01-01T10:00:00.${DIGITS}Z`,
  ])('is bound: %s', async (url) => {
    const statement = await statementOf(url);
    expect(statement).toBeDefined();
    expect(statement).not.toContain(DIGITS);
  });
});

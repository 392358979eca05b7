import { describe, expect, it } from 'vitest';
import { grammarOf, grammarUrls } from '../../../terminology/grammars/index.ts';

const cases: [url: string, valid: string[], invalid: string[]][] = [
  // https://www.rfc-editor.org/rfc/rfc5646#appendix-A
  [
    'urn:ietf:bcp:47',
    [
      'de',
      'DE-ch',
      'zh-Hant',
      'sr-Latn-RS',
      'sl-rozaj-biske',
      'de-CH-1901',
      'es-419',
      'x-whatever',
      'i-klingon',
      'aaa',
    ],
    ['', 'xx', 'de-QQ', 'german', 'de_CH', 'a-DE', 'de-', 'de-419-DE'],
  ],
  [
    'urn:ietf:bcp:13',
    ['text/plain', 'application/fhir+json', 'text/html; charset=UTF-8', 'application/pdf', 'Image/PNG'],
    ['pdf', 'text/', '/plain', 'text/plain;', 'image/*', 'text plain'],
  ],
  ['urn:ietf:rfc:3986', ['urn:oid:1.2.3', 'https://hl7.org/fhir', 'tel:+41'], ['hl7.org', '', 'urn: x']],
  [
    'http://unitsofmeasure.org',
    ['mg/dL', 'mm[Hg]', '10*3/uL', '/min', '{score}', '%', '1', '[in_i]'],
    ['', 'mgs', 'foo', 'mg / dL', 'beats', 'x'.repeat(81)],
  ],
  ['https://www.iana.org/time-zones', ['Europe/Zurich', 'UTC', 'US/Eastern'], ['Mars/Olympus', '+01:00', '']],
  ['urn:iso:std:iso:3166', ['CH', 'CHE', '756', 'ch'], ['XX', 'EU', 'CHX', '000', '']],
  ['urn:iso:std:iso:3166:-2', ['CH-ZH', 'US-CA', 'FR-75'], ['XX-ZH', 'CH', 'CH-', 'CH-ABCD']],
  ['http://unstats.un.org/unsd/methods/m49/m49.htm', ['001', '150'], ['756', 'EU']],
  ['urn:iso:std:iso:4217', ['CHF', 'EUR', 'DEM', 'XXX', 'XDR'], ['chf', 'QQQ', '$', '']],
];

describe.each(cases)('%s', (url, valid, invalid) => {
  const grammar = grammarOf(url)!;

  it.each(valid)('has %s', (code) => {
    expect(grammar.find(code)?.display).toBeTruthy();
    // Asked twice, since answers may be remembered.
    expect(grammar.find(code)).toEqual(grammar.find(code));
  });
  it.each(invalid)('does not have "%s"', (code) => {
    expect(grammar.find(code)).toBeUndefined();
    expect(grammar.find(code)).toBeUndefined();
  });
  it('has everything that it lists', () => {
    for (const code of grammar.list?.() ?? []) expect(grammar.find(code)?.code).toBe(code);
  });
});

it('tells what a code is called, written as the system writes it', () => {
  expect(grammarOf('urn:ietf:bcp:47')!.find('DE-ch')).toEqual({ code: 'de-CH', display: 'German (Switzerland)' });
  expect(grammarOf('urn:iso:std:iso:3166')!.find('che')).toEqual({ code: 'CHE', display: 'Switzerland' });
  expect(grammarOf('https://www.iana.org/time-zones')!.find('europe/zurich')?.code).toBe('Europe/Zurich');
  expect(grammarOf('http://unitsofmeasure.org')!.find('mg')).toEqual({ code: 'mg', display: 'milligram' });
});

it('knows the systems by their urls only', () => {
  expect(grammarUrls()).toEqual(cases.map(([url]) => url));
  expect(grammarOf('http://snomed.info/sct')).toBeUndefined();
});

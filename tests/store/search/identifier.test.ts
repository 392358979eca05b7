import { describe, expect, it } from 'vitest';
import { contactText } from '../../../store/search/identifier.ts';
import { extract, extractor } from './extracting.ts';

describe('contactText', () => {
  it.each([
    ['+49 (30) 123-456', '+4930123456'],
    ['555.123/4', '5551234'],
    [' Ann@Example.org ', 'ann@example.org'],
    ['https://Example.org/a-b', 'https://example.org/a-b'],
    ['ext. 12', 'ext12'],
    ['---', '---'],
  ])('%s becomes %s', (written, text) => expect(contactText(written)).toBe(text));
});

describe('rows of identifiers', () => {
  const rows = (identifier: object[]) => extract({ resourceType: 'Patient', identifier }).ids;

  it('hold system and value as they are written', () => {
    expect(rows([{ system: 'urn:oid:1.2.3', value: ' A-1' }])).toMatchObject([
      { s: 'urn:oid:1.2.3', v: ' A-1', th: null },
    ]);
    expect(rows([{ value: '1' }])).toMatchObject([{ s: null, v: '1' }]);
  });

  it('are one for each type of an identifier', () => {
    const type = { coding: [{ code: 'MR' }, { system: 'urn:x', code: 'MR' }, { display: 'no code' }] };
    const found = rows([{ value: '1', type }]);
    expect(found).toHaveLength(2);
    expect(new Set(found.map(({ th }) => th)).size).toBe(2);
  });

  it('are none for an identifier without a value, whose system is still known', () => {
    const values = extract({ resourceType: 'Patient', identifier: [{ system: 'urn:oid:1.2.3' }] });
    expect(values.ids).toEqual([]);
    expect(values.h).toContain(extractor.hash('Patient.identifier:token|s|urn:oid:1.2.3'));
  });
});

import { describe, expect, it } from 'vitest';
import { searchParameters } from '../../../resources/index.ts';
import { codeText, codingText, textSlot, textTag } from '../../../store/search/coding.ts';
import { extract, extractor } from './extracting.ts';

const [slot] = searchParameters('Observation').get('code')!.slots;
const observation = (code: object) => extract({ resourceType: 'Observation', status: 'final', code });
const LOINC = 'http://loinc.org';

describe('a coding', () => {
  it('is found by its code, by system and code, and by its system', () => {
    const { h, code1 } = observation({ coding: [{ system: LOINC, code: '8480-6' }] });
    expect(code1).toBe(extractor.hash(codingText(slot!, LOINC, '8480-6')));
    for (const text of [codeText(slot!, '8480-6'), codingText(slot!, LOINC, '8480-6'), `${slot!.name}|s|${LOINC}`]) {
      expect(h).toContain(extractor.hash(text));
    }
  });

  it('is never mistaken for another whose system and code are cut in another place', () => {
    expect(codingText(slot!, 'a|b', 'c')).not.toBe(codingText(slot!, 'a', 'b|c'));
  });

  it('is listed once, with its display under a number of its own', () => {
    const coding = { system: LOINC, code: '8480-6', display: 'Systolic BP' };
    const { dict } = observation({ coding: [coding, coding] });
    expect(dict.filter(({ k }) => k === slot!.k)).toMatchObject([{ v: `${LOINC}|8480-6`, norm: null }]);
    expect(dict.filter(({ k }) => k === textSlot(slot!))).toMatchObject([{ norm: 'systolic bp' }]);
  });

  it('keeps each of its displays', () => {
    const texts = (display: string) =>
      observation({ coding: [{ system: LOINC, code: '1', display }] }).dict.map(({ norm }) => norm);
    expect(texts('First')).toContain('first');
    expect(texts('Second')).toContain('second');
    expect(texts('First')).toContain('first');
  });

  it('shares the token of its code with the same code in another system', () => {
    const { h } = observation({
      coding: [
        { system: LOINC, code: '1' },
        { system: 'urn:other', code: '1' },
      ],
    });
    expect(h.filter((token) => token === extractor.hash(codeText(slot!, '1')))).toHaveLength(1);
  });

  it('without a code is found by its system and its display', () => {
    const { h, str, dict } = observation({ coding: [{ system: LOINC, display: 'Something' }] });
    expect(h).toContain(extractor.hash(`${slot!.name}|s|${LOINC}`));
    expect(str).toBe(`^${textTag(slot!)}:something^`);
    expect(dict.filter(({ k }) => k === slot!.k)).toEqual([]);
  });
});

describe('the text of a concept', () => {
  it('is left out where a display says the same', () => {
    const coding = [{ system: LOINC, code: '1', display: 'Heart rate' }];
    expect(observation({ coding, text: 'Heart rate' }).str).toBeNull();
    expect(observation({ coding, text: 'HEART RATE' }).str).toBeNull();
    expect(observation({ coding, text: 'Pulse' }).str).toBe(`^${textTag(slot!)}:pulse^`);
  });

  it('is kept out of the list of codes', () => {
    expect(observation({ text: 'Free text of one nurse' }).dict.some(({ norm }) => norm !== null)).toBe(false);
  });
});

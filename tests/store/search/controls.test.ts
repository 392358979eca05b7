import { describe, expect, it } from 'vitest';
import {
  CONTROLS,
  isInclude,
  parseCount,
  parseInclude,
  parseMaxResults,
  parseSort,
  parseTotal,
  single,
} from '../../../store/search/controls.ts';
import { faultOf } from '../../setup/fault.ts';

describe('parseCount', () => {
  const limits = { countDefault: 50, countMax: 1000 };
  it('has a default and a most', () => {
    expect(parseCount(undefined, limits)).toEqual({ count: 50 });
    expect(parseCount('7', limits)).toEqual({ count: 7 });
    expect(parseCount('5000', limits)).toMatchObject({ count: 1000, capped: { severity: 'information' } });
  });
  it.each(['', '-1', '1.5', 'all', '9'.repeat(20)])('refuses %j', (text) =>
    expect(faultOf(() => parseCount(text, limits)).kind).toBe('invalid-value'),
  );
});

describe('parseTotal', () => {
  it('knows three words', () => {
    expect(['none', 'estimate', 'accurate', undefined].map(parseTotal)).toEqual([
      'none',
      'estimate',
      'accurate',
      undefined,
    ]);
    expect(faultOf(() => parseTotal('exact')).kind).toBe('invalid-value');
  });
});

describe('parseSort', () => {
  it('reads keys with their directions', () =>
    expect(parseSort(['Patient'], '-birthdate,family').map(({ code, descending }) => [code, descending])).toEqual([
      ['birthdate', true],
      ['family', false],
    ]));
  it('refuses what has no order, and too many keys', () => {
    expect(faultOf(() => parseSort(['Observation'], 'code-value-quantity')).kind).toBe('not-supported');
    expect(faultOf(() => parseSort(['Patient'], Array(9).fill('family').join(','))).kind).toBe('too-costly');
  });
});

describe('parseInclude', () => {
  it('reads source, parameter and target', () => {
    expect(parseInclude(['Observation'], '_include', 'Observation:subject:Patient')).toMatchObject({
      reverse: false,
      source: 'Observation',
      target: 'Patient',
      parameter: { code: 'subject' },
    });
    expect(parseInclude(['Patient'], '_revinclude:iterate', '*')).toEqual({
      reverse: true,
      iterate: true,
      source: undefined,
      parameter: undefined,
      target: undefined,
    });
    expect(parseInclude(['Patient'], '_revinclude', 'Observation:*')).toMatchObject({
      source: 'Observation',
      parameter: undefined,
    });
  });
  it('goes on from any type where it iterates', () => {
    expect(parseInclude(['MedicationDispense'], '_include:iterate', 'MedicationRequest:patient').iterate).toBe(true);
    expect(
      faultOf(() => parseInclude(['MedicationDispense'], '_include', 'MedicationRequest:patient')).findings[0]!.hint,
    ).toContain('iterate');
  });
});

describe('names', () => {
  it('tell controls and includes', () => {
    expect(CONTROLS.has('_count')).toBe(true);
    expect(['_include', '_revinclude:iterate', '_included', 'include'].map(isInclude)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
  it('of single controls stand once', () => {
    expect(single([['_count', '1']], '_count')).toBe('1');
    expect(single([], '_count')).toBeUndefined();
    expect(
      faultOf(() =>
        single(
          [
            ['_count', '1'],
            ['_count', '1'],
          ],
          '_count',
        ),
      ).kind,
    ).toBe('invalid-request');
  });
});

describe('parseMaxResults', () => {
  it.each([
    [undefined, undefined],
    ['1', 1],
    ['250', 250],
  ])('%s', (text, number) => expect(parseMaxResults(text)).toBe(number));

  it.each(['0', '-5', '1e3', 'all'])('refuses %s', (text) =>
    expect(faultOf(() => parseMaxResults(text)).findings[0]!.expression).toBe('_maxresults'),
  );
});

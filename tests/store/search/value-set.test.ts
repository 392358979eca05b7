import { describe, expect, it } from 'vitest';
import type { SearchParameter } from '../../../resources/index.ts';
import { type CodeSet, questionKey } from '../../../store/search/code-sets.ts';
import type { PlanContext } from '../../../store/search/condition.ts';
import { contextFor } from '../../../store/search/plan/scope.ts';
import { asksForCodes, codeSetQuestions, codesCondition } from '../../../store/search/value-set.ts';
import { toStatement } from '../../../store/sql.ts';
import { faultOf } from '../../setup/fault.ts';
import { scopeFor, textOf, treeOf } from './scope.ts';

const SET = 'http://hospital.example.org/ValueSet/chronic';
const questions = (url: string) => codeSetQuestions(treeOf(url).criteria);

describe('codeSetQuestions', () => {
  it('finds what criteria ask, inside chains and _has too', () => {
    expect(questions(`Condition?code:in=${SET}&code=44054006`)).toEqual([
      { kind: 'in', valueSet: SET, expression: 'code:in' },
    ]);
    expect(questions(`Encounter?diagnosis:Condition.code:not-in=${SET},ValueSet/a`)).toHaveLength(2);
    expect(questions('Patient?_has:Condition:subject:code:below=http://snomed.info/sct|73211009')).toEqual([
      { kind: 'below', system: 'http://snomed.info/sct', code: '73211009', expression: 'code:below' },
    ]);
    expect(questions('Condition?code=44054006&code:text=diabetes')).toEqual([]);
  });

  it('takes the system of a plain code from its binding', () =>
    expect(questions('Encounter?status:above=finished')).toEqual([
      { kind: 'above', system: 'http://hl7.org/fhir/encounter-status', code: 'finished', expression: 'status:above' },
    ]));

  it('leaves modifiers of the same name on addresses alone', () =>
    expect(questions('ValueSet?url:below=http://hospital.example.org/')).toEqual([]));

  it.each(['73211009', '|73211009', 'http://snomed.info/sct|'])(
    'refuses code:below=%s, which names no concept',
    (value) => expect(faultOf(() => questions(`Condition?code:below=${value}`)).kind).toBe('invalid-value'),
  );
});

it('tells the modifiers that ask for codes', () => {
  expect(['in', 'not-in', 'above', 'below'].every(asksForCodes)).toBe(true);
  expect([undefined, 'not', 'text', 'missing'].some(asksForCodes)).toBe(false);
});

describe('codesCondition', () => {
  const context = (type: string, set?: CodeSet): PlanContext => ({
    ...contextFor(scopeFor(), type, 'o'),
    ...(set ? { codeSets: new Map([[questionKey({ kind: 'in', valueSet: SET, expression: '' }), set]]) } : {}),
  });
  const parameterOf = (url: string): SearchParameter => {
    const [criterion] = treeOf(url).criteria;
    if (criterion?.kind !== 'values') throw new Error('A criterion with values was expected.');
    return [...criterion.by.values()][0]!;
  };
  const condition = (url: string, modifier: 'in' | 'not-in', set?: CodeSet) =>
    codesCondition(parameterOf(url), [SET], modifier, context(url.slice(0, url.indexOf('?')), set));

  it('looks the codes up by number, and never puts them into the text', () => {
    const { filter, driver } = condition('Condition?code=x', 'in', { n: 7n, hasCaseless: false });
    const { text, values } = toStatement(filter);
    expect(text).toContain('code_set_code');
    expect(values).toContain(7n);
    expect(driver).toBeDefined();
  });

  it('compares without case only where a code needs it', () => {
    const text = (hasCaseless: boolean) => textOf(condition('Condition?code=x', 'in', { n: 7n, hasCaseless }).filter);
    expect(text(false)).not.toContain('lower(');
    expect(text(true)).toContain('lower(');
  });

  it('turns into all others for :not-in, which no index finds', () => {
    const { filter, driver } = condition('Condition?code=x', 'not-in', { n: 7n, hasCaseless: false });
    expect(textOf(filter)).toContain('IS NOT TRUE');
    expect(driver).toBeUndefined();
  });

  it('says where it can be asked when nobody made the set', () => {
    const fault = faultOf(() => condition('Condition?code=x', 'in'));
    expect(fault.kind).toBe('not-supported');
    expect(fault.findings[0]!.hint).toContain('Search first');
  });
});

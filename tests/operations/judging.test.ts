import { describe, expect, it } from 'vitest';
import { errorsOf, faultOf, judgeFully, judgingOf, lacks } from '../../operations/judging.ts';
import { parseJson } from '../../resources/index.ts';
import { testContext } from '../setup/context.ts';
import { operationSettings, testEnvironment } from '../setup/environment.ts';

const context = testContext();

describe('the judge', () => {
  it('is asked without a wait where nothing is lacking', () => {
    const judgement = judgeFully('Patient', parseJson('{"resourceType":"Patient"}'), testEnvironment(), context);
    expect(judgement).not.toBeInstanceOf(Promise);
  });

  it('looks at the structure alone where validation is off', () => {
    expect(judgingOf({ ...operationSettings, validation: 'off' }, undefined)).toEqual({ level: 'structure' });
    expect(judgingOf({ ...operationSettings, enforce: ['Claim'], profileFaults: 'warning' }, undefined)).toEqual({
      level: 'full',
      enforce: new Set(['Claim']),
      profileFaults: 'warning',
    });
  });

  it('lacks something where it names anything', () => {
    expect(lacks({ structures: [], valueSets: [], codes: [] })).toBe(false);
    expect(lacks({ structures: [], valueSets: ['http://hl7.org/fhir/ValueSet/languages'], codes: [] })).toBe(true);
  });
});

describe('a refusal', () => {
  const rule = { kind: 'unprocessable', text: 'obs-6 does not hold.', rule: 'obs-6' } as const;
  const structure = { kind: 'invalid-structure', text: 'There is no such element.' } as const;

  it('tells errors, not what is less', () => {
    expect(errorsOf([rule, { ...rule, severity: 'warning' }, { ...structure, severity: 'information' }])).toEqual([
      rule,
    ]);
  });

  it('has status 422 for broken rules, and 400 where anything cannot be read at all', () => {
    expect(faultOf([rule]).status).toBe(422);
    expect(faultOf([rule, structure])).toMatchObject({ status: 400, findings: [rule, structure] });
  });
});

import { describe, expect, it } from 'vitest';
import { labelsOf, levelOf, NORMAL_LEVEL, sensitivityOf } from '../../resources/index.ts';

const confidentiality = (code: string) => ({
  system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality',
  code,
});
const sensitivity = (code: string) => ({ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code });

describe('labelsOf', () => {
  it('takes what has no label for a normal record', () => {
    expect(labelsOf(undefined)).toEqual({ level: NORMAL_LEVEL, sensitivity: 0 });
    expect(labelsOf([])).toEqual({ level: levelOf('N'), sensitivity: 0 });
  });

  it('takes the strictest of several levels', () => {
    expect(labelsOf([confidentiality('L'), confidentiality('V'), confidentiality('R')]).level).toBe(levelOf('V'));
    expect(labelsOf([confidentiality('U')]).level).toBeLessThan(NORMAL_LEVEL);
  });

  it('gathers all sensitivities, each with what it is a part of', () => {
    const { sensitivity: bits } = labelsOf([sensitivity('HIV'), sensitivity('OPIOIDUD')]);
    for (const code of ['HIV', 'OPIOIDUD', 'SUD', 'ETH']) expect(bits & sensitivityOf(code)).not.toBe(0);
    expect(bits & sensitivityOf('PSY')).toBe(0);
  });

  it('counts nothing that is no such label', () => {
    const codings = [{ code: 'R' }, { system: 'http://example.org/labels', code: 'V' }, sensitivity('IMP'), {}];
    expect(labelsOf(codings)).toEqual({ level: NORMAL_LEVEL, sensitivity: 0 });
  });
});

it('gives each sensitivity a bit of its own that fits a signed 32-bit column', () => {
  const own = (code: string) => sensitivityOf(code);
  expect(own('ETH')).toBe(1);
  expect(own('HIV')).toBe(4);
  expect(own('PREGNANT')).toBe(1 << 29);
  expect(own('toString')).toBe(0);
});

it('orders the levels, and knows no others', () => {
  const levels = ['U', 'L', 'M', 'N', 'R', 'V'].map((code) => levelOf(code)!);
  expect(levels).toEqual([...levels].sort((a, b) => a - b));
  expect(levelOf('constructor')).toBeUndefined();
});

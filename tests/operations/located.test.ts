import { describe, expect, it } from 'vitest';
import { located, locatedFault } from '../../operations/located.ts';
import { Fault } from '../../resources/index.ts';

const text = '{"resourceType":"Patient",\n "gender":"femal"}';
const finding = { kind: 'invalid-value', text: 'There is no such gender.', expression: 'Patient.gender' } as const;

describe('a finding', () => {
  it('gets the line and column of its element', () => {
    expect(located([finding], text)).toEqual([{ ...finding, line: 2, column: 2 }]);
  });

  it('without an element has no place', () => {
    const about = { kind: 'invalid-request', text: 'There is nothing.' } as const;
    expect(located([about, finding], text)).toEqual([about, { ...finding, line: 2, column: 2 }]);
  });
});

describe('a fault', () => {
  it('keeps everything but gets the places of its findings', () => {
    const fault = new Fault('invalid-value', 'No.', {
      findings: [finding],
      headers: { 'Retry-After': '1' },
      about: 'Patient/7',
    });
    expect(locatedFault(fault, text)).toMatchObject({
      kind: 'invalid-value',
      message: 'No.',
      about: 'Patient/7',
      headers: { 'Retry-After': '1' },
      findings: [{ line: 2, column: 2 }],
    });
  });

  it('of our own stays what it is', () => {
    const bug = new TypeError('x is undefined');
    expect(locatedFault(bug, text)).toBe(bug);
  });
});

import { describe, expect, it } from 'vitest';
import { Fault, searchParameters } from '../../../resources/index.ts';
import { impliedCodes, impliedSystems, parseToken } from '../../../store/search/asked-token.ts';

describe('parseToken', () => {
  it.each([
    ['44054006', undefined, '44054006'],
    ['http://snomed.info/sct|44054006', 'http://snomed.info/sct', '44054006'],
    ['|44054006', '', '44054006'],
    ['http://snomed.info/sct|', 'http://snomed.info/sct', undefined],
    ['http://example.org/a\\|b|c\\,d', 'http://example.org/a|b', 'c,d'],
  ])('reads %s', (text, system, code) => expect(parseToken(text, 'code')).toEqual({ system, code }));

  it.each(['a|b|c', '|', ''])('refuses %s', (text) => expect(() => parseToken(text, 'code')).toThrow(Fault));
});

describe('what a plain code is from', () => {
  const slotOf = (type: string, code: string) => searchParameters(type).get(code)!.slots[0]!;

  it('is told by the value set of its binding, whatever its name', () => {
    expect(impliedSystems(slotOf('Patient', 'gender'))).toEqual(['http://hl7.org/fhir/administrative-gender']);
    expect(impliedSystems(slotOf('Immunization', 'status'))).toEqual(['http://hl7.org/fhir/event-status']);
    expect(impliedCodes(slotOf('Patient', 'gender'))).toEqual(['male', 'female', 'other', 'unknown']);
  });

  it('is the code system of booleans for those', () => {
    expect(impliedCodes(slotOf('Patient', 'active'))).toEqual(['true', 'false']);
    expect(impliedSystems(slotOf('Patient', 'active'))).toContain('http://hl7.org/fhir/special-values');
  });

  it('is open where no set can be listed', () => {
    expect(impliedSystems(slotOf('Condition', 'code'))).toBeUndefined();
    expect(impliedCodes(slotOf('Condition', 'code'))).toEqual([]);
  });
});

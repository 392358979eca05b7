import { describe, expect, it } from 'vitest';
import { byType, parseCriterion } from '../../../store/search/criterion.ts';
import { faultOf } from '../../setup/fault.ts';

describe('parseCriterion', () => {
  const parse = (name: string, value = 'x') => parseCriterion(['Observation'], name, value);

  it('takes the type of a reference as its modifier', () => {
    expect(parse('subject:Patient', '7')).toMatchObject({ kind: 'values', modifier: 'Patient' });
    expect(faultOf(() => parse('subject:Medication', '7')).findings[0]!.hint).toContain('Patient');
  });

  it('takes the modifier of the last step of a chain', () => {
    const chain = parse('subject:Patient.family:exact');
    expect(chain.kind === 'chain' && chain.targets.get('Patient')).toMatchObject({ code: 'family', modifier: 'exact' });
  });

  it('refuses a chain whose targets all lack the parameter', () =>
    expect(faultOf(() => parse('performer.nonsense')).kind).toBe('unknown-parameter'));

  it('refuses a bad value at the end of a chain only when it is searched, and a bad modifier now', () => {
    expect(parse('subject:Patient.birthdate', 'yesterday').kind).toBe('chain');
    expect(faultOf(() => parse('subject:Patient.birthdate:exact')).kind).toBe('unsupported-modifier');
  });

  it('shows the caller no more of a name than fits', () =>
    expect(faultOf(() => parse('x'.repeat(10_000))).findings[0]!.expression!.length).toBeLessThan(200));
});

describe('byType', () => {
  it('finds what each type means by a code', () =>
    expect([...byType(['Patient', 'Observation'], '_tag', '_tag').keys()]).toEqual(['Patient', 'Observation']));

  it('refuses a code that is not the same kind on all types', () =>
    expect(faultOf(() => byType(['Account', 'StructureDefinition'], 'type', 'type')).message).toContain(
      'different things',
    ));

  it('says what to do without what is not offered', () =>
    expect(faultOf(() => byType(['Patient'], '_query', '_query')).findings[0]!.hint).toContain('named queries'));
});

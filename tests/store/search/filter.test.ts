import { describe, expect, it } from 'vitest';
import { Fault } from '../../../resources/index.ts';
import { faultAt, filterCriterion } from '../../../store/search/filter.ts';
import { faultOf } from '../../setup/fault.ts';

describe('filterCriterion', () => {
  const of = (text: string, type = 'Patient') => filterCriterion([type], text);

  it('is the criterion of a parameter where one says the same', () => {
    expect(of('family sw smith')).toMatchObject({ kind: 'values', code: 'family', values: ['smith'] });
    expect(of('family co smith')).toMatchObject({ kind: 'values', modifier: 'contains' });
    expect(of('birthdate ge 2014')).toMatchObject({ kind: 'values', values: ['ge2014'] });
    expect(of('name pr false')).toMatchObject({ kind: 'missing', missing: true });
    expect(of('family ew smith')).toMatchObject({ kind: 'compared', operator: 'ew' });
  });

  it('takes no prefix for part of a value', () => {
    expect(of('birthdate eq gt2014')).toMatchObject({ values: ['eqgt2014'] });
    expect(of('family sw "a\\\\,b"')).toMatchObject({ values: ['a\\\\,b'] });
  });

  it('knows the short names of code systems', () => {
    expect(of('code eq loinc|1', 'Observation')).toMatchObject({ value: 'http://loinc.org|1' });
    expect(of('code eq loinc', 'Observation')).toMatchObject({ value: 'loinc' });
    expect(of('value-quantity gt 5|ucum|mg', 'Observation')).toMatchObject({
      values: ['gt5|http://unitsofmeasure.org|mg'],
    });
  });

  it('asks one and the same target for what stands in brackets and behind them', () => {
    const chain = of('organization[name eq x].address-city eq y');
    expect(chain.kind === 'chain' && chain.targets.get('Organization')).toMatchObject({
      kind: 'and',
      of: [
        { kind: 'compared', code: 'name' },
        { kind: 'compared', code: 'address-city' },
      ],
    });
  });
});

describe('faultAt', () => {
  it('keeps the kind and the hint', () => {
    const fault = faultOf(() => {
      throw faultAt('_filter, character 3', new Fault('invalid-value', 'x is not a date.', { hint: 'Write one.' }));
    });
    expect([fault.kind, fault.message, fault.findings[0]!.hint]).toEqual([
      'invalid-value',
      '_filter, character 3: x is not a date.',
      'Write one.',
    ]);
  });
});

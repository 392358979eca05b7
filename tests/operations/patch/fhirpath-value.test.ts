import { describe, expect, it } from 'vitest';
import { Draft, patchLimits } from '../../../operations/patch/draft.ts';
import { elementOf } from '../../../operations/patch/elements.ts';
import { makeValue } from '../../../operations/patch/fhirpath-value.ts';
import { faultOf, patched, plain, refusal } from './parameters.ts';

describe('makeValue', () => {
  it('gives the JSON member with the value and what is beside it', () => {
    const slot = elementOf('Patient', 'deceased', 'name');
    const part = { name: 'value', valueDateTime: '2020', _valueDateTime: { id: 'd' } };
    const made = makeValue(slot, { at: 'value', part }, 2, new Draft(plain({}), patchLimits), plain({}));
    expect(made).toMatchObject({ key: 'deceasedDateTime', value: { value: '2020' }, beside: { value: { id: 'd' } } });
  });
});

describe('the type of a value', () => {
  const add = (name: string, value: object) => () =>
    patched({ resourceType: 'Patient' }, { type: 'add', path: 'Patient', name, value });

  it('must be that of the element: no dateTime for a date', () => {
    expect(
      refusal(
        { resourceType: 'Patient' },
        { type: 'add', path: 'Patient', name: 'birthDate', value: { valueDateTime: '1974-12-25' } },
      ),
    ).toEqual([
      400,
      'Parameters.parameter[0].part[3]',
      'Parameters.parameter[0].part[3] gives a dateTime, but `birthDate` is date.',
    ]);
  });

  it.each([
    ['birthDate', { valueString: '1974-12-25' }],
    ['active', { valueString: 'true' }],
    ['deceased', { valueString: 'yes' }],
    ['maritalStatus', { valueCoding: { code: 'M' } }],
    ['name', { valueString: 'Chalmers' }],
    ['contact', { valueHumanName: { family: 'x' } }],
    ['contained', { valueString: 'x' }],
    ['name', { resource: { resourceType: 'Organization' } }],
    ['gender', { part: [{ name: 'value', valueCode: 'male' }] }],
    ['birthDate', { valueNothing: 'x' }],
    ['birthDate', { valueDate: { year: 1974 } }],
    ['name', { valueHumanName: 'Chalmers' }],
    ['name', { valueHumanName: ['Chalmers'] }],
    ['birthDate', { valueDate: null }],
  ])('is refused where it does not fit: %s of %j', (name, value) => {
    expect(faultOf(add(name, value)).status).toBe(400);
  });

  it("may be a kind of the element's type, or what it is a kind of", () => {
    expect(add('gender', { valueString: 'male' })().gender).toBe('male');
    const period = { resourceType: 'Encounter', period: { start: '2020-01-01' } };
    const end = { type: 'add', path: 'Encounter.period', name: 'end', value: { valueDate: '2020-01-02' } };
    expect(patched(period, end).period.end).toBe('2020-01-02');
    const age = { type: 'add', path: 'Condition', name: 'onset', value: { valueAge: { value: 52 } } };
    expect(patched({ resourceType: 'Condition' }, age).onsetAge).toEqual({ value: 52 });
    expect(refusal({ resourceType: 'Condition' }, { ...age, value: { valueQuantity: { value: 52 } } })[0]).toBe(400);
  });
});

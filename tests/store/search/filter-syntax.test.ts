import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../../resources/index.ts';
import { type Filter, isReverse, OPERATORS, parseFilter, placeOf } from '../../../store/search/filter-syntax.ts';
import { faultOf } from '../../setup/fault.ts';

const shape = (filter: Filter): unknown =>
  filter.kind === 'test'
    ? `${filter.path.map(({ name }) => name).join('.')} ${filter.operator} ${filter.value}`
    : filter.kind === 'not'
      ? { not: shape(filter.of) }
      : { [filter.kind]: filter.of.map(shape) };

describe('parseFilter', () => {
  it.each([
    ['a eq 1', 'a eq 1'],
    ['a eq 1 and b eq 2 and c eq 3', { and: ['a eq 1', 'b eq 2', 'c eq 3'] }],
    ['a eq 1 or b eq 2 and c eq 3', { and: [{ or: ['a eq 1', 'b eq 2'] }, 'c eq 3'] }],
    ['a eq 1 or (b eq 2 and c eq 3)', { or: ['a eq 1', { and: ['b eq 2', 'c eq 3'] }] }],
    ['not (a eq 1) or b eq 2', { or: [{ not: 'a eq 1' }, 'b eq 2'] }],
    ['a.b:Patient.c-d eq x', 'a.b:Patient.c-d eq x'],
    ['a eq "x ) ] \\"y\\" \\u00e9"', 'a eq x ) ] "y" é'],
    ['a eq http://loinc.org|1234-5', 'a eq http://loinc.org|1234-5'],
    ['_has:Observation:patient:code eq x', '_has:Observation:patient.code eq x'],
    ['note eq and and or eq not', { and: ['note eq and', 'or eq not'] }],
  ])('%s', (text, tree) => expect(shape(parseFilter(text))).toEqual(tree));

  it('keeps what must hold of the target with its step', () => {
    const filter = parseFilter('a[b eq 1 or c eq 2].d eq 3');
    if (filter.kind !== 'test') throw new Error('It is one test.');
    expect(filter.path.map((step) => step.filter && shape(step.filter))).toEqual([
      { or: ['b eq 1', 'c eq 2'] },
      undefined,
    ]);
  });

  it('reads what it wrote, whatever the value', () => {
    const value = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(value, fc.constantFrom(...OPERATORS), (text, operator) => {
        expect(parseFilter(`(name ${operator} ${JSON.stringify(text)})`)).toMatchObject({ operator, value: text });
      }),
    );
  });

  it('refuses with a place, and never otherwise', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (text) => {
        try {
          parseFilter(text);
        } catch (error) {
          expect(error).toBeInstanceOf(Fault);
          expect((error as Fault).message).toMatch(/^_filter/);
        }
      }),
    );
  });

  it('ends with the patience that it was given', () => {
    expect(faultOf(() => parseFilter('('.repeat(10_000))).kind).toBe('too-costly');
    expect(faultOf(() => parseFilter('a['.repeat(5_000))).kind).toBe('too-costly');
    expect(faultOf(() => parseFilter(`a eq "${'\\'.repeat(19_000)}`)).kind).toBe('invalid-value');
  });
});

describe('placeOf', () => {
  it('counts as people do', () => expect(placeOf(0)).toBe('_filter, character 1'));
});

describe('isReverse', () => {
  it('tells what leads to a resource from what leads away', () =>
    expect(['_has:Observation:patient', 'subject:Patient'].map(isReverse)).toEqual([true, false]));
});

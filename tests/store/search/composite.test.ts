import { describe, expect, it } from 'vitest';
import { type SearchParameter, searchParameters } from '../../../resources/index.ts';
import { compositeValues } from '../../../store/search/composite.ts';

const UCUM = 'http://unitsofmeasure.org';
const hash = (text: string) => BigInt(`0x${Buffer.from(text).toString('hex') || '0'}`);
const text = (token: bigint) => Buffer.from(token.toString(16), 'hex').toString();

function values(type: string, code: string, element: unknown, index = 0, resource: unknown = {}, nth = 0) {
  const parameter = searchParameters(type).get(code) as SearchParameter;
  const slot = parameter.slots.filter(({ single }) => !single)[nth]!;
  return compositeValues(parameter, slot, element, resource, index, undefined, hash);
}
const systolic = {
  code: { coding: [{ system: 'http://loinc.org', code: '8480-6' }, { code: 'sys' }] },
  valueQuantity: { value: 142, unit: 'mmHg', system: UCUM, code: 'mm[Hg]' },
};
/** Which of two composites on the same element writes the rows that both read. */
const writer =
  (values('Observation', 'component-code-value-quantity', systolic).rows.length > 0 ? 'component' : 'combo') +
  '-code-value-quantity';

describe('compositeValues', () => {
  it('puts the hashes of each code beside a number, and which element it is', () => {
    const { rows, tokens } = values('Observation', writer, systolic, 3);
    expect(tokens).toEqual([]);
    expect(rows.map(({ el, c, cs, lo, hi }) => [el, text(c!), text(cs!), lo, hi])).toEqual([
      [3, 'part|["8480-6"]', 'part|["http://loinc.org","8480-6"]', '142', '142'],
      [3, 'part|["sys"]', 'part|["","sys"]', '142', '142'],
    ]);
  });

  it('writes what two composites share only once', () => {
    const both = ['component-code-value-quantity', 'combo-code-value-quantity'].map(
      (code) => values('Observation', code, systolic).rows.length,
    );
    expect(both.sort()).toEqual([0, 2]);
  });

  it('makes one token of two codes, with and without their systems', () => {
    const both = values('Group', 'characteristic-value', {
      code: { coding: [{ code: 'gender' }] },
      valueCodeableConcept: { coding: [{ system: 's', code: 'f' }] },
    });
    expect(both.tokens.map((token) => text(token).split('|').slice(2).join('|'))).toEqual([
      '["gender"]|["f"]',
      '["gender"]|["s","f"]',
      '["","gender"]|["f"]',
      '["","gender"]|["s","f"]',
    ]);
  });

  it('reads the parts by their elements where R4 names their parameters the wrong way round', () => {
    const { tokens } = values('DocumentReference', 'relationship', {
      code: 'replaces',
      target: { reference: 'DocumentReference/1/_history/2' },
    });
    expect(tokens.map((token) => text(token).split('|').at(-1))).toEqual(
      Array(2).fill('["reference","DocumentReference/1"]'),
    );
  });

  it('numbers the parts of three so that they can be joined', () => {
    const resource = { referenceSeq: { chromosome: { coding: [{ code: '1' }] } } };
    const { rows } = values(
      'MolecularSequence',
      'chromosome-variant-coordinate',
      { start: 120, end: 130 },
      2,
      resource,
    );
    expect(rows.map(({ el, lo }) => [el, lo])).toEqual([
      [4, '120'],
      [5, '130'],
    ]);
  });

  it('writes nothing where a part is missing', () => {
    expect(values('Observation', writer, { code: systolic.code }).rows).toEqual([]);
    expect(values('Observation', writer, { ...systolic, code: { text: 'Systolic' } }).rows).toEqual([]);
    expect(
      values('Group', 'characteristic-value', {
        code: { coding: [{ code: 'age' }] },
        valueQuantity: { value: 3, code: 'a' },
      }).tokens,
    ).toEqual([]);
  });

  it('needs no rows where the element stands only once: then the parts are asked for themselves', () => {
    const parameter = searchParameters('Observation').get('code-value-quantity')!;
    expect(compositeValues(parameter, parameter.slots[0]!, {}, {}, 0, undefined, hash)).toEqual({
      tokens: [],
      rows: [],
    });
  });
});

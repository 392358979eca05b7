import { describe, expect, it } from 'vitest';
import { parseJson } from '../../../resources/index.ts';
import { customTextSlot } from '../../../store/search/custom.ts';
import { openExtractor } from '../../../store/search/extract.ts';
import { KEY } from './extracting.ts';

const definition = (more: object) => ({
  code: 'x',
  url: 'http://x',
  type: 'string' as const,
  expression: 'Patient.contact.name',
  target: [],
  multipleOr: true,
  multipleAnd: true,
  ...more,
});
const extractor = openExtractor(KEY, 'UTC');
const use = (more: object, generation = 1) =>
  extractor.use({ generation, parameters: [{ k: -1, type: 'Patient', definition: definition(more) }] });
const extract = (resource: object) =>
  extractor.extract('Patient', 'a', parseJson(JSON.stringify({ resourceType: 'Patient', ...resource })), []);

describe('values of users', () => {
  it('stand in side rows only, beside those of R4', () => {
    use({});
    const plain = openExtractor(KEY, 'UTC').extract(
      'Patient',
      'a',
      parseJson('{"resourceType":"Patient","contact":[{"name":{"family":"Müller"}}]}'),
      [],
    );
    const values = extract({ contact: [{ name: { family: 'Müller' } }] });
    expect(values).toEqual({
      ...plain,
      generation: 1,
      custom: [-1],
      strRows: [{ k: -1, el: 0, c: null, cs: null, v: 'muller', raw: 'Müller' }],
    });
  });

  it('leave a row where there is a value that nothing can be found by', () => {
    use({ type: 'token', expression: 'Patient.maritalStatus' });
    expect(extract({ maritalStatus: {} }).tokRows).toHaveLength(1);
    expect(extract({}).tokRows).toEqual([]);
  });

  it('keep the digits of numbers', () => {
    use({ type: 'number', expression: `Patient.extension('x').value.ofType(decimal)` });
    const text = '{"resourceType":"Patient","extension":[{"url":"x","valueDecimal":1.500}]}';
    expect(extractor.extract('Patient', 'a', parseJson(text), []).numRows).toMatchObject([{ k: -1, lo: '1.500' }]);
  });

  it('are left out where the expression cannot be evaluated, and the resource is taken', () => {
    use({ expression: 'Patient.contact.single().name.family' });
    const contact = [{ name: { family: 'a' } }, { name: { family: 'b' } }];
    expect(extract({ contact }).strRows).toEqual([]);
    expect(
      extractor.customRows(
        'Patient',
        'a',
        parseJson(JSON.stringify({ resourceType: 'Patient', contact })),
        new Set([-1]),
      )!.faults,
    ).toBe(1);
  });

  it('are replaced by those of the present set', () => {
    use({ expression: 'Patient.name.family' });
    const text = '{"resourceType":"Patient","name":[{"family":"Jansen","given":["Piet"]}]}';
    const before = extractor.extract('Patient', 'a', parseJson(text), []);
    use({ expression: 'Patient.name.given' }, 2);
    const after = extractor.withCustom('Patient', 'a', parseJson(text), before);
    expect(after.strRows.map(({ v }) => v)).toEqual(['piet']);
    expect([before.generation, after.generation]).toEqual([1, 2]);
  });

  it('have a slot of their own for the displays of codes', () => {
    expect(customTextSlot(-1)).not.toBe(customTextSlot(-2));
  });
});

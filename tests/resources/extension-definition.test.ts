import { expect, it } from 'vitest';
import { toExtension } from '../../resources/extension-definition.ts';

it('tells contexts, cardinality and the value of a simple extension', () => {
  expect(
    toExtension({
      context: [{ type: 'element', expression: 'Patient' }],
      snapshot: {
        element: [
          { id: 'Extension', path: 'Extension', min: 0, max: '1', isModifier: true },
          { id: 'Extension.extension', path: 'Extension.extension', max: '0' },
          {
            id: 'Extension.value[x]',
            path: 'Extension.value[x]',
            min: 1,
            type: [{ code: 'code' }],
            binding: { strength: 'required', valueSet: 'http://hl7.org/fhir/ValueSet/administrative-gender' },
          },
        ],
      },
    }),
  ).toEqual({
    contexts: [['element', 'Patient']],
    isModifier: true,
    max: 1,
    value: { types: ['code'], min: 1, binding: ['required', 'http://hl7.org/fhir/ValueSet/administrative-gender'] },
  });
});

it('tells the parts of a complex extension, also of one that has a differential alone', () => {
  expect(
    toExtension({
      differential: {
        element: [
          { id: 'Extension', path: 'Extension', max: '*' },
          { id: 'Extension.extension', path: 'Extension.extension', slicing: { rules: 'closed' } },
          { id: 'Extension.extension:text', path: 'Extension.extension', sliceName: 'text', min: 1, max: '1' },
          { id: 'Extension.extension:text.url', path: 'Extension.extension.url', fixedUri: 'text' },
          { id: 'Extension.extension:text.value[x]', path: 'Extension.extension.value[x]', type: [{ code: 'string' }] },
          { id: 'Extension.value[x]', path: 'Extension.value[x]', max: '0' },
        ],
      },
    }),
  ).toEqual({ contexts: [], max: '*', parts: { text: { min: 1, max: 1, value: { types: ['string'] } } } });
});

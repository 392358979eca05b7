import { expect, it } from 'vitest';
import { toRules } from '../../../resources/generate/rules.ts';

it('keeps bindings, invariants and simple quantities, and leaves out what every element has', () => {
  const quantity = 'http://hl7.org/fhir/StructureDefinition/SimpleQuantity';
  const rules = toRules([
    {
      name: 'Observation',
      kind: 'resource',
      abstract: false,
      base: 'DomainResource',
      definition: {},
      root: {
        constraint: [
          {
            key: 'obs-6',
            severity: 'error',
            human: 'One of both ',
            expression: 'dataAbsentReason.empty() or value.empty()',
          },
          { key: 'dom-2', severity: 'error', human: 'No nesting', expression: 'contained.contained.empty()' },
        ],
      },
      elements: [
        {
          path: 'Observation.status',
          type: [{ code: 'code' }],
          binding: { strength: 'required', valueSet: 'a|4.0.1' },
          constraint: [{ key: 'ele-1', human: 'x', expression: 'x' }],
        },
        {
          path: 'Observation.referenceRange',
          type: [{ code: 'BackboneElement' }],
          constraint: [{ key: 'obs-3', severity: 'warning', human: 'x', expression: 'low.exists()' }],
        },
        { path: 'Observation.referenceRange.low', type: [{ code: 'Quantity', profile: [quantity] }] },
        { path: 'Observation.issued', type: [{ code: 'instant' }] },
      ],
    },
  ]);
  expect(rules).toEqual({
    Observation: {
      invariants: [{ key: 'obs-6', human: 'One of both', expression: 'dataAbsentReason.empty() or value.empty()' }],
      elements: { status: { binding: ['required', 'a|4.0.1'] } },
    },
    'Observation.referenceRange': {
      invariants: [{ key: 'obs-3', severity: 'warning', human: 'x', expression: 'low.exists()' }],
      elements: { low: { simple: true } },
    },
  });
});

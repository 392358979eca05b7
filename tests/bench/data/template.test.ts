import { describe, expect, it } from 'vitest';
import { amountHole, changed, decimal, fill, HOLES, toTemplate } from '../../../bench/data/template.ts';

describe('a template', () => {
  const template = toTemplate('Observation', {
    resourceType: 'Observation',
    identifier: [{ value: `R-${HOLES.serial}` }],
    subject: { reference: `Patient/${HOLES.Patient}` },
    valueQuantity: { value: amountHole(), unit: 'mg/dL' },
    referenceRange: [{ low: { value: decimal('5.40') } }],
  });

  it('becomes the resource with every hole filled', () => {
    const text = fill(template, { serial: '42', Patient: 'abc', amount: '63.10' });
    expect(text).toBe(
      '{"resourceType":"Observation","identifier":[{"value":"R-42"}],"subject":{"reference":"Patient/abc"},' +
        '"valueQuantity":{"value":63.10,"unit":"mg/dL"},"referenceRange":[{"low":{"value":5.40}}]}',
    );
  });

  it('refuses to be sent with a hole, and names it', () => {
    expect(() => fill(template, { serial: '42', amount: '1.00' })).toThrow(
      'A Observation template needs a value for Patient.',
    );
  });
});

it('an update never sends the content of the one before', () => {
  for (let count = 0; count < 200; count++) {
    expect(changed(count).change).not.toBe(changed(count + 1).change);
    expect(changed(count).amount).not.toBe(changed(count + 1).amount);
    expect(changed(count).amount).toMatch(/^\d+\.\d0$/);
  }
});

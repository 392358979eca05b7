import { expect, it } from 'vitest';
import { wayText } from '../../profiles/way.ts';

it('reads as FHIRPath from the resource down', () => {
  const patient = { up: undefined, name: 'Patient', index: -1 };
  const name = { up: patient, name: 'name', index: 1 };
  expect(wayText({ up: name, name: 'given', index: 0 })).toBe('Patient.name[1].given[0]');
  expect(wayText(undefined)).toBe('');
});

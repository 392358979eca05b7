import { expect, it } from 'vitest';
import { compose } from '../../terminology/composition.ts';
import { cautionOf, usedBy, versioned } from '../../terminology/used.ts';
import { allWards, shelfOf, wards } from './double.ts';

it('tells all systems and imports that a value set stands on', () => {
  const outer = {
    ...allWards,
    url: 'http://hospital.example.org/ValueSet/outer',
    compose: { include: [{ valueSet: [allWards.url!] }] },
  };
  const used = usedBy(compose(outer, shelfOf(wards, allWards)));
  expect(used.systems.map(versioned)).toEqual([`${wards.url}|3`]);
  expect(used.valueSets.map(versioned)).toEqual([`${allWards.url}|1`]);
});

it('warns of what should not be relied on, but not a draft of drafts', () => {
  expect(cautionOf(wards)).toBeUndefined();
  expect(cautionOf({ ...wards, status: 'retired' })).toBe('withdrawn');
  expect(cautionOf({ ...wards, status: 'draft' }, { status: 'active' })).toBe('draft');
  expect(cautionOf({ ...wards, status: 'draft' }, { status: 'draft' })).toBeUndefined();
  expect(cautionOf({ ...wards, experimental: true })).toBe('experimental');
  const url = 'http://hl7.org/fhir/StructureDefinition/structuredefinition-standards-status';
  expect(cautionOf({ ...wards, extension: [{ url, valueCode: 'deprecated' }] })).toBe('deprecated');
});

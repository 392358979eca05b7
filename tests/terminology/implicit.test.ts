import { expect, it } from 'vitest';
import { implicitValueSet } from '../../terminology/implicit.ts';

const SCT = 'http://snomed.info/sct';

it.each([
  [`${SCT}?fhir_vs`, { system: SCT }],
  [`${SCT}?fhir_vs=isa/73211009`, { system: SCT, filter: [{ property: 'concept', op: 'is-a', value: '73211009' }] }],
  [`${SCT}?fhir_vs=refset/723264001`, { system: SCT, filter: [{ property: 'concept', op: 'in', value: '723264001' }] }],
  [
    `${SCT}/900000000000207008/version/20240101?fhir_vs`,
    { system: SCT, version: `${SCT}/900000000000207008/version/20240101` },
  ],
  [
    `${SCT}?fhir_vs=ecl/%3C%2073211009`,
    { system: SCT, filter: [{ property: 'constraint', op: '=', value: '< 73211009' }] },
  ],
  ['http://loinc.org/vs', { system: 'http://loinc.org' }],
  [
    'http://loinc.org/vs/LL715-4',
    { system: 'http://loinc.org', filter: [{ property: 'LIST', op: '=', value: 'LL715-4' }] },
  ],
  ['http://hospital.example.org/wards?fhir_vs', { system: 'http://hospital.example.org/wards' }],
])('%s', (url, include) => expect(implicitValueSet(url)).toMatchObject({ url, compose: { include: [include] } }));

it.each(['http://loinc.org/vs/8480-6', `${SCT}?fhir_vs=isa/`, `${SCT}?fhir_vs=sounds/like`, SCT])(
  '%s stands for none',
  (url) => expect(implicitValueSet(url)).toBeUndefined(),
);

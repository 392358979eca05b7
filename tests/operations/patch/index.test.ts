import { describe, expect, it } from 'vitest';
import { applyPatch, type PatchKind } from '../../../operations/patch/index.ts';
import { faultOf, parameters, plain } from './parameters.ts';

const patient = { resourceType: 'Patient', id: 'p1', gender: 'male' };

const toFemale: [PatchKind, unknown][] = [
  ['json-patch', [{ op: 'replace', path: '/gender', value: 'female' }]],
  ['merge-patch', { gender: 'female' }],
  ['fhirpath-patch', parameters({ type: 'replace', path: 'Patient.gender', value: { valueCode: 'female' } })],
];

const toNobody: [PatchKind, unknown][] = [
  ['json-patch', [{ op: 'replace', path: '/id', value: 'p2' }]],
  ['json-patch', [{ op: 'remove', path: '/id' }]],
  ['json-patch', [{ op: 'replace', path: '', value: { resourceType: 'Patient' } }]],
  ['merge-patch', { id: 'p2' }],
  ['merge-patch', { id: null }],
  ['fhirpath-patch', parameters({ type: 'replace', path: 'Patient.id', value: { valueId: 'p2' } })],
  ['fhirpath-patch', parameters({ type: 'delete', path: 'Patient.id' })],
];

describe('applyPatch', () => {
  it.each(toFemale)('carries out %s without touching resource or patch', (kind, patch) => {
    const before = JSON.stringify([patient, patch]);
    expect(applyPatch(kind, plain(patient), plain(patch)).value).toEqual({ ...patient, gender: 'female' });
    expect(JSON.stringify([patient, patch])).toBe(before);
  });

  it.each(toNobody)('refuses to change the id: %s %j', (kind, patch) => {
    const fault = faultOf(() => applyPatch(kind, plain(patient), plain(patch)));
    expect([fault.status, fault.findings[0]?.expression]).toEqual([400, 'Patient.id']);
  });

  it.each([
    ['json-patch' as const, [{ op: 'replace', path: '/resourceType', value: 'Person' }]],
    ['merge-patch' as const, { resourceType: 'Person' }],
    ['merge-patch' as const, { resourceType: null }],
  ])('refuses to change the type: %s %j', (kind, patch) => {
    const fault = faultOf(() => applyPatch(kind, plain(patient), plain(patch)));
    expect([fault.status, fault.findings[0]?.expression]).toEqual([400, 'Patient']);
  });

  it.each([[null], [[]], ['Patient'], [5]])('refuses to turn the resource into %j', (value) => {
    const patch = [{ op: 'replace', path: '', value }];
    expect(faultOf(() => applyPatch('json-patch', plain(patient), plain(patch))).status).toBe(400);
  });

  it('keeps to the limits that it is given', () => {
    const limits = { operationsMax: 0, depthMax: 100, carriedMax: 100 };
    expect(faultOf(() => applyPatch('json-patch', plain(patient), plain([{}]), limits)).kind).toBe('too-costly');
  });
});

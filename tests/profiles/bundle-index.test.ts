import { expect, it } from 'vitest';
import { BundleIndex } from '../../profiles/bundle-index.ts';

it('finds entries by full address, by a relative one on the same server, by version and by urn', () => {
  const patient = { resourceType: 'Patient', id: 'p', meta: { versionId: '2' } };
  const device = { resourceType: 'Device' };
  const index = new BundleIndex({
    entry: [
      { fullUrl: 'http://x.org/fhir/Patient/p', resource: patient },
      { fullUrl: 'urn:uuid:c757873d-ec9a-4326-a141-556f43239520', resource: device },
      { resource: { resourceType: 'Basic' } },
      null,
    ],
  });
  const from = 'http://x.org/fhir/Observation/1';
  expect(index.find('http://x.org/fhir/Patient/p', undefined)).toBe(patient);
  expect(index.find('Patient/p', from)).toBe(patient);
  expect(index.find('Patient/p/_history/2', from)).toBe(patient);
  expect(index.find('Patient/p#name', from)).toBe(patient);
  expect(index.find('urn:uuid:c757873d-ec9a-4326-a141-556f43239520', from)).toBe(device);
  expect(index.find('Patient/p', 'urn:uuid:c757873d-ec9a-4326-a141-556f43239520')).toBeUndefined();
  expect(index.find('Patient/p', 'http://y.org/fhir/Observation/1')).toBeUndefined();
});

it('has nothing of what is no Bundle', () => {
  expect(new BundleIndex(undefined).find('Patient/p', undefined)).toBeUndefined();
});

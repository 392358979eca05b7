import { describe, expect, it } from 'vitest';
import { idPattern, parseCanonical, parseReference } from '../../resources/reference.ts';

const base = 'http://localhost:8080/fhir';

describe('parseReference', () => {
  it.each([
    ['Patient/p1', { kind: 'local', type: 'Patient', id: 'p1' }],
    ['Patient/p1/_history/2', { kind: 'local', type: 'Patient', id: 'p1', version: '2' }],
    [`${base}/Patient/p1`, { kind: 'local', type: 'Patient', id: 'p1' }],
    [`${base}/Patient?identifier=a|b`, { kind: 'conditional', type: 'Patient', query: 'identifier=a|b' }],
    [
      'Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|9',
      { kind: 'conditional', type: 'Practitioner', query: 'identifier=http://hl7.org/fhir/sid/us-npi|9' },
    ],
    [
      'https://other.example/r4/Patient/7',
      { kind: 'absolute', url: 'https://other.example/r4/Patient/7', type: 'Patient', id: '7' },
    ],
    [
      'https://other.example/a/Patient/7/_history/3',
      { kind: 'absolute', url: 'https://other.example/a/Patient/7/_history/3', type: 'Patient', id: '7', version: '3' },
    ],
    ['https://example.org/about', { kind: 'absolute', url: 'https://example.org/about' }],
    [
      'urn:uuid:0f3c5b0e-6f4c-4b6e-9d3a-1c1f8b8f2c11',
      { kind: 'urn', url: 'urn:uuid:0f3c5b0e-6f4c-4b6e-9d3a-1c1f8b8f2c11' },
    ],
    ['#p1', { kind: 'fragment', id: 'p1' }],
    ['#', { kind: 'fragment', id: '' }],
  ])('reads %s', (text, parts) => {
    expect(parseReference(text, base)).toEqual(parts);
  });

  it.each([
    '',
    'Patient',
    'Patient/',
    'Patient/a b',
    'patient/1',
    'Patinet/1',
    'Patient/1/2',
    'Patient/1/_history',
    'Patient/1/_history/',
    `Patient/${'x'.repeat(65)}`,
    '/Patient/1',
  ])('finds nothing to follow in %j', (text) => {
    expect(parseReference(text, base)).toEqual({ kind: 'other', text });
  });

  it('takes another server for another server, however much its address resembles the own base', () => {
    expect(parseReference('http://localhost:8080/fhir2/Patient/1', base).kind).toBe('absolute');
  });
});

it('ids are 1 to 64 letters, digits, hyphens and points', () => {
  for (const good of ['a', '1', 'A-1.b', 'x'.repeat(64)]) expect(good).toMatch(idPattern);
  for (const bad of ['', 'a_b', 'a/b', 'ä', 'x'.repeat(65), 'a\n']) expect(bad).not.toMatch(idPattern);
});

it('takes a canonical apart into url, version and fragment', () => {
  expect(parseCanonical('http://example.org/ValueSet/a|1.0#b')).toEqual({
    url: 'http://example.org/ValueSet/a',
    version: '1.0',
    fragment: 'b',
  });
  expect(parseCanonical('http://example.org/ValueSet/a')).toEqual({ url: 'http://example.org/ValueSet/a' });
});

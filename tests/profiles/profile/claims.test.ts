import { describe, expect, it } from 'vitest';
import { claimsOf } from '../../../profiles/profile/claims.ts';
import { wayText } from '../../../profiles/way.ts';

const claiming = (resourceType: string, ...profile: string[]) => ({ resourceType, meta: { profile } });

describe('claimed profiles', () => {
  it('are those of the resource, of contained ones, of entries and of parameters, with where they stand', () => {
    const bundle = {
      ...claiming('Bundle', 'urn:b'),
      entry: [
        {
          fullUrl: 'urn:uuid:1',
          resource: { ...claiming('Patient', 'urn:p', 'urn:q'), contained: [claiming('Organization', 'urn:o')] },
        },
        {},
      ],
    };
    expect(
      claimsOf(bundle).map(({ canonical, index, at, fullUrl }) => [canonical, wayText(at()), index, fullUrl]),
    ).toEqual([
      ['urn:b', 'Bundle', 0, undefined],
      ['urn:p', 'Bundle.entry[0].resource', 0, 'urn:uuid:1'],
      ['urn:q', 'Bundle.entry[0].resource', 1, 'urn:uuid:1'],
      ['urn:o', 'Bundle.entry[0].resource.contained[0]', 0, 'urn:uuid:1'],
    ]);
    const parameters = {
      resourceType: 'Parameters',
      parameter: [{ name: 'a', part: [{ name: 'b', resource: claiming('Claim', 'urn:c') }] }],
    };
    expect(claimsOf(parameters).map(({ at }) => wayText(at()))).toEqual(['Parameters.parameter[0].part[0].resource']);
  });

  it('are none where nothing sensible is claimed', () => {
    expect(claimsOf({ resourceType: 'Patient' })).toEqual([]);
    expect(claimsOf({ resourceType: 'Bundle', meta: { profile: 'urn:x' }, entry: 'many' })).toEqual([]);
    expect(
      claimsOf({ resourceType: 'Bundle', meta: { profile: [7, null] }, entry: [null, 7, { resource: [] }] }),
    ).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { Definitions } from '../../../profiles/profile/definitions.ts';
import { isObject, referredType, Walk } from '../../../profiles/profile/walk.ts';
import { libraryOf } from './profiling.ts';

const told = { rule: 'r', issue: 'value' as const, text: 'T', hint: 'H' };

describe('a walk of profiles', () => {
  it('keeps the way and puts faults into words only when it tells', () => {
    const definitions = new Definitions(libraryOf([]));
    const silent = new Walk(false, definitions, {});
    expect([silent.way(undefined, 'x', 0), silent.breaks(), silent.isBroken]).toEqual([undefined, false, true]);
    const telling = new Walk(true, definitions, {});
    telling.tell(telling.way(telling.way(undefined, 'Patient', -1), 'name', 1), told);
    telling.tell(telling.way(telling.way(undefined, 'Patient', -1), 'name', 1), told);
    expect(telling.findings.map(({ expression }) => expression)).toEqual(['Patient.name[1]']);
  });

  it('knows the type of a reference by its words', () => {
    expect(referredType({ reference: 'Patient/1' })).toBe('Patient');
    expect(referredType({ reference: 'http://a.example/fhir/Group/1' })).toBe('Group');
    expect(referredType({ reference: 'urn:uuid:c757873d-ec9a-4326-a141-556f43239520', type: 'Device' })).toBe('Device');
    expect(referredType({ display: 'x' })).toBeUndefined();
    expect([isObject({}), isObject([]), isObject(null)]).toEqual([true, false, false]);
  });

  it('finds contained resources and those of the Bundle', () => {
    const contained = { resourceType: 'Patient', contained: [{ resourceType: 'Organization', id: 'o' }] };
    expect(new Walk(false, new Definitions(undefined), contained).target('#o')?.resource.id).toBe('o');
    const bundle = {
      resourceType: 'Bundle',
      entry: [{ fullUrl: 'urn:uuid:1', resource: { resourceType: 'Patient', id: 'p' } }],
    };
    const walk = new Walk(false, new Definitions(undefined), bundle);
    expect(walk.target('urn:uuid:1')?.resource.id).toBe('p');
    expect(walk.target('Patient/p')?.resource.id).toBe('p');
    expect(walk.target('Patient/q')).toBeUndefined();
  });
});

import { describe, expect, it } from 'vitest';
import { toManifest, toPackage } from '../../../server/ig/package.ts';
import { manifest, parameter, profile, valueSet } from './packages.ts';

/** Files of a package. */
function files(own: object, ...resources: (object | string)[]): Map<string, string> {
  const text = (one: object | string) => (typeof one === 'string' ? one : JSON.stringify(one));
  return new Map([
    ['package.json', JSON.stringify(own)],
    ...resources.map((one, i) => [`${i}.json`, text(one)] as const),
  ]);
}

const told = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    expect((error as Error).name).toBe('Refusal');
    return (error as Error).message;
  }
  return 'It was taken.';
};

describe('toPackage', () => {
  it('takes definitions, and tells what it leaves out', () => {
    const system = { resourceType: 'NamingSystem', id: 'mrn', name: 'MRN', status: 'active', kind: 'identifier' };
    const taken = toPackage(
      files(
        manifest(),
        profile('our-patient'),
        parameter('called', 'called', 'Patient.name.text'),
        system,
        { resourceType: 'Basic', id: 'b' },
        { resourceType: 'ActorDefinition', id: 'a' },
        { notes: 1 },
      ),
      'guide.tgz',
    );
    expect(taken.definitions.map(({ type, ownId, url, version }) => [type, ownId, url, version])).toEqual([
      ['StructureDefinition', 'our-patient', profile('our-patient').url, '1.0.0'],
      ['SearchParameter', 'called', parameter('called', '', '').url, '1.0.0'],
      ['NamingSystem', 'mrn', undefined, undefined],
    ]);
    expect([...taken.leftOut]).toEqual([
      ['Basic', 1],
      ['ActorDefinition', 1],
    ]);
  });

  it('has a hash that is the same for the same content, whatever the order of the files', () => {
    const [a, b] = [profile('a'), valueSet('b')];
    const hash = (...resources: object[]) => toPackage(files(manifest(), ...resources), 'x').hash;
    expect(hash(a, b)).toBe(hash(a, b));
    expect(hash(a, b)).not.toBe(hash(a, { ...b, status: 'retired' }));
  });

  it('names the file that is not JSON, is no object, has no url, or defines what another one defines', () => {
    const refused = (...resources: (object | string)[]) =>
      told(() => toPackage(files(manifest(), ...resources), 'guide.tgz'));
    expect(refused(profile('a'), '{"resourceType": "ValueSet",')).toMatch(
      /^guide\.tgz: package\/1\.json is not JSON: /,
    );
    expect(refused('[1]')).toBe('guide.tgz: package/0.json is not a JSON object.');
    expect(refused({ ...valueSet('a'), url: undefined })).toMatch(
      /^guide\.tgz: package\/0\.json is a ValueSet without a url/,
    );
    expect(refused(valueSet('a'), { ...valueSet('b'), url: valueSet('a').url })).toMatch(
      /^guide\.tgz: package\/1\.json defines the same as package\/0\.json: ValueSet http:\S+\/a\|1\.0\.0\./,
    );
  });
});

describe('toManifest', () => {
  const refused = (more: object) => told(() => toManifest(JSON.stringify(manifest(more)), 'guide.tgz'));

  it('leaves R4 itself out of what a package depends on', () => {
    const dependencies = { 'hl7.fhir.r4.core': '4.0.1', 'hl7.fhir.us.core': '6.1.0', odd: 7 };
    expect(toManifest(JSON.stringify(manifest({ dependencies })), 'x').depends).toEqual({
      'hl7.fhir.us.core': '6.1.0',
    });
  });

  it('takes R4 in every way that packages have said it', () => {
    for (const more of [
      { fhirVersions: ['4.0.0'] },
      { fhirVersions: undefined, 'fhir-version-list': ['4.0.1'] },
      { fhirVersions: ['5.0.0', '4.0.1'] },
      { fhirVersions: undefined },
    ]) {
      expect(refused(more)).toBe('It was taken.');
    }
  });

  it('refuses packages of other versions of FHIR', () => {
    expect(refused({ fhirVersions: ['5.0.0'] })).toMatch(
      /^guide\.tgz: package\/package\.json is for FHIR 5\.0\.0; this server speaks R4/,
    );
    expect(refused({ fhirVersions: ['4.3.0'] })).toContain('is for FHIR 4.3.0');
    expect(refused({ fhirVersions: undefined, dependencies: {} })).toContain('does not say for which version of FHIR');
  });

  it('refuses names and versions that no package has', () => {
    for (const more of [{ name: undefined }, { name: '../../etc' }, { name: 'a b' }])
      expect(refused(more)).toContain('has no name');
    for (const more of [{ version: undefined }, { version: '1 or 2' }])
      expect(refused(more)).toContain('has no version');
    expect(told(() => toManifest('{"name":', 'guide.tgz'))).toMatch(/^guide\.tgz: package\/package\.json is not JSON/);
  });
});

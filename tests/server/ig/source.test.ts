import { expect, it } from 'vitest';
import { toPackage } from '../../../server/ig/package.ts';
import { toSource } from '../../../server/ig/source.ts';
import { BASE, manifest, parameter, profile } from './packages.ts';

function memberOf(...resources: object[]) {
  const files = new Map([
    ['package.json', JSON.stringify(manifest())],
    ...resources.map((one, i) => [`${i}.json`, JSON.stringify(one)] as const),
  ]);
  return toSource(toPackage(files, 'guide.tgz'), 'guide.tgz').members[0]!;
}

const guide = {
  resourceType: 'ImplementationGuide',
  id: 'guide',
  url: `${BASE}/ImplementationGuide/guide`,
  name: 'Guide',
  status: 'active',
  packageId: 'example.hospital',
  fhirVersion: ['4.0.1'],
  definition: {
    resource: [
      { reference: { reference: 'StructureDefinition/our-patient' } },
      { reference: { reference: 'Patient/example' }, exampleBoolean: true },
      { reference: { reference: 'Requirements/later' } },
    ],
  },
};

it('lets links lead to what is stored, and those to examples to where they are published', () => {
  const draft = memberOf(guide).draft(
    'guide-1.0.0',
    new Map([['StructureDefinition/our-patient', 'our-patient-1.0.0']]),
  );
  expect(draft.id).toBe('guide-1.0.0');
  expect(draft.parsed.value.definition.resource.map((one: any) => one.reference.reference)).toEqual([
    'StructureDefinition/our-patient-1.0.0',
    `${BASE}/Patient/example`,
    `${BASE}/Requirements/later`,
  ]);
  expect(JSON.parse(draft.parsed.text).definition).toEqual(draft.parsed.value.definition);
});

it('names the file and the element of what is no resource of R4', () => {
  const broken = memberOf(profile('our-patient', { status: 'valid' }));
  expect(() => broken.draft('x', new Map())).toThrow(
    /^guide\.tgz: package\/0\.json is no StructureDefinition of R4: StructureDefinition\.status: /,
  );
  expect(() => memberOf({ ...profile('a'), kinds: 1 }).draft('x', new Map())).toThrow(/kinds/);
});

it('takes a search parameter that cannot work here, but none that is no SearchParameter', () => {
  const untold = parameter('odd', 'odd', 'Patient.name.where(use = ');
  expect(memberOf(untold).draft('odd', new Map()).type).toBe('SearchParameter');
  expect(() => memberOf({ ...untold, type: 'word' }).draft('odd', new Map())).toThrow(/SearchParameter\.type/);
});

import { expect, it } from 'vitest';
import { snomed } from '../../../../server/terminology/formats/snomed.ts';
import { conceptsOf, folderOf, SITE, snomedFiles, tabbed, zipOf } from '../releases.ts';

it('reads the snapshot of a folder: names, languages, hierarchy, attributes with their groups, reference sets', async () => {
  const { about, concepts } = await conceptsOf(snomed, folderOf(snomedFiles));
  expect(about).toMatchObject({
    url: 'http://snomed.info/sct',
    version: 'http://snomed.info/sct/900000000000207008/version/20260101',
  });
  const infarct = concepts.get('22298006')!;
  expect(infarct).toMatchObject({ display: 'Myocardial infarction', inactive: false, parents: ['56265001'] });
  expect(infarct.designation?.map(({ language, value }) => `${language} ${value}`)).toEqual([
    'en Myocardial infarction (disorder)',
    'en Heart attack "sudden"',
    'de Herzinfarkt',
  ]);
  expect(infarct.property).toContainEqual({ id: '1', code: SITE, valueCode: '80891009' });
  expect(infarct.property).toContainEqual({ id: '1', code: '1142135004', valueDecimal: 2.5 });
  expect(infarct.property).toContainEqual({ code: 'sufficientlyDefined', valueBoolean: true });
  expect(concepts.get('80891009')!.property).toContainEqual({ code: 'memberOf', valueCode: '723264001' });
  expect(concepts.get('155308009')).toMatchObject({ inactive: true, parents: [] });
  expect(infarct.words).toContain('herzinfarkt');
});

it('reads the same out of a zip file', async () => {
  const packed = await conceptsOf(snomed, zipOf(snomedFiles));
  expect(packed.concepts).toEqual((await conceptsOf(snomed, folderOf(snomedFiles))).concepts);
});

it('takes the edition from the module on which no other depends', async () => {
  const folder = folderOf({
    ...snomedFiles,
    'Snapshot/Refset/Metadata/der2_ssRefset_ModuleDependencySnapshot_INT_20260101.txt': tabbed(
      [
        'id',
        'effectiveTime',
        'active',
        'moduleId',
        'refsetId',
        'referencedComponentId',
        'sourceEffectiveTime',
        'targetEffectiveTime',
      ],
      ['c-1', '20260101', 1, '11000146104', '900000000000534007', '900000000000207008', '20260101', '20260101'],
    ),
  });
  expect((await conceptsOf(snomed, folder)).about).toMatchObject({
    version: 'http://snomed.info/sct/11000146104/version/20260101',
  });
});

it('names file and line of what is broken', async () => {
  const concepts = Object.keys(snomedFiles)[0]!;
  const short = folderOf({ ...snomedFiles, [concepts]: `${snomedFiles[concepts]}1234567\t20260101\r\n` });
  await expect(conceptsOf(snomed, short)).rejects.toThrow(
    `${concepts}, line 11: it has 2 columns, and the header has 5`,
  );
  const strange = folderOf({ ...snomedFiles, [concepts]: 'id\tactive\r\n' });
  await expect(conceptsOf(snomed, strange)).rejects.toThrow('line 1: there is no column effectiveTime, moduleId');
  const path = Object.keys(snomedFiles)[5]!;
  const odd = folderOf({ ...snomedFiles, [path]: String(snomedFiles[path]).replace('\t1000055\t', '\tabc\t') });
  await expect(conceptsOf(snomed, odd)).rejects.toThrow('abc is no identifier of SNOMED CT');
  await expect(conceptsOf(snomed, folderOf({ 'readme.txt': 'x' }))).rejects.toThrow(
    'There is no file sct2_Concept_Snapshot_….txt in',
  );
});

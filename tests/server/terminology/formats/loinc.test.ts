import { expect, it } from 'vitest';
import { loinc } from '../../../../server/terminology/formats/loinc.ts';
import { conceptsOf, folderOf, loincFiles, zipOf } from '../releases.ts';

it('reads terms, parts, answer lists, hierarchy and translations of a zip file, which says its version', async () => {
  const { about, concepts } = await conceptsOf(loinc, zipOf(loincFiles, 'Loinc_2.81.zip'));
  expect(about).toMatchObject({ url: 'http://loinc.org', version: '2.81' });
  const haemoglobin = concepts.get('718-7')!;
  expect(haemoglobin).toMatchObject({
    display: 'Hemoglobin [Mass/volume] in Blood',
    definition: 'Says "how much",\nand where.',
    parents: ['LP14449-0'],
  });
  expect(haemoglobin.designation).toContainEqual({ language: 'de-DE', value: 'Hämoglobin im Blut' });
  expect(haemoglobin.property).toEqual(
    expect.arrayContaining([
      { code: 'COMPONENT', valueString: 'Hemoglobin' },
      { code: 'COMPONENT', valueCode: 'LP14449-0' },
    ]),
  );
  expect(concepts.get('1-8')!.inactive).toBe(true);
  expect(concepts.get('LP14449-0')).toMatchObject({ display: 'Haemoglobin', abstract: true, parents: ['LP432695-7'] });
  expect(concepts.get('LA19710-5')!.property).toContainEqual({ code: 'LIST', valueCode: 'LL2419-1' });
  expect(concepts.get('883-9')!.property).toContainEqual({ code: 'answer-list', valueCode: 'LL2419-1' });
});

it('reads a release of another year: other folders, fewer files', async () => {
  const files = { 'loinc.csv': loincFiles['LoincTable/Loinc.csv']! };
  const { concepts } = await conceptsOf(loinc, folderOf(files), { version: '2.40' });
  expect([...concepts.keys()]).toEqual(['718-7', '1-8', '883-9']);
  await expect(conceptsOf(loinc, folderOf(files))).rejects.toThrow('Say --version');
});

it('names the line where a row begins that is broken', async () => {
  const broken = `${String(loincFiles['LoincTable/Loinc.csv'])}"9-9","Open`;
  const folder = folderOf({ 'Loinc.csv': broken });
  await expect(conceptsOf(loinc, folder, { version: '1' })).rejects.toThrow(
    'Loinc.csv, line 6: a quote is opened there and never closed',
  );
});

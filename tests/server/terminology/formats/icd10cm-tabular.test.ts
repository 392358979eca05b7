import { expect, it } from 'vitest';
import { icd10cm } from '../../../../server/terminology/formats/icd10cm.ts';
import { conceptsOf, folderOf } from '../releases.ts';

const tabular = `<?xml version="1.0" encoding="utf-8"?>
<ICD10CM.tabular><version>2026</version><introduction><note>x</note></introduction>
<chapter><name>19</name><desc>Injury</desc>
<sectionIndex><sectionRef first="S00" last="S09" id="S00-S09">Injuries to the head</sectionRef></sectionIndex>
<section id="S00-S09"><desc>Injuries to the head (S00-S09)</desc>
<diag><name>S00</name><desc>Superficial injury of head</desc>
<sevenChrDef><extension char="A">initial encounter</extension><extension char="D">subsequent encounter</extension></sevenChrDef>
<diag><name>S00.0</name><desc>Superficial injury of scalp</desc>
<inclusionTerm><note>Bruise of scalp &amp; skin</note></inclusionTerm></diag>
</diag>
<diag><name>S09</name><desc>Other injuries</desc></diag>
</section></chapter></ICD10CM.tabular>`;

it('reads sections, codes within codes, further names, and seventh characters that are said once', async () => {
  const { concepts } = await conceptsOf(icd10cm, folderOf({ 'icd10cm_tabular_2026.xml': tabular }));
  expect([...concepts.keys()]).toEqual(['S00-S09', 'S00', 'S00.0', 'S00.0XXA', 'S00.0XXD', 'S09']);
  expect(concepts.get('S00-S09')).toMatchObject({ display: 'Injuries to the head (S00-S09)', abstract: true });
  expect(concepts.get('S00.0')).toMatchObject({
    parents: ['S00'],
    designation: [{ language: 'en', value: 'Bruise of scalp & skin' }],
    property: [{ code: 'billable', valueBoolean: false }],
  });
  expect(concepts.get('S00.0XXA')).toMatchObject({
    display: 'Superficial injury of scalp, initial encounter',
    parents: ['S00.0'],
    property: [{ code: 'billable', valueBoolean: true }],
  });
  expect(concepts.get('S09')).toMatchObject({
    parents: ['S00-S09'],
    property: [{ code: 'billable', valueBoolean: true }],
  });
});

it('names the line where it is not well-formed', async () => {
  const broken = folderOf({
    'icd10cm_tabular_2026.xml': tabular.replace('</desc>\n<sevenChrDef>', '</desk>\n<sevenChrDef>'),
  });
  await expect(conceptsOf(icd10cm, broken)).rejects.toThrow(
    'icd10cm_tabular_2026.xml, line 6: it is no well-formed XML',
  );
});

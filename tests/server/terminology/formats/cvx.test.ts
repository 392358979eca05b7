import { expect, it } from 'vitest';
import { cvx } from '../../../../server/terminology/formats/cvx.ts';
import { conceptsOf, folderOf } from '../releases.ts';

const table =
  '54 |adenovirus, type 4|adenovirus vaccine, type 4|This vaccine is no longer made|Inactive|1|False|2020/09/01\r\n208|COVID-19|SARS-COV-2 vaccine||Active|2|False|2024/01/01\r\n';

it('reads vaccines with both names, status and note', async () => {
  const { about, concepts } = await conceptsOf(cvx, folderOf({ 'cvx.txt': table }), { version: '2026-01-15' });
  expect(about).toMatchObject({ url: 'http://hl7.org/fhir/sid/cvx', version: '2026-01-15' });
  expect(concepts.get('54')).toMatchObject({ display: 'adenovirus, type 4', inactive: true });
  expect(concepts.get('208')).toMatchObject({
    designation: [{ language: 'en', value: 'SARS-COV-2 vaccine' }],
    inactive: false,
  });
});

it('needs a version, since the table says none', async () => {
  await expect(conceptsOf(cvx, folderOf({ 'cvx.txt': table }))).rejects.toThrow('Say --version');
});

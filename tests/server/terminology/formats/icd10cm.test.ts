import { expect, it } from 'vitest';
import { icd10cm } from '../../../../server/terminology/formats/icd10cm.ts';
import { conceptsOf, folderOf } from '../releases.ts';

const line = (order: number, code: string, billable: 0 | 1, short: string, long: string) =>
  `${String(order).padStart(5, '0')} ${code.padEnd(7)} ${billable} ${short.padEnd(60)} ${long}\r\n`;

it('reads an order file: codes with dots, titles, what stands below what', async () => {
  const text =
    line(1, 'A00', 0, 'Cholera', 'Cholera') +
    line(2, 'A000', 1, 'Cholera due to Vibrio cholerae 01', 'Cholera due to Vibrio cholerae 01, biovar cholerae') +
    line(3, 'S00', 0, 'Superficial injury of head', 'Superficial injury of head') +
    line(4, 'S000', 0, 'Superficial injury of scalp', 'Superficial injury of scalp') +
    line(5, 'S000XXA', 1, 'Superficial injury of scalp, init', 'Superficial injury of scalp, initial encounter');
  const { about, concepts } = await conceptsOf(icd10cm, folderOf({ 'icd10cm_order_2026.txt': text }));
  expect(about).toMatchObject({ url: 'http://hl7.org/fhir/sid/icd-10-cm', version: '2026' });
  expect(concepts.get('A00.0')).toMatchObject({
    display: 'Cholera due to Vibrio cholerae 01, biovar cholerae',
    parents: ['A00'],
    property: [{ code: 'billable', valueBoolean: true }],
  });
  expect(concepts.get('S00.0XXA')!.parents).toEqual(['S00.0']);
  const broken = folderOf({ 'icd10cm_order_2026.txt': `${text}nonsense\r\n` });
  await expect(conceptsOf(icd10cm, broken)).rejects.toThrow(
    'icd10cm_order_2026.txt, line 6: it is no line of an order file',
  );
});

it('needs one of the two files', async () => {
  await expect(conceptsOf(icd10cm, folderOf({ 'a.pdf': 'x' }))).rejects.toThrow('There is neither');
});

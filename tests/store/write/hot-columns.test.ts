import { expect, it } from 'vitest';
import { RowWriter } from '../../../store/encode.ts';
import { writeHotColumns } from '../../../store/write/hot-columns.ts';
import { extract } from '../search/extracting.ts';

it('fills the fourteen columns from subj to sig', () => {
  const writer = new RowWriter(1, 14);
  writer.row();
  writeHotColumns(writer, extract({ resourceType: 'Patient', id: 'a', birthDate: '1970-01-01' }));
  const bytes = writer.finish();
  const fields: number[] = [];
  // After the heads of the array, 20 bytes, and of the row, 8: the type of each field and its length, -1 for null.
  for (let at = 28; at < bytes.length; ) {
    fields.push(bytes.readInt32BE(at));
    at += 8 + Math.max(0, bytes.readInt32BE(at + 4));
  }
  const [int8, time, numeric] = [20, 1184, 1700];
  expect(fields).toEqual([int8, int8, ...Array(6).fill(time), numeric, numeric, int8, int8, int8, int8]);
});

import { expect, it } from 'vitest';
import { type Layout, rowsOf } from '../../../server/terminology/table.ts';

async function read(text: string, layout: Layout, ...columns: string[]): Promise<string[][]> {
  async function* lines() {
    yield text.split('\n').map((line, index) => ({ text: line, number: index + 1 }));
  }
  const rows: string[][] = [];
  for await (const some of rowsOf('t.csv', lines(), layout))
    rows.push(...some.map((row) => columns.map((one) => row.get(one))));
  return rows;
}
const comma: Layout = { separator: ',', isQuoted: true, needed: ['code'] };

it('finds columns by their names, in any order and case, and tells empty ones for those that it lacks', async () =>
  expect(await read('Name,CODE\nHeart, 1 \n', comma, 'code', 'name', 'colour')).toEqual([['1', 'Heart', '']]));

it('reads quotes, what is quoted in them, and values over several lines', async () =>
  expect(await read('code,name\n1,"a, ""b""\nc"\n"2",\n', comma, 'code', 'name')).toEqual([
    ['1', 'a, "b"\nc'],
    ['2', ''],
  ]));

it('leaves quotes alone where a table has none', async () =>
  expect(await read('code\tname\n1\t"a" b\n', { separator: '\t', needed: [] }, 'name')).toEqual([['"a" b']]));

it('refuses a table without a column, a row of another length, and an empty file', async () => {
  await expect(read('name\nx', comma)).rejects.toThrow('t.csv, line 1: there is no column code.');
  await expect(read('code,name\n1,2\n1,2,3', comma)).rejects.toThrow(
    't.csv, line 3: it has 3 columns, and the header has 2.',
  );
  expect(await read('code,name\n1', { ...comma, isRagged: true }, 'code', 'name')).toEqual([['1', '']]);
  await expect(read('', comma)).rejects.toThrow('t.csv: it is empty.');
  await expect(read('code,name\n1,"x\ny', comma)).rejects.toThrow('t.csv, line 2: a quote is opened there');
});

it('names the row where a value is lacking', async () => {
  async function* lines() {
    yield [
      { text: 'code,name', number: 1 },
      { text: ',x', number: 2 },
    ];
  }
  for await (const [row] of rowsOf('t.csv', lines(), comma)) {
    expect(() => row!.need('code')).toThrow('t.csv, line 2: code is empty.');
  }
});

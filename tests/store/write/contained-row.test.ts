import { expect, it } from 'vitest';
import { nobody, openDatabase } from '../../../store/database.ts';
import { containedParts, writeContained, writeGone } from '../../../store/write/contained-row.ts';
import { ROW_TYPES_QUERY, rowTypes, writerOf } from '../../../store/write/rows.ts';
import { testDatabase } from '../../setup/database.ts';
import { extract } from '../search/extracting.ts';

const database = openDatabase({ connection: await testDatabase(), applicationName: 'vesta contained' });
const [found] = await database.house.run([ROW_TYPES_QUERY], nobody);
const types = rowTypes(found!);

it('travels as Postgres reads it, and so does what is contained no longer', async () => {
  const { rid, contained } = extract({
    resourceType: 'Condition',
    id: 'c',
    contained: [{ resourceType: 'Patient', id: 'p', name: [{ family: 'Bakker' }], birthDate: '1970-01-01' }],
  });
  const of = { typeNumber: 10, id: 'c', rid };
  const writer = writerOf(types, 'in_contained');
  writeContained(writer, contained![0]!, 1, of);
  writeGone(writer, 5n, of);
  const text = `select id, local, type::text, owner_type::text, owner_id, (owner = $2)::text, rid::text, s1, dt::text
    from unnest($1::in_contained[]) order by id nulls last`;
  const [read] = await database.house.run([{ text, values: [writer.finish(), rid] }], nobody);
  const born = '1970-01-01 00:00:00+00';
  expect(read).toEqual([
    ['Condition/c#p', 'p', '1', '10', 'c', 'true', String(contained![0]!.values.rid), 'bakker', born],
    [null, null, null, null, null, 'true', '5', null, null],
  ]);
});

it('removes only where something may have been', () => {
  expect(containedParts('$3', false).join('\n')).not.toMatch(/delete|on conflict/);
  expect(containedParts('$3', true).join('\n')).toMatch(/on conflict \(rid\) do update set .*d_contained as \(delete/s);
});

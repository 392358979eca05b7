import { expect, it } from 'vitest';
import { csv } from '../../../../server/terminology/formats/csv.ts';
import { conceptsOf, folderOf } from '../releases.ts';

const mapping = {
  url: 'http://hospital.example.org/CodeSystem/tariff',
  version: '2026',
  name: 'Tariff',
  separator: ';',
  code: 'Nr',
  display: 'Text',
  parent: 'Gruppe',
  inactive: { column: 'Aktiv', values: ['nein'] },
  properties: [{ column: 'Punkte', code: 'points', type: 'decimal' }],
  designations: [{ column: 'Texte', language: 'fr' }],
};
const table = 'Nr;Text;Texte;Gruppe;Aktiv;Punkte\n1;Grund;;;ja;\n1.1;"Erste; zweite";Base;1;nein;9.57\n';
const load = (text: string, map: object | string = mapping) =>
  conceptsOf(csv, folderOf({ 'tariff.csv': text }), {
    mapping: { name: 'map.json', text: typeof map === 'string' ? map : JSON.stringify(map) },
  });

it('reads what the mapping says', async () => {
  const { about, concepts } = await load(table);
  expect(about).toMatchObject({ url: mapping.url, version: '2026' });
  expect(concepts.get('1.1')).toMatchObject({
    display: 'Erste; zweite',
    designation: [{ language: 'fr', value: 'Base' }],
    parents: ['1'],
    inactive: true,
    property: [
      { code: 'inactive', valueBoolean: true },
      { code: 'points', valueDecimal: 9.57 },
    ],
  });
});

it('says what is wrong with the mapping or the table', async () => {
  await expect(load(table, '{')).rejects.toThrow('map.json: it is no JSON');
  await expect(load(table, { url: 'x' })).rejects.toThrow('map.json: it does not say code');
  await expect(load(table, { ...mapping, colour: 'x' })).rejects.toThrow('it says colour, which is not known');
  await expect(load(table, { ...mapping, display: 'Title' })).rejects.toThrow(
    'tariff.csv, line 1: there is no column Title',
  );
  await expect(load(`${table}2;x;;;ja;viel\n`)).rejects.toThrow(
    'tariff.csv, line 4: Punkte is viel, which is no number',
  );
  await expect(conceptsOf(csv, folderOf({ 'a.csv': table }))).rejects.toThrow('Say --map');
});

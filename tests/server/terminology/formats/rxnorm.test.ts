import { expect, it } from 'vitest';
import { rxnorm } from '../../../../server/terminology/formats/rxnorm.ts';
import { conceptsOf, folderOf } from '../releases.ts';

const name = (cui: string, source: string, type: string, text: string, suppress = 'N') =>
  `${cui}|ENG||||||123||||${source}|${type}|${cui}|${text}||${suppress}|4096|\n`;
const files = {
  'rrf/RXNCONSO.RRF':
    name('161', 'RXNORM', 'IN', 'acetaminophen') +
    name('161', 'RXNORM', 'SY', 'APAP') +
    name('161', 'MSH', 'MH', 'Acetaminophen of another source') +
    name('313782', 'RXNORM', 'SCD', 'acetaminophen 325 MG Oral Tablet') +
    name('99', 'RXNORM', 'BN', 'Oldol', 'O'),
  'rrf/RXNREL.RRF':
    '161||CUI|RN|313782||CUI|has_ingredient|1||RXNORM||||N||\n161||CUI|RB|99||CUI|isa|2||RXNORM||||N||\n161||AUI|RB|99||AUI|x|2||RXNORM||||N||\n',
  'rrf/RXNSAT.RRF': '313782||||1|313782|||NDC|RXNORM|00045050130|N|4096|\n313782||||1|313782|||NDC|GS|1|N|4096|\n',
  'rrf/RXNSTY.RRF': '161|T121|A1|Pharmacologic Substance|AT1||\n',
};

it('reads concepts, relations, attributes and kinds of its own source', async () => {
  const { about, concepts } = await conceptsOf(rxnorm, folderOf(files), { version: '01052026' });
  expect(about).toMatchObject({ url: 'http://www.nlm.nih.gov/research/umls/rxnorm', version: '01052026' });
  expect([...concepts.keys()]).toEqual(['161', '313782', '99']);
  expect(concepts.get('161')).toMatchObject({
    display: 'acetaminophen',
    designation: [{ language: 'en', value: 'APAP' }],
  });
  expect(concepts.get('161')!.property).toContainEqual({ code: 'STY', valueString: 'Pharmacologic Substance' });
  expect(concepts.get('313782')!.property).toEqual([
    { code: 'TTY', valueCode: 'SCD' },
    { code: 'has_ingredient', valueCode: '161' },
    { code: 'NDC', valueString: '00045050130' },
  ]);
  expect(concepts.get('99')).toMatchObject({ inactive: true, parents: ['161'] });
});

it('refuses a release without version, and a line with too few columns', async () => {
  await expect(conceptsOf(rxnorm, folderOf(files))).rejects.toThrow('Say --version');
  const broken = folderOf({ ...files, 'rrf/RXNREL.RRF': '161||CUI|RN\n' });
  await expect(conceptsOf(rxnorm, broken, { version: '1' })).rejects.toThrow('RXNREL.RRF, line 1: it has 4 columns');
});

/** RxNorm in the Rich Release Format. https://www.nlm.nih.gov/research/umls/rxnorm/docs/techdoc.html */
import type { Fact } from '../../../terminology/index.ts';
import { Refusal } from '../../refusal.ts';
import { bytesOf, type Format } from '../format.ts';
import type { Release, ReleaseFile } from '../release.ts';
import type { Row } from '../table.ts';

const OWN = 'RXNORM';
const NAMES = [
  'RXCUI',
  'LAT',
  'TS',
  'LUI',
  'STT',
  'SUI',
  'ISPREF',
  'RXAUI',
  'SAUI',
  'SCUI',
  'SDUI',
  'SAB',
  'TTY',
  'CODE',
].concat(['STR', 'SRL', 'SUPPRESS', 'CVF']);
const RELATIONS = [
  'RXCUI1',
  'RXAUI1',
  'STYPE1',
  'REL',
  'RXCUI2',
  'RXAUI2',
  'STYPE2',
  'RELA',
  'RUI',
  'SRUI',
  'SAB',
  'SL',
].concat(['DIR', 'RG', 'SUPPRESS', 'CVF']);
const ATTRIBUTES = [
  'RXCUI',
  'LUI',
  'SUI',
  'RXAUI',
  'STYPE',
  'CODE',
  'ATUI',
  'SATUI',
  'ATN',
  'SAB',
  'ATV',
  'SUPPRESS',
  'CVF',
];
const KINDS = ['RXCUI', 'TUI', 'STN', 'STY', 'ATUI', 'CVF'];

/** Types of names that are no display of their own: synonyms, names with tall letters, names for prescribing. */
const OTHER_NAMES: ReadonlySet<string> = new Set(['SY', 'TMSY', 'PSN', 'ET']);

export const rxnorm: Format = async (release, { version }) => {
  const files = {
    names: [release.one(/^rxnconso\.rrf$/i, 'file RXNCONSO.RRF')],
    relations: release.matching(/^rxnrel\.rrf$/i),
    attributes: release.matching(/^rxnsat\.rrf$/i),
    kinds: release.matching(/^rxnsty\.rrf$/i),
  };
  const [, named] = /(?:^|\D)(\d{8})(?!\d)/.exec(release.name) ?? [];
  const found = version ?? named;
  if (found === undefined) {
    throw new Refusal(
      `${release.name} does not say which version of RxNorm it is.`,
      'Say --version 01052026 or the like.',
    );
  }
  return {
    about: {
      url: 'http://www.nlm.nih.gov/research/umls/rxnorm',
      version: found,
      name: 'RxNorm',
      title: 'RxNorm',
      publisher: 'National Library of Medicine',
      caseSensitive: false,
      hierarchyMeaning: 'is-a',
    },
    bytes: bytesOf(Object.values(files).flat()),
    facts: () => factsOf(release, files),
  };
};

async function* factsOf(
  release: Release,
  files: Readonly<Record<'names' | 'relations' | 'attributes' | 'kinds', readonly ReleaseFile[]>>,
): AsyncGenerator<readonly Fact[]> {
  const readers = [
    ['names', NAMES, ofName],
    ['relations', RELATIONS, ofRelation],
    ['attributes', ATTRIBUTES, ofAttribute],
    ['kinds', KINDS, ofKind],
  ] as const;
  for (const [name, columns, read] of readers) {
    // Each line ends with a bar, after which there is one more column, which is empty.
    const layout = { separator: '|' as const, columns: [...columns, ''], needed: columns.slice(0, 1) };
    for (const file of files[name]) {
      for await (const rows of release.rows(file, layout)) yield rows.flatMap(read);
    }
  }
}

function ofName(row: Row): Fact[] {
  if (row.get('SAB') !== OWN) return [];
  const code = row.need('RXCUI');
  const type = row.need('TTY');
  const isOther = OTHER_NAMES.has(type);
  return [
    { is: 'concept', code, ...(row.get('SUPPRESS') === 'O' && { inactive: true }) },
    { is: 'name', code, value: row.need('STR'), rank: isOther ? 1 : 0, language: 'en' },
    ...(isOther ? [] : [{ is: 'property' as const, code, property: { code: 'TTY', valueCode: type } }]),
  ];
}

/** The relation reads from the second concept to the first. */
function ofRelation(row: Row): Fact[] {
  if (row.get('SAB') !== OWN || row.get('STYPE1') !== 'CUI' || row.get('RXCUI2') === '') return [];
  const code = row.need('RXCUI2');
  const target = row.need('RXCUI1');
  const name = row.get('RELA') || row.get('REL');
  if (name === 'isa') return [{ is: 'parent', code, parent: target }];
  return [{ is: 'property', code, property: { code: name, valueCode: target } }];
}

function ofAttribute(row: Row): Fact[] {
  const value = row.get('ATV');
  if (row.get('SAB') !== OWN || value === '') return [];
  return [{ is: 'property', code: row.need('RXCUI'), property: { code: row.need('ATN'), valueString: value } }];
}

function ofKind(row: Row): Fact[] {
  return [{ is: 'property', code: row.need('RXCUI'), property: { code: 'STY', valueString: row.need('STY') } }];
}

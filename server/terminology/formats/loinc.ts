/** LOINC, a release as a folder or zip file: terms, parts, answer lists, hierarchy, translations. https://loinc.org/kb/users-guide */
import type { CodeSystemConceptProperty } from 'fhir/r4.js';
import type { Fact } from '../../../terminology/index.ts';
import { Refusal } from '../../refusal.ts';
import { bytesOf, type Format } from '../format.ts';
import type { Release, ReleaseFile } from '../release.ts';
import type { Row } from '../table.ts';

const LOINC = 'http://loinc.org';

/** Columns of the table of terms that are told as properties, as far as a release has them. */
const TERM_PROPERTIES = [
  'COMPONENT',
  'PROPERTY',
  'TIME_ASPCT',
  'SYSTEM',
  'SCALE_TYP',
  'METHOD_TYP',
  'CLASS',
  'STATUS',
  'CLASSTYPE',
  'ORDER_OBS',
  'VersionLastChanged',
  'CHNG_TYPE',
  'EXAMPLE_UCUM_UNITS',
  'PanelType',
  'AskAtOrderEntry',
  'AssociatedObservations',
];

const NAMES = [
  ['LONG_COMMON_NAME', 0],
  ['SHORTNAME', 1],
  ['DisplayName', 1],
  ['CONSUMER_NAME', 2],
] as const;

export const loinc: Format = async (release, { version }) => {
  const terms = release.one(/^loinc\.csv$/i, 'file Loinc.csv');
  const files = {
    terms,
    parts: release.matching(/^part\.csv$/i),
    links: release.matching(/^loincpartlink(_primary)?\.csv$/i),
    lists: release.matching(/^answerlist\.csv$/i),
    listed: release.matching(/^loincanswerlistlink\.csv$/i),
    hierarchy: release.matching(/^(componenthierarchybysystem|multi-?axialhierarchy)\.csv$/i).slice(0, 1),
    translations: release.matching(/^[a-z]{2}[A-Z]{2}\d+LinguisticVariant\.csv$/),
  };
  const [, named] = /(?:^|[^\d.])(\d\.\d{2})(?!\d)/.exec([release.name, terms.path].join(' ')) ?? [];
  const found = version ?? named;
  if (found === undefined) {
    throw new Refusal(`${release.name} does not say which version of LOINC it is.`, 'Say --version 2.81 or the like.');
  }
  return {
    about: {
      url: LOINC,
      version: found,
      name: 'LOINC',
      title: 'Logical Observation Identifiers, Names and Codes',
      publisher: 'Regenstrief Institute, Inc.',
      caseSensitive: false,
      hierarchyMeaning: 'is-a',
    },
    bytes: bytesOf(Object.values(files).flat()),
    facts: () => factsOf(release, files),
  };
};

async function* factsOf(
  release: Release,
  files: Readonly<Record<string, ReleaseFile | readonly ReleaseFile[]>>,
): AsyncGenerator<readonly Fact[]> {
  const readers: [files: string, needed: readonly string[], read: (row: Row, file: ReleaseFile) => Fact[]][] = [
    ['terms', ['LOINC_NUM', 'LONG_COMMON_NAME', 'STATUS'], ofTerm],
    ['parts', ['PartNumber', 'PartName'], ofPart],
    ['links', ['LoincNumber', 'PartNumber', 'PartTypeName'], ofLink],
    ['lists', ['AnswerListId', 'AnswerStringId'], ofAnswer],
    ['listed', ['LoincNumber', 'AnswerListId'], ofListed],
    ['hierarchy', ['IMMEDIATE_PARENT', 'CODE', 'CODE_TEXT'], ofPlace],
    ['translations', ['LOINC_NUM'], ofTranslation],
  ];
  for (const [name, needed, read] of readers) {
    for (const file of [files[name]!].flat()) {
      const layout = { separator: ',' as const, isQuoted: true, needed, isRagged: name === 'translations' };
      for await (const rows of release.rows(file, layout)) yield rows.flatMap((row) => read(row, file));
    }
  }
}

function ofTerm(row: Row): Fact[] {
  const code = row.need('LOINC_NUM');
  const definition = row.get('DefinitionDescription');
  const facts: Fact[] = [
    {
      is: 'concept',
      code,
      ...(row.get('STATUS') === 'DEPRECATED' && { inactive: true }),
      ...(definition !== '' && { definition }),
    },
  ];
  for (const [column, rank] of NAMES) {
    const value = row.get(column);
    if (value !== '') facts.push({ is: 'name', code, value, rank, language: 'en' });
  }
  for (const column of TERM_PROPERTIES) {
    const value = row.get(column);
    if (value !== '') facts.push(property(code, { code: column, valueString: value }));
  }
  return facts;
}

function ofPart(row: Row): Fact[] {
  const code = row.need('PartNumber');
  const shown = row.get('PartDisplayName');
  const type = row.get('PartTypeName');
  return [
    { is: 'concept', code, abstract: true, ...(row.get('Status') === 'DEPRECATED' && { inactive: true }) },
    { is: 'name', code, value: row.need('PartName'), rank: 1, language: 'en' },
    ...(shown === '' ? [] : [{ is: 'name' as const, code, value: shown, rank: 0, language: 'en' }]),
    ...(type === '' ? [] : [property(code, { code: 'PartTypeName', valueString: type })]),
  ];
}

/** The parts that a term is made of, under the name of the column that they stand for. */
function ofLink(row: Row): Fact[] {
  const type = COLUMN_OF_TYPE[row.need('PartTypeName')] ?? row.get('PartTypeName');
  return [property(row.need('LoincNumber'), { code: type, valueCode: row.need('PartNumber') })];
}

const COLUMN_OF_TYPE: Readonly<Record<string, string>> = {
  TIME: 'TIME_ASPCT',
  SCALE: 'SCALE_TYP',
  METHOD: 'METHOD_TYP',
};

function ofAnswer(row: Row): Fact[] {
  const list = row.need('AnswerListId');
  const name = row.get('AnswerListName');
  const answer = row.get('AnswerStringId');
  const text = row.get('DisplayText');
  return [
    { is: 'concept', code: list, abstract: true },
    ...(name === '' ? [] : [{ is: 'name' as const, code: list, value: name, rank: 0, language: 'en' }]),
    ...(answer === ''
      ? []
      : [
          { is: 'concept' as const, code: answer },
          ...(text === '' ? [] : [{ is: 'name' as const, code: answer, value: text, rank: 0, language: 'en' }]),
          property(answer, { code: 'LIST', valueCode: list }),
        ]),
  ];
}

function ofListed(row: Row): Fact[] {
  return [property(row.need('LoincNumber'), { code: 'answer-list', valueCode: row.need('AnswerListId') })];
}

function ofPlace(row: Row): Fact[] {
  const code = row.need('CODE');
  const parent = row.get('IMMEDIATE_PARENT');
  const isPart = code.startsWith('LP');
  const text = row.get('CODE_TEXT');
  return [
    ...(isPart ? [{ is: 'concept' as const, code, abstract: true }] : []),
    ...(isPart && text !== '' ? [{ is: 'name' as const, code, value: text, rank: 5, language: 'en' }] : []),
    ...(parent === '' ? [] : [{ is: 'parent' as const, code, parent }]),
  ];
}

/** `deDE15LinguisticVariant.csv`: its rows lack names where nobody has translated them yet. */
function ofTranslation(row: Row, { name }: ReleaseFile): Fact[] {
  const code = row.need('LOINC_NUM');
  const language = `${name.slice(0, 2)}-${name.slice(2, 4)}`;
  const whole = row.get('LONG_COMMON_NAME') || row.get('LinguisticVariantDisplayName');
  const axes = ['COMPONENT', 'PROPERTY', 'TIME_ASPCT', 'SYSTEM', 'SCALE_TYP', 'METHOD_TYP'].map((axis) =>
    row.get(axis),
  );
  const value = whole || axes.filter((axis) => axis !== '').join(':');
  return value === '' ? [] : [{ is: 'name', code, value, rank: 10, language }];
}

function property(code: string, one: CodeSystemConceptProperty): Fact {
  return { is: 'property', code, property: one };
}

/** Small releases in the official formats, made up for tests: nothing in them is of a publisher. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { onTestFinished } from 'vitest';
import type { Asked, Format } from '../../../server/terminology/format.ts';
import { openRelease } from '../../../server/terminology/release.ts';
import type { ConceptRow } from '../../../store/index.ts';
import { pieceOf, rowOf } from '../../../terminology/index.ts';

export type Files = Readonly<Record<string, string | Buffer>>;

/** A folder of these files, removed after the test. */
export function folderOf(files: Files): string {
  const folder = mkdtempSync(join(tmpdir(), 'vesta-release-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

/** The same as a zip file. https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT */
export function zipOf(files: Files, name = 'release.zip'): string {
  const folder = folderOf({});
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [path, content] of Object.entries(files)) {
    const bytes = Buffer.from(content);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt32LE(crc32(bytes), 10);
    fields.writeUInt32LE(bytes.length, 14);
    fields.writeUInt32LE(bytes.length, 18);
    fields.writeUInt16LE(Buffer.byteLength(path), 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), fields, Buffer.from(path), bytes]);
    const more = Buffer.alloc(14);
    more.writeUInt32LE(offset, 10);
    const made = Buffer.from([20, 0]);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02', 'latin1'), made, fields, more, Buffer.from(path)]));
    parts.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  const path = join(folder, name);
  writeFileSync(path, Buffer.concat([...parts, central, end]));
  return path;
}

/** Everything that a format reads out of a release, by code. */
export async function conceptsOf(
  format: Format,
  path: string,
  asked: Partial<Asked> = {},
): Promise<{ readonly about: object; readonly concepts: ReadonlyMap<string, ConceptRow> }> {
  const release = await openRelease(path);
  try {
    const content = await format(release, { version: undefined, mapping: undefined, ...asked });
    const texts = new Map<string, string[]>();
    for await (const facts of content.facts()) {
      for (const { code, text } of facts.map(pieceOf)) texts.set(code, [...(texts.get(code) ?? []), text]);
    }
    const rows = [...texts].flatMap(([code, some]) => rowOf({ code, texts: some }) ?? []);
    return { about: content.about, concepts: new Map(rows.map((row) => [row.code, row])) };
  } finally {
    await release.close();
  }
}

/** Rows as a table in text. */
export function tabbed(...rows: readonly (readonly (string | number)[])[]): string {
  return `${rows.map((row) => row.join('\t')).join('\r\n')}\r\n`;
}

const INT = 'SnomedCT_InternationalRF2_TEST_20260101/Snapshot';
const MODULE = '900000000000207008';
export const IS_A = '116680003';
export const SITE = '363698007';

/** Heart and its diseases: two levels, one inactive, two languages, groups, a reference set. */
export const snomedFiles: Files = {
  [`${INT}/Terminology/sct2_Concept_Snapshot_INT_20260101.txt`]: tabbed(
    ['id', 'effectiveTime', 'active', 'moduleId', 'definitionStatusId'],
    ...['138875005', '64572001', '56265001', '22298006', '123037004', '80891009', SITE, IS_A].map((id) => [
      id,
      '20260101',
      1,
      MODULE,
      id === '22298006' ? '900000000000073002' : '900000000000074008',
    ]),
    ['155308009', '20020131', 0, MODULE, '900000000000074008'],
  ),
  [`${INT}/Terminology/sct2_Description_Snapshot-en_INT_20260101.txt`]: tabbed(
    ['id', 'effectiveTime', 'active', 'moduleId', 'conceptId', 'languageCode', 'typeId', 'term', 'caseSignificanceId'],
    ...[
      ['1000011', '138875005', '900000000000003001', 'SNOMED CT Concept (SNOMED RT+CTV3)'],
      ['1000022', '64572001', '900000000000013009', 'Disease'],
      ['1000033', '56265001', '900000000000013009', 'Heart disease'],
      ['1000044', '22298006', '900000000000003001', 'Myocardial infarction (disorder)'],
      ['1000055', '22298006', '900000000000013009', 'Myocardial infarction'],
      ['1000066', '22298006', '900000000000013009', 'Heart attack "sudden"'],
      ['1000077', '123037004', '900000000000013009', 'Body structure'],
      ['1000088', '80891009', '900000000000013009', 'Heart'],
      ['1000099', '155308009', '900000000000013009', 'Acute myocardial infarction NOS'],
    ].map(([id, concept, type, term]) => [
      id!,
      '20260101',
      1,
      MODULE,
      concept!,
      'en',
      type!,
      term!,
      '900000000000448009',
    ]),
  ),
  [`${INT}/Terminology/sct2_Description_Snapshot-de_INT_20260101.txt`]: tabbed(
    ['id', 'effectiveTime', 'active', 'moduleId', 'conceptId', 'languageCode', 'typeId', 'term', 'caseSignificanceId'],
    ['2000011', '20260101', 1, MODULE, '22298006', 'de', '900000000000013009', 'Herzinfarkt', '900000000000448009'],
    ['2000022', '20260101', 0, MODULE, '22298006', 'de', '900000000000013009', 'Herzschlag', '900000000000448009'],
  ),
  [`${INT}/Terminology/sct2_Relationship_Snapshot_INT_20260101.txt`]: tabbed(
    [
      'id',
      'effectiveTime',
      'active',
      'moduleId',
      'sourceId',
      'destinationId',
      'relationshipGroup',
      'typeId',
      'characteristicTypeId',
      'modifierId',
    ],
    ...[
      ['64572001', '138875005', 0, IS_A],
      ['123037004', '138875005', 0, IS_A],
      ['80891009', '123037004', 0, IS_A],
      ['56265001', '64572001', 0, IS_A],
      ['22298006', '56265001', 0, IS_A],
      ['22298006', '80891009', 1, SITE],
      ['56265001', '80891009', 1, SITE],
      ['56265001', '123037004', 2, '116676008'],
    ].map(([source, target, group, type], index) => [
      3000011 + index,
      '20260101',
      1,
      MODULE,
      source!,
      target!,
      group!,
      type!,
      '900000000000011006',
      '900000000000451002',
    ]),
  ),
  [`${INT}/Terminology/sct2_RelationshipConcreteValues_Snapshot_INT_20260101.txt`]: tabbed(
    [
      'id',
      'effectiveTime',
      'active',
      'moduleId',
      'sourceId',
      'value',
      'relationshipGroup',
      'typeId',
      'characteristicTypeId',
      'modifierId',
    ],
    [
      '4000011',
      '20260101',
      1,
      MODULE,
      '22298006',
      '#2.5',
      '1',
      '1142135004',
      '900000000000011006',
      '900000000000451002',
    ],
  ),
  [`${INT}/Refset/Language/der2_cRefset_LanguageSnapshot-en_INT_20260101.txt`]: tabbed(
    ['id', 'effectiveTime', 'active', 'moduleId', 'refsetId', 'referencedComponentId', 'acceptabilityId'],
    ...['1000022', '1000033', '1000055', '1000077', '1000088'].map((id) => [
      `a-${id}`,
      '20260101',
      1,
      MODULE,
      '900000000000509007',
      id,
      '900000000000548007',
    ]),
  ),
  [`${INT}/Refset/Content/der2_Refset_SimpleSnapshot_INT_20260101.txt`]: tabbed(
    ['id', 'effectiveTime', 'active', 'moduleId', 'refsetId', 'referencedComponentId'],
    ['b-1', '20260101', 1, MODULE, '723264001', '80891009'],
    ['b-2', '20260101', 0, MODULE, '723264001', '22298006'],
  ),
};

const quoted = (...rows: readonly (readonly string[])[]) =>
  `\uFEFF${rows.map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(',')).join('\r\n')}\r\n`;

export const loincFiles: Files = {
  'LoincTable/Loinc.csv': quoted(
    [
      'LOINC_NUM',
      'COMPONENT',
      'PROPERTY',
      'SYSTEM',
      'STATUS',
      'LONG_COMMON_NAME',
      'SHORTNAME',
      'DefinitionDescription',
      'NEW_COLUMN',
    ],
    [
      '718-7',
      'Hemoglobin',
      'MCnc',
      'Bld',
      'ACTIVE',
      'Hemoglobin [Mass/volume] in Blood',
      'Hgb Bld-mCnc',
      'Says "how much",\nand where.',
      'x',
    ],
    ['1-8', 'Acyclovir', 'Susc', 'Isolate', 'DEPRECATED', 'Acyclovir [Susceptibility]', '', '', ''],
    ['883-9', 'ABO group', 'Type', 'Bld', 'ACTIVE', 'ABO group [Type] in Blood', '', '', ''],
  ),
  'AccessoryFiles/PartFile/Part.csv': quoted(
    ['PartNumber', 'PartTypeName', 'PartName', 'PartDisplayName', 'Status'],
    ['LP14449-0', 'COMPONENT', 'Hemoglobin', 'Haemoglobin', 'ACTIVE'],
  ),
  'AccessoryFiles/PartFile/LoincPartLink_Primary.csv': quoted(
    ['LoincNumber', 'LongCommonName', 'PartNumber', 'PartName', 'PartTypeName'],
    ['718-7', 'Hemoglobin [Mass/volume] in Blood', 'LP14449-0', 'Hemoglobin', 'COMPONENT'],
  ),
  'AccessoryFiles/AnswerFile/AnswerList.csv': quoted(
    ['AnswerListId', 'AnswerListName', 'AnswerStringId', 'DisplayText'],
    ['LL2419-1', 'ABO blood group', 'LA19710-5', 'Group A'],
    ['LL2419-1', 'ABO blood group', 'LA19709-7', 'Group B'],
  ),
  'AccessoryFiles/AnswerFile/LoincAnswerListLink.csv': quoted(['LoincNumber', 'AnswerListId'], ['883-9', 'LL2419-1']),
  'AccessoryFiles/ComponentHierarchyBySystem/ComponentHierarchyBySystem.csv': quoted(
    ['PATH_TO_ROOT', 'SEQUENCE', 'IMMEDIATE_PARENT', 'CODE', 'CODE_TEXT'],
    ['', '1', '', 'LP432695-7', '{component}'],
    ['LP432695-7', '1', 'LP432695-7', 'LP14449-0', 'Hemoglobin'],
    ['LP432695-7.LP14449-0', '1', 'LP14449-0', '718-7', 'Hgb Bld-mCnc'],
  ),
  'AccessoryFiles/LinguisticVariants/deDE15LinguisticVariant.csv': quoted(
    ['LOINC_NUM', 'COMPONENT', 'PROPERTY', 'SYSTEM', 'LONG_COMMON_NAME'],
    ['718-7', 'Hämoglobin', '', 'Blut', 'Hämoglobin im Blut'],
  ),
};

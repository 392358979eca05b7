/** SNOMED CT, the snapshot of a release in RF2. https://confluence.ihtsdotools.org/display/DOCRELFMT */
import type { CodeSystemConceptProperty, Coding } from 'fhir/r4.js';
import type { Fact } from '../../../terminology/index.ts';
import { broken } from '../broken.ts';
import { bytesOf, type Format } from '../format.ts';
import type { Release, ReleaseFile } from '../release.ts';
import type { Row } from '../table.ts';
import { IdSet } from './snomed-ids.ts';

export const SNOMED = 'http://snomed.info/sct';

const INTERNATIONAL = '900000000000207008';
const IS_A = '116680003';
const DEFINED = '900000000000073002';
const FULLY_SPECIFIED = '900000000000003001';
const SYNONYM = '900000000000013009';
const PREFERRED = '900000000000548007';
const US_ENGLISH = '900000000000509007';
const GB_ENGLISH = '900000000000508004';
const STATED = '900000000000010007';

/** Core files have the same columns in all releases; others may stand beside them. */
const COMMON = ['id', 'effectiveTime', 'active', 'moduleId'];
const SEPARATOR = '\t';

interface Files {
  readonly concepts: ReleaseFile;
  readonly descriptions: readonly ReleaseFile[];
  readonly relationships: readonly ReleaseFile[];
  readonly values: readonly ReleaseFile[];
  readonly languages: readonly ReleaseFile[];
  readonly sets: readonly ReleaseFile[];
}

export const snomed: Format = async (release, { version }) => {
  const concepts = release.one(/^x?sct2_Concept_Snapshot_.*\.txt$/i, 'file sct2_Concept_Snapshot_….txt');
  const inferred = release.matching(/^x?sct2_Relationship_Snapshot_.*\.txt$/i);
  const files: Files = {
    concepts,
    descriptions: release.matching(/^x?sct2_Description_Snapshot.*\.txt$/i),
    relationships: inferred.length > 0 ? inferred : release.matching(/^x?sct2_StatedRelationship_Snapshot_.*\.txt$/i),
    values: release.matching(/^x?sct2_RelationshipConcreteValues_Snapshot_.*\.txt$/i),
    languages: release.matching(/^x?der2_cRefset_Language.*Snapshot.*\.txt$/i),
    sets: release.matching(/^x?der2_Refset_.*Simple.*Snapshot.*\.txt$/i),
  };
  const read = Object.values(files).flat();
  return {
    about: {
      url: SNOMED,
      version: version ?? (await versionOf(release, concepts)),
      name: 'SNOMED_CT',
      title: 'SNOMED CT',
      publisher: 'SNOMED International',
      caseSensitive: true,
      hierarchyMeaning: 'is-a',
    },
    bytes: bytesOf(read),
    facts: () => factsOf(release, files),
  };
};

async function* factsOf(release: Release, files: Files): AsyncGenerator<readonly Fact[]> {
  const rows = (file: ReleaseFile, ...needed: string[]) =>
    release.rows(file, { separator: SEPARATOR, needed: [...COMMON, ...needed] });
  for await (const some of rows(files.concepts, 'definitionStatusId')) yield some.flatMap(ofConcept);
  const preferred = await preferredIn(files.languages, rows);
  for (const file of files.descriptions) {
    const needed = ['conceptId', 'languageCode', 'typeId', 'term'];
    for await (const some of rows(file, ...needed)) yield some.flatMap((row) => ofDescription(row, preferred));
  }
  for (const file of files.relationships) {
    const needed = ['sourceId', 'destinationId', 'relationshipGroup', 'typeId'];
    for await (const some of rows(file, ...needed)) yield some.flatMap((row) => ofRelationship(file, row));
  }
  for (const file of files.values) {
    const needed = ['sourceId', 'value', 'relationshipGroup', 'typeId'];
    for await (const some of rows(file, ...needed)) yield some.flatMap((row) => ofValue(file, row));
  }
  for (const file of files.sets) {
    for await (const some of rows(file, 'refsetId', 'referencedComponentId')) yield some.flatMap(ofMember);
  }
}

function ofConcept(row: Row): Fact[] {
  const code = row.need('id');
  const property = (one: CodeSystemConceptProperty): Fact => ({ is: 'property', code, property: one });
  return [
    { is: 'concept', code, ...(row.get('active') === '1' ? {} : { inactive: true }) },
    property({ code: 'sufficientlyDefined', valueBoolean: row.get('definitionStatusId') === DEFINED }),
    property({ code: 'moduleId', valueCode: row.need('moduleId') }),
    property({ code: 'effectiveTime', valueString: row.need('effectiveTime') }),
  ];
}

function ofDescription(row: Row, preferred: ReadonlyMap<string, IdSet>): Fact[] {
  if (row.get('active') !== '1') return [];
  const id = row.need('id');
  const isFullySpecified = row.get('typeId') === FULLY_SPECIFIED;
  const inUs = preferred.get(US_ENGLISH)?.has(id) ?? false;
  const inGb = preferred.get(GB_ENGLISH)?.has(id) ?? false;
  const isPreferred = inUs || inGb || [...preferred.values()].some((set) => set.has(id));
  const language = row.need('languageCode');
  const isEnglish = language === 'en';
  const rank = isFullySpecified ? 3 : inUs ? 0 : inGb ? 1 : isPreferred ? 2 : 4;
  return [
    {
      is: 'name',
      code: row.need('conceptId'),
      value: row.need('term'),
      rank: rank + (isEnglish ? 0 : 10),
      language: isEnglish && !isFullySpecified && inUs !== inGb ? `en-${inUs ? 'US' : 'GB'}` : language,
      use: isFullySpecified
        ? use(FULLY_SPECIFIED, 'Fully specified name')
        : isPreferred
          ? use(PREFERRED, 'Preferred')
          : use(SYNONYM, 'Synonym'),
    },
  ];
}

function use(code: string, display: string): Coding {
  return { system: SNOMED, code, display };
}

/** Role groups are kept as `id` of the property: what stands in one group belongs together. 0 is none. */
function ofRelationship(file: ReleaseFile, row: Row): Fact[] {
  if (row.get('active') !== '1') return [];
  const code = row.need('sourceId');
  const type = row.need('typeId');
  const target = row.need('destinationId');
  if (type === IS_A) return [{ is: 'parent', code, parent: target }];
  if (row.get('characteristicTypeId') === STATED && !/Stated/i.test(file.name)) return [];
  return [{ is: 'property', code, property: { ...grouped(file, row), code: type, valueCode: target } }];
}

/** https://confluence.ihtsdotools.org/display/DOCRELFMT/4.2.6+Relationship+File+with+Concrete+Values */
function ofValue(file: ReleaseFile, row: Row): Fact[] {
  if (row.get('active') !== '1') return [];
  const code = row.need('sourceId');
  const written = row.need('value');
  const place = { ...grouped(file, row), code: row.need('typeId') };
  if (written.startsWith('#')) {
    const number = Number(written.slice(1));
    if (!Number.isFinite(number)) throw broken(file.path, row.line, `${written} is no number`);
    const value = Number.isInteger(number) ? { valueInteger: number } : { valueDecimal: number };
    return [{ is: 'property', code, property: { ...place, ...value } }];
  }
  return [{ is: 'property', code, property: { ...place, valueString: written.replace(/^"(.*)"$/s, '$1') } }];
}

function grouped(file: ReleaseFile, row: Row): { id?: string } {
  const group = row.need('relationshipGroup');
  if (!/^\d+$/.test(group))
    throw broken(file.path, row.line, `relationshipGroup is ${group.slice(0, 40)}, which is no number`);
  return group === '0' ? {} : { id: group };
}

function ofMember(row: Row): Fact[] {
  if (row.get('active') !== '1') return [];
  const property = { code: 'memberOf', valueCode: row.need('refsetId') };
  return [{ is: 'property', code: row.need('referencedComponentId'), property }];
}

async function preferredIn(
  files: readonly ReleaseFile[],
  rows: (file: ReleaseFile, ...needed: string[]) => AsyncIterable<readonly Row[]>,
): Promise<ReadonlyMap<string, IdSet>> {
  const preferred = new Map<string, IdSet>();
  for (const file of files) {
    for await (const some of rows(file, 'refsetId', 'referencedComponentId', 'acceptabilityId')) {
      for (const row of some) {
        if (row.get('active') !== '1' || row.get('acceptabilityId') !== PREFERRED) continue;
        const set = row.need('refsetId');
        const ids = preferred.get(set) ?? new IdSet();
        preferred.set(set, ids);
        const id = row.need('referencedComponentId');
        if (!/^\d{6,18}$/.test(id))
          throw broken(file.path, row.line, `${id.slice(0, 40)} is no identifier of SNOMED CT`);
        ids.add(id);
      }
    }
  }
  return preferred;
}

/**
 * Edition and version as SNOMED CT names them: the module on which no other one of the release depends, and the date in the
 * names of the files. https://confluence.ihtsdotools.org/display/DOCURI
 */
async function versionOf(release: Release, concepts: ReleaseFile): Promise<string> {
  const [, date] = /_(\d{8})\.txt$/i.exec(concepts.name) ?? [];
  if (!date) throw broken(concepts.path, 0, 'its name does not end with a date', 'Say --version.');
  return `${SNOMED}/${await edition(release)}/version/${date}`;
}

async function edition(release: Release): Promise<string> {
  const [file] = release.matching(/^x?der2_ssRefset_ModuleDependency.*Snapshot.*\.txt$/i);
  if (!file) return INTERNATIONAL;
  const needed = ['active', 'moduleId', 'referencedComponentId'];
  const modules = new Set<string>();
  const below = new Set<string>();
  for await (const some of release.rows(file, { separator: SEPARATOR, needed })) {
    for (const row of some) {
      if (row.get('active') !== '1') continue;
      modules.add(row.need('moduleId'));
      below.add(row.need('referencedComponentId'));
    }
  }
  const tops = [...modules].filter((one) => !below.has(one));
  return tops.length === 1 ? tops[0]! : INTERNATIONAL;
}

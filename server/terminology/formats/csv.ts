/** Any table with a mapping that says what its columns are. */
import type { CodeSystemConceptProperty, Coding } from 'fhir/r4.js';
import type { Fact } from '../../../terminology/index.ts';
import { Refusal } from '../../refusal.ts';
import { broken } from '../broken.ts';
import type { Format } from '../format.ts';
import type { Row } from '../table.ts';

/** The mapping, as it is written in its file. */
interface Mapping {
  readonly url: string;
  readonly version?: string;
  readonly name?: string;
  readonly title?: string;
  readonly caseSensitive?: boolean;
  /** `,` `;` `|` or a tab; default `,`. */
  readonly separator?: ',' | ';' | '|' | '\t';
  /** Names of columns. */
  readonly code: string;
  readonly display?: string;
  readonly definition?: string;
  /** Of the code above; several are separated by `|` within the value. */
  readonly parent?: string;
  readonly inactive?: { readonly column: string; readonly values: readonly string[] };
  readonly abstract?: { readonly column: string; readonly values: readonly string[] };
  readonly properties?: readonly { readonly column: string; readonly code?: string; readonly type?: Kind }[];
  readonly designations?: readonly { readonly column: string; readonly language?: string; readonly use?: Coding }[];
}

type Kind = 'code' | 'string' | 'integer' | 'decimal' | 'boolean' | 'dateTime';

const MEMBERS = new Set(
  'url version name title caseSensitive separator code display definition parent inactive abstract properties designations'.split(
    ' ',
  ),
);

export const csv: Format = async (release, { version, mapping: given }) => {
  if (!given)
    throw new Refusal(
      'A table is loaded with a mapping of its columns.',
      'Say --map FILE.json; docs/terminology.md has an example.',
    );
  const mapping = parseMapping(given);
  const file = release.one(/\.(csv|tsv|txt)$/i, 'table (.csv, .tsv, .txt)');
  const found = version ?? mapping.version;
  return {
    about: {
      url: mapping.url,
      ...(found === undefined ? {} : { version: found }),
      name: mapping.name ?? 'Table',
      ...(mapping.title === undefined ? {} : { title: mapping.title }),
      caseSensitive: mapping.caseSensitive ?? true,
      hierarchyMeaning: 'is-a',
    },
    bytes: file.bytes,
    async *facts() {
      const { separator = ',' } = mapping;
      const layout = { separator, isQuoted: true, needed: columnsOf(mapping) };
      for await (const rows of release.rows(file, layout)) {
        yield rows.flatMap((row) => factsOf(row, mapping, (reason) => broken(file.path, row.line, reason)));
      }
    },
  };
};

function parseMapping({ name, text }: { readonly name: string; readonly text: string }): Mapping {
  let mapping: Mapping;
  try {
    mapping = JSON.parse(text) as Mapping;
  } catch (cause) {
    throw broken(name, 0, `it is no JSON: ${(cause as Error).message}`, undefined, cause);
  }
  const unknown = Object.keys(mapping ?? {}).find((member) => !MEMBERS.has(member));
  if (unknown) throw broken(name, 0, `it says ${unknown}, which is not known`, `Known are ${[...MEMBERS].join(', ')}.`);
  for (const member of ['url', 'code'] as const) {
    if (typeof mapping?.[member] !== 'string') throw broken(name, 0, `it does not say ${member}`);
  }
  return mapping;
}

function columnsOf({
  code,
  display,
  definition,
  parent,
  inactive,
  abstract,
  properties,
  designations,
}: Mapping): string[] {
  const more = [...(properties ?? []), ...(designations ?? [])].map(({ column }) => column);
  const own = [code, display, definition, parent, inactive?.column, abstract?.column, ...more];
  return own.filter((one): one is string => one !== undefined);
}

function factsOf(row: Row, mapping: Mapping, wrong: (reason: string) => Refusal): Fact[] {
  const code = row.need(mapping.code);
  const value = (column: string | undefined) => (column === undefined ? '' : row.get(column));
  const is = (rule: Mapping['inactive']) => rule?.values.includes(value(rule.column)) ?? false;
  const definition = value(mapping.definition);
  const display = value(mapping.display);
  const facts: Fact[] = [
    {
      is: 'concept',
      code,
      ...(is(mapping.inactive) && { inactive: true }),
      ...(is(mapping.abstract) && { abstract: true }),
      ...(definition !== '' && { definition }),
    },
  ];
  if (display !== '') facts.push({ is: 'name', code, value: display, rank: 0 });
  for (const parent of value(mapping.parent).split('|')) {
    if (parent.trim() !== '') facts.push({ is: 'parent', code, parent: parent.trim() });
  }
  for (const { column, code: name = column, type = 'string' } of mapping.properties ?? []) {
    const text = value(column);
    if (text === '') continue;
    facts.push({ is: 'property', code, property: { code: name, ...typed(type, text, column, wrong) } });
  }
  for (const { column, language, use } of mapping.designations ?? []) {
    const text = value(column);
    if (text === '') continue;
    facts.push({ is: 'name', code, value: text, rank: 1, ...(language && { language }), ...(use && { use }) });
  }
  return facts;
}

function typed(
  type: Kind,
  text: string,
  column: string,
  wrong: (reason: string) => Refusal,
): Omit<CodeSystemConceptProperty, 'code'> {
  switch (type) {
    case 'code':
      return { valueCode: text };
    case 'string':
      return { valueString: text };
    case 'dateTime':
      return { valueDateTime: text };
    case 'boolean':
      return { valueBoolean: /^(true|yes|1)$/i.test(text) };
    case 'integer':
    case 'decimal': {
      const number = Number(text);
      if (!Number.isFinite(number)) throw wrong(`${column} is ${text.slice(0, 60)}, which is no number`);
      return type === 'integer' ? { valueInteger: Math.trunc(number) } : { valueDecimal: number };
    }
  }
  throw wrong(`${column} is to be of the type ${String(type)}, which is not known`);
}

/** `npm run bench -- --validate`: what judging costs, in this process and on one thread, beside what reading the text costs. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { judge, type Library } from '../../profiles/index.ts';
import { type Parsed, parseJson } from '../../resources/index.ts';
import { ownBoundCodes } from '../../terminology/index.ts';
import { type Costs, costsOf, report } from './report.ts';
import { clinical } from './samples.ts';

export const VALIDATE_HELP = `npm run bench -- --validate [options]

  --type LIST      only these resource types
  --runs N         times that each resource is judged (default: 30)
  --json FILE      writes every figure there
  --help
`;

export interface ValidateOptions {
  readonly types: readonly string[];
  readonly runs: number;
  readonly json: string | undefined;
}

/** Arguments → options; undefined when help was asked for. */
export function parseValidateOptions(args: readonly string[]): ValidateOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      validate: { type: 'boolean' },
      type: { type: 'string', default: '' },
      runs: { type: 'string', default: '30' },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const runs = Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1) throw new Error(`--runs takes a whole number from 1, not ${values.runs}.`);
  return { types: values.type.split(',').filter((type) => type !== ''), runs, json: values.json };
}

/** Judges what Synthea wrote, the examples of R4 and, where neither is at hand, the benchmark's own records; prints the tables. */
export function benchValidate({ types, runs, json }: ValidateOptions): void {
  const sets = samples().map(({ name, texts }) => {
    const parsed = texts.map((text) => parseJson(text)).filter(({ value }) => isWanted(value.resourceType, types));
    return { name, costs: measure(parsed, runs) };
  });
  process.stdout.write(`${sets.map(({ name, costs }) => report(name, costs)).join('\n\n')}\n`);
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(sets, undefined, 2)}\n`);
}

/** R4's own value sets, as a server has them at hand; what guides define is not asked for. */
const library: Library = { structure: () => null, valueSet: (canonical) => ownBoundCodes(canonical) };
const data = new URL('../../../shared/data/', import.meta.url);
const FILES_MAX = 20;

function isWanted(type: string | undefined, types: readonly string[]): boolean {
  return type !== undefined && (types.length === 0 || types.includes(type));
}

function samples(): { readonly name: string; readonly texts: readonly string[] }[] {
  if (!existsSync(data)) return [{ name: 'records of the benchmark', texts: clinical() }];
  return [
    { name: 'Synthea', texts: synthea() },
    { name: 'examples of R4', texts: examples() },
  ];
}

function synthea(): string[] {
  const folder = new URL('synthea/', data);
  const files = readdirSync(folder).filter((file) => file.endsWith('.json.gz'));
  return files.slice(0, FILES_MAX).flatMap((file) => {
    const { entry } = JSON.parse(gunzipSync(readFileSync(new URL(file, folder))).toString());
    return entry.map(({ resource }: any) => JSON.stringify(resource));
  });
}

function examples(): string[] {
  const folder = new URL('r4-examples/', data);
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  return files
    .map((file) => readFileSync(new URL(file, folder), 'utf8'))
    .filter((text) => text.includes('resourceType'));
}

function measure(resources: readonly Parsed[], runs: number): Costs[] {
  const byType = Map.groupBy(resources, ({ value }) => value.resourceType as string);
  return [...byType]
    .map(([type, list]) =>
      costsOf(type, list, runs, {
        read: ({ text }) => parseJson(text),
        structure: (parsed) => judge(type, parsed),
        full: (parsed) => judge(type, parsed, { level: 'full', library }),
      }),
    )
    .sort((a, b) => (a.type < b.type ? -1 : 1));
}

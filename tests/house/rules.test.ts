import { describe, expect, it } from 'vitest';
import { blank } from './blank.ts';
import { type SourceFile, toSource } from './files.ts';
import { functionsOf } from './functions.ts';
import {
  cycles,
  exportsBelow,
  forbiddenNames,
  importsUpwards,
  longFiles,
  longFunctions,
  missingMirrors,
  readersOfTheEnvironment,
  sqlOutsideTheStore,
  strayPackages,
} from './rules.ts';

const lines = (count: number) => '  step();\n'.repeat(count);

describe('the rules of the house', () => {
  const broken: [rule: string, find: (files: SourceFile[]) => string[], path: string, text: string][] = [
    ['an import upwards', importsUpwards, 'store/read.ts', "import { judge } from '../profiles/index.ts';"],
    ['an import past the index', importsUpwards, 'server/handle.ts', "import { Lane } from '../store/lane.ts';"],
    [
      'a dynamic import past the index',
      importsUpwards,
      'server/handle.ts',
      "const x = await import('../store/lane.ts');",
    ],
    ['a re-export past the index', importsUpwards, 'operations/index.ts', "export { Lane } from '../store/lane.ts';"],
    ['an import from outside the floors', importsUpwards, 'server/main.ts', "import { run } from '../bench/run.ts';"],
    ['a package away from home', strayPackages, 'operations/read.ts', "import pg from 'pg';"],
    ['a package without a home', strayPackages, 'resources/list.ts', "import { chunk } from 'lodash/chunk';"],
    [
      'SQL in a template',
      sqlOutsideTheStore,
      'server/health.ts',
      'const q = `\n  select count(*) from res where id = ${id}`;',
    ],
    ['SQL in a string', sqlOutsideTheStore, 'server/health.ts', "run('DELETE FROM ledger');"],
    ['a reader of the environment', readersOfTheEnvironment, 'store/pool.ts', 'const port = process.env.PGPORT;'],
    ['a hidden reader of the environment', readersOfTheEnvironment, 'store/pool.ts', 'const { env } = process;'],
    ['a long file', longFiles, 'store/read.ts', lines(301)],
    ['a long function', longFunctions, 'store/read.ts', `export function read(): { id: string } {\n${lines(69)}}\n`],
    [
      'a long arrow function',
      longFunctions,
      'store/read.ts',
      `export const read = async (id: string) => {\n${lines(69)}};\n`,
    ],
    [
      'a long method',
      longFunctions,
      'store/read.ts',
      `class Reader {\n  async read(id: string): Promise<void> {\n${lines(69)}  }\n}\n`,
    ],
    ['an empty name', forbiddenNames, 'store/search-helpers.ts', ''],
    ['an empty folder name', forbiddenNames, 'server/common/dates.ts', ''],
    ['an export below', exportsBelow, 'store/read.ts', 'function plan() {}\nexport function read() {}\n'],
    ['a missing mirror', missingMirrors, 'store/nowhere.ts', 'export function find() {}\n'],
  ];
  for (const [what, find, path, text] of broken) {
    it(`find ${what} and name its file`, () => {
      const found = find([toSource(path, path.split('/')[0]!, text)]);
      expect(found).toHaveLength(1);
      expect(found[0]).toContain(path);
    });
  }

  it('find files that import each other in a circle', () => {
    const read = toSource('store/read.ts', 'store', "import { write } from './write.ts';");
    const write = toSource('store/write.ts', 'store', "import { read } from './read.ts';");
    expect(cycles([read, write])).toEqual([expect.stringContaining('store/read.ts → store/write.ts → store/read.ts')]);
  });

  const allowed: [what: string, find: (files: SourceFile[]) => string[], path: string, text: string][] = [
    [
      'an import downwards through the index',
      importsUpwards,
      'server/handle.ts',
      "import { Fault } from '../resources/index.ts';",
    ],
    [
      'types of a package that is gone when the program runs',
      strayPackages,
      'operations/read.ts',
      "import type { Patient } from 'fhir/r4.js';",
    ],
    [
      'prose that begins like a statement',
      sqlOutsideTheStore,
      'server/page.ts',
      "say('Select a patient, then update.');",
    ],
    ['an import inside a comment', importsUpwards, 'store/read.ts', "// import { judge } from '../profiles/index.ts';"],
    [
      'the environment in a sentence',
      readersOfTheEnvironment,
      'store/pool.ts',
      "const hint = 'process.env is not read here';",
    ],
    ['a function of seventy lines', longFunctions, 'store/read.ts', `function read() {\n${lines(68)}}\n`],
  ];
  for (const [what, find, path, text] of allowed) {
    it(`let pass ${what}`, () => expect(find([toSource(path, path.split('/')[0]!, text)])).toEqual([]));
  }
});

describe('the light reader', () => {
  it('keeps every position', () => {
    const text = 'const a = `x ${b ? `y ${c}` : "}"} z`; // {\nconst d = /[/{]/.test(e) / 2; /* } */ f({ g: 1 });';
    const code = blank(text);
    expect(code).toHaveLength(text.length);
    expect(code.match(/[{}]/g)?.join('')).toBe('{{}}{}');
    expect(code).toContain('.test(e) / 2;');
  });

  it('finds functions of every form once', () => {
    const code =
      'function a(b = {}) {\n}\nconst c = () => {\n};\nclass D {\n  e(): { f: 1 } {\n    if (g) {\n    }\n  }\n}\n';
    expect(functionsOf(code)).toEqual([
      { line: 1, lines: 2 },
      { line: 3, lines: 2 },
      { line: 6, lines: 4 },
    ]);
  });
});

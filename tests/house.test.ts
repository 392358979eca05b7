/** Holds docs/architecture.md to its word: who may import whom, where SQL and settings live, how long things may be. */
import { describe, expect, it } from 'vitest';
import { readFloors } from './house/files.ts';
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
} from './house/rules.ts';

const files = readFloors();

describe('the house', () => {
  it('has six floors with files on each', () => {
    for (const floor of ['server', 'operations', 'profiles', 'terminology', 'store', 'resources']) {
      expect(
        files.some((file) => file.floor === floor),
        `the floor ${floor}/ is empty`,
      ).toBe(true);
    }
  });

  const rules: [promise: string, broken: (all: typeof files) => string[]][] = [
    ['imports go down and through index.ts', importsUpwards],
    ['no file reaches itself through its imports', cycles],
    ['each package has its home', strayPackages],
    ['SQL is written in store/ only', sqlOutsideTheStore],
    ['the environment is read in server/config.ts only', readersOfTheEnvironment],
    ['a file has at most 300 lines', longFiles],
    ['a function has at most 70 lines', longFunctions],
    ['names say what is inside', forbiddenNames],
    ['exported things come first', exportsBelow],
    ['each file that exports a function has a mirror in tests/', missingMirrors],
  ];
  for (const [promise, broken] of rules) {
    it(promise, () => expect(broken(files).join('\n')).toBe(''));
  }
});

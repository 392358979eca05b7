/** Where the project is, and what lies in its node_modules. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** A fault that is told as a sentence, without a stack. */
export class Sentence extends Error {
  sentence = true;
}

/** The file that a package runs under this name. */
export function binary(name, program) {
  const folder = join(root, 'node_modules', name);
  const { bin } = readJson(join(folder, 'package.json'));
  return join(folder, typeof bin === 'string' ? bin : bin[program]);
}

/** A JSON file; undefined where it is missing or broken. */
export function tryReadJson(path) {
  try {
    return readJson(path);
  } catch {
    return undefined;
  }
}

function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}

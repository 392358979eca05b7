import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { blank } from './blank.ts';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/** From the door down to the ground. */
export const floors = ['server', 'operations', 'profiles', 'terminology', 'store', 'resources'];

export interface SourceFile {
  /** From the project's root, with slashes: `store/search/plan.ts`. */
  readonly path: string;
  readonly floor: string;
  readonly text: string;
  /** The same text with comments, and with what stands in strings and patterns, made blank: positions stay. */
  readonly code: string;
  readonly imports: readonly Import[];
}

export interface Import {
  readonly from: string;
  /** Types vanish before the program runs. */
  readonly typesOnly: boolean;
}

/** Every TypeScript file of the six floors. */
export function readFloors(): SourceFile[] {
  return floors.flatMap((floor) => listFiles(floor).map((path) => readSource(path, floor)));
}

/** One file out of its text, for tests of the rules themselves. */
export function toSource(path: string, floor: string, text: string): SourceFile {
  const code = blank(text);
  return { path, floor, text, code, imports: findImports(text, code) };
}

function readSource(path: string, floor: string): SourceFile {
  return toSource(path, floor, readFileSync(join(root, path), 'utf8'));
}

function listFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length).replaceAll('\\', '/'))
    .sort();
}

// Found in the text with blank strings, so that an import inside a string is none; the name is read from the real one.
function findImports(text: string, code: string): Import[] {
  const found: Import[] = [];
  for (const { 0: whole, index } of code.matchAll(
    /\b(?:import|export)\b[^;'"`]*?\bfrom\s*['"`]|\bimport\s*\(?\s*['"`]/g,
  )) {
    const start = index + whole.length;
    const quote = text[start - 1]!;
    const from = text.slice(start, text.indexOf(quote, start));
    found.push({ from, typesOnly: /^(import|export)\s+type\b/.test(whole) });
  }
  return found;
}

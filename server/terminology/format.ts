/** What a format of releases is: which files it reads, and what these say. */
import type { CodeSystem } from 'fhir/r4.js';
import type { Fact } from '../../terminology/index.ts';
import type { Release } from './release.ts';

export interface Content {
  /** The code system without its concepts; its url and version say which one it is. */
  readonly about: Pick<CodeSystem, 'url' | 'version' | 'name' | 'title'> &
    Partial<Pick<CodeSystem, 'caseSensitive' | 'copyright' | 'hierarchyMeaning' | 'publisher' | 'property'>>;
  /** Everything that the files say, in any order. @throws Refusal with file and line */
  facts(): AsyncIterable<readonly Fact[]>;
  /** Bytes that `facts` will read, for the progress. */
  readonly bytes: number;
}

export interface Asked {
  /** Said by who loads it, where the release does not say it. */
  readonly version: string | undefined;
  /** Text of the mapping of a table. */
  readonly mapping: { readonly name: string; readonly text: string } | undefined;
}

/** @throws Refusal where the release is not of this format */
export type Format = (release: Release, asked: Asked) => Promise<Content>;

/** Bytes of these files together. */
export function bytesOf(files: readonly { readonly bytes: number }[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}

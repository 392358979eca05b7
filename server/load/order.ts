/**
 * The order in which files are loaded: those that hold the targets of others' conditional references
 * (`Practitioner?identifier=…`) before these. Told by resource types, so that memory does not grow with the files.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { openFile, type SourceFile } from './files.ts';

/** What a look through a file told. */
export interface Survey {
  readonly file: SourceFile;
  /** SHA-256 of the file as it lies on disk: its name in the ledger. */
  readonly hash: Buffer;
  /** Types of the resources in it. */
  readonly holds: ReadonlySet<string>;
  /** Types that its conditional references look for. */
  readonly needs: ReadonlySet<string>;
}

const HOLDS = /"resourceType"\s*:\s*"([A-Z][A-Za-z]+)"/g;
const NEEDS = /"reference"\s*:\s*"([A-Z][A-Za-z]+)\?/g;
/** Longer than either pattern can be, so that none is lost between two chunks. */
const OVERLAP = 120;

/** Looks through a file without parsing it. */
export async function survey(file: SourceFile): Promise<Survey> {
  const holds = new Set<string>();
  const needs = new Set<string>();
  let tail = '';
  for await (const chunk of openFile(file) as AsyncIterable<Buffer>) {
    const text = tail + chunk.toString('latin1');
    for (const match of text.matchAll(HOLDS)) holds.add(match[1]!);
    for (const match of text.matchAll(NEEDS)) needs.add(match[1]!);
    tail = text.slice(-OVERLAP);
  }
  return { file, hash: await hashOf(file.path), holds, needs };
}

/**
 * Files in waves: a file waits for those that hold a type which it needs and does not hold itself; within a wave the
 * order does not matter. Files that wait for each other stand in the last wave together; what they then miss is tried
 * again at the end.
 */
export function inWaves(surveys: readonly Survey[]): Survey[][] {
  const waves: Survey[][] = [];
  let waiting = alike(surveys);
  while (waiting.length > 0) {
    const ready = waiting.filter((group) => !waiting.some((other) => waitsFor(group[0]!, other[0]!)));
    if (ready.length === 0) return [...waves, waiting.flat()];
    waves.push(ready.flat());
    const done = new Set(ready);
    waiting = waiting.filter((group) => !done.has(group));
  }
  return waves;
}

/** Files that hold and need the same types, which is what most of them do: a look at one tells of all. */
function alike(surveys: readonly Survey[]): Survey[][] {
  const groups = Map.groupBy(surveys, ({ holds, needs }) => JSON.stringify([[...holds].sort(), [...needs].sort()]));
  return [...groups.values()];
}

function waitsFor(file: Survey, other: Survey): boolean {
  if (file === other) return false;
  return !file.needs.difference(file.holds).isDisjointFrom(other.holds);
}

async function hashOf(path: string): Promise<Buffer> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest();
}

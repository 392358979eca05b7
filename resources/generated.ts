/** The files that the generator writes, read when they are first needed. */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';

/** The content of a generated file, read once. */
export function once<T>(file: string): () => T {
  let loaded: T | undefined;
  return () => {
    loaded ??= reading(file, (place) => JSON.parse(readFileSync(place, 'utf8')) as T);
    return loaded;
  };
}

/** Some bytes of a generated file, as text. Nothing is kept. */
export function readPart(file: string, start: number, length: number): string {
  return reading(file, (place) => {
    const handle = openSync(place, 'r');
    try {
      const bytes = Buffer.alloc(length);
      readSync(handle, bytes, 0, length, start);
      return bytes.toString('utf8');
    } finally {
      closeSync(handle);
    }
  });
}

function reading<T>(file: string, read: (place: URL) => T): T {
  try {
    return read(new URL(`./r4/${file}`, import.meta.url));
  } catch (cause) {
    throw new Error(
      `The generated definitions of FHIR R4 cannot be read (resources/r4/${file}). Run \`node resources/generate/index.ts\`, which writes them.`,
      { cause },
    );
  }
}

/**
 * Public data sets that lie beside the project, in ../shared/data, and are no part of it. Without that folder the tests on
 * them are left out, which the run says once; with it, a file that a test asks for and does not find is a failure.
 */
import { existsSync } from 'node:fs';

const folder = new URL('../../../shared/data/', import.meta.url);

/** Whether the data sets are here: `describe.runIf(hasSharedData)`. */
export const hasSharedData = existsSync(folder);

/** Where a file or folder (its path ends in a slash) of the data sets stands, below ../shared/data. */
export function sharedData(path: string): URL {
  return new URL(path, folder);
}

/** Index values of resources, for tests. */
import { parseJson } from '../../../resources/index.ts';
import { openExtractor } from '../../../store/search/extract.ts';
import type { IndexValues } from '../../../store/search/index-values.ts';

export const KEY = Buffer.from('0123456789abcdef');
export const extractor = openExtractor(KEY, 'UTC');

/** Values of a resource; its literal references are found by their name alone. */
export function extract(resource: { resourceType: string; id?: string; [element: string]: unknown }): IndexValues {
  const text = JSON.stringify(resource);
  return extractText(text);
}

/** As above, with numbers as they are written. */
export function extractText(text: string, from = extractor): IndexValues {
  const parsed = parseJson(text);
  const references = [...text.matchAll(/"reference":"([^"]*)"/g)].map(([, reference]) => ({ reference: reference! }));
  return from.extract(parsed.value.resourceType, parsed.value.id ?? 'a', parsed, references);
}

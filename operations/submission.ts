/** What storing a file's content means, as a request: the reading that `npm run load` gives to resources and Bundles. */
import { Fault, parseJson } from '../resources/index.ts';
import { sliceBundle } from './bundle/slices.ts';
import type { Request } from './interaction.ts';

/**
 * - A batch or transaction is processed.
 * - A collection or searchset is unpacked: each entry's resource is stored, all or none.
 * - Any other resource (also a document or message Bundle) is stored as it is, under its own id where it has one.
 * @throws Fault `invalid-json`, `invalid-request`
 */
export function submissionOf(text: string): Request {
  const slices = sliceBundle(text);
  const value = slices ? parse(slices.skeleton, text) : parseJson(text).value;
  const { resourceType, id, type } = value;
  if (typeof resourceType !== 'string') {
    throw new Fault('invalid-request', 'There is no resourceType, so it cannot be a resource.', {
      expression: 'resourceType',
    });
  }
  if (resourceType === 'Bundle' && (type === 'batch' || type === 'transaction')) return request('POST', '', text);
  if (slices && resourceType === 'Bundle' && (type === 'collection' || type === 'searchset')) {
    const resources = slices.resources.flatMap((span) => (span ? [text.slice(span.start, span.end)] : []));
    return request('POST', '', transactionOf(value.entry ?? [], resources));
  }
  if (typeof id === 'string') return request('PUT', `${resourceType}/${id}`, text);
  return request('POST', resourceType, text);
}

function request(method: string, path: string, body: string): Request {
  return {
    method,
    path,
    query: '',
    headers: {},
    prefer: { return: 'minimal' },
    body,
    mediaType: 'application/fhir+json',
  };
}

function transactionOf(
  entries: readonly { fullUrl?: unknown; resource?: unknown }[],
  resources: readonly string[],
): string {
  const urls = entries
    .filter(({ resource }) => typeof resource === 'object' && resource !== null)
    .map(({ fullUrl }) => fullUrl);
  const written = resources.map((resource, i) => {
    const { resourceType, id } = parseJson(resource).value;
    const request =
      typeof id === 'string' ? { method: 'PUT', url: `${resourceType}/${id}` } : { method: 'POST', url: resourceType };
    const fullUrl = typeof urls[i] === 'string' ? `"fullUrl":${JSON.stringify(urls[i])},` : '';
    return `{${fullUrl}"resource":${resource},"request":${JSON.stringify(request)}}`;
  });
  return `{"resourceType":"Bundle","type":"transaction","entry":[${written.join(',')}]}`;
}

/** Faults are told by the whole text, whose lines and columns its author knows. */
function parse(skeleton: string, text: string): any {
  try {
    return JSON.parse(skeleton);
  } catch {
    return parseJson(text).value;
  }
}

/** Data sets and searches over them, through everything but HTTP. */
import { afterAll, expect } from 'vitest';
import { type OperationSettings, openOperations, type Prefer } from '../../operations/index.ts';
import { type Access, type Context, openAccess } from '../../resources/index.ts';
import { openStore, type Store } from '../../store/index.ts';
import { testContext } from '../setup/context.ts';
import { testDatabase } from '../setup/database.ts';
import { operationSettings } from '../setup/environment.ts';

export interface Stored {
  readonly resourceType: string;
  readonly id: string;
  readonly [element: string]: unknown;
}

export interface Searching {
  readonly store: Store;
  readonly connection: Awaited<ReturnType<typeof testDatabase>>;
  /** Stores a resource under its id. */
  put(resource: Stored): Promise<void>;
  delete(reference: string): Promise<void>;
  /** The Bundle that `GET Patient?family=…` answers with. */
  bundle(
    url: string,
    asked?: { readonly prefer?: Prefer; readonly access?: Access; readonly form?: string },
  ): Promise<any>;
  /** Ids of the matches in their order. */
  ids(url: string): Promise<string[]>;
}

/**
 * A database of its own with these resources. Call it at the top of the file.
 * Only their structure is checked: searches must find what is there, also what a rule would keep out today.
 * @param zone what dates without a zone mean
 * @param settings where others than the defaults are wanted
 */
export async function searching(
  resources: readonly Stored[],
  zone = 'UTC',
  settings: Partial<OperationSettings> = {},
): Promise<Searching> {
  const connection = await testDatabase();
  const store = await openStore({ connection, applicationName: 'vesta test', zone, ...deletion(settings) });
  const operations = await openOperations({
    store,
    settings: { ...operationSettings, validation: 'off', ...settings },
  });
  afterAll(async () => {
    await operations.close();
    await store.close();
  });
  const perform = (method: string, url: string, context: Context, more: object = {}) => {
    const at = url.indexOf('?');
    const [path, query] = at < 0 ? [url, ''] : [url.slice(0, at), url.slice(at + 1)];
    return operations.perform({ method, path, query, headers: {}, prefer: {}, ...more }, context);
  };
  const put = async (resource: Stored) => {
    const body = JSON.stringify(resource);
    const path = `${resource.resourceType}/${resource.id}`;
    await perform('PUT', path, testContext(), { body, mediaType: 'application/fhir+json' });
  };
  await Promise.all(resources.map(put));
  const bundle: Searching['bundle'] = async (url, { prefer = {}, access = openAccess, form } = {}) => {
    const context = testContext({ access });
    const body = form === undefined ? {} : { body: form, mediaType: 'application/x-www-form-urlencoded' };
    const answer = await perform(form === undefined ? 'GET' : 'POST', url, context, { prefer, ...body });
    expect(answer.status).toBe(200);
    return JSON.parse(answer.body!);
  };
  return {
    store,
    connection,
    put,
    bundle,
    delete: async (reference) => void (await perform('DELETE', reference, testContext())),
    ids: async (url) => matchesOf(await bundle(url)),
  };
}

function deletion({ deleteReferenced }: Partial<OperationSettings>) {
  return deleteReferenced === undefined ? {} : { deleteReferenced };
}

/** Ids of the matches of a Bundle, in their order. */
export function matchesOf(bundle: any): string[] {
  return entriesOf(bundle, 'match').map((resource) => resource.id);
}

/** Resources of the entries with this search mode. */
export function entriesOf(bundle: any, mode: 'match' | 'include' | 'outcome'): any[] {
  return (bundle.entry ?? []).filter((entry: any) => entry.search.mode === mode).map((entry: any) => entry.resource);
}

/** What of a link follows the base: a url to search again. */
export function linkOf(bundle: any, relation: string): string | undefined {
  const url: string | undefined = bundle.link.find((link: any) => link.relation === relation)?.url;
  return url?.slice('http://localhost:8080/fhir'.length).replace(/^\//, '');
}

/** All pages from this one on. */
export async function pagesOf(search: Searching, url: string): Promise<any[]> {
  const pages = [await search.bundle(url)];
  for (let next = linkOf(pages[0], 'next'); next !== undefined; next = linkOf(pages.at(-1), 'next')) {
    pages.push(await search.bundle(next));
    if (pages.length > 200) throw new Error('The pages do not end.');
  }
  return pages;
}

/** Stores and plain connections of a test file, closed when it ends. */
import pg from 'pg';
import { afterAll, onTestFinished } from 'vitest';
import type { Store, StoreOptions } from '../../store/open.ts';
import { openDoubleStore } from './double.ts';

/** The store with the stand-in for its search side. Close it, or it is closed after the file. */
export async function openTestStore(options: Omit<StoreOptions, 'applicationName'>): Promise<Store> {
  const store = await openDoubleStore(options);
  open.add(store);
  return store;
}

const open = new Set<Store>();
afterAll(async () => {
  for (const store of open) await store.close();
});

/** Rows of a statement, every value as text. */
export async function rows(connection: pg.ClientConfig, text: string): Promise<unknown[][]> {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    const { rows: found } = await client.query<unknown[]>({ text, rowMode: 'array' });
    return found;
  } finally {
    await client.end();
  }
}

/** The first value of a statement. */
export async function first(connection: pg.ClientConfig, text: string): Promise<unknown> {
  return (await rows(connection, text))[0]?.[0];
}

/** Runs statements in a transaction of their own, which is left open until the function returned is called. */
export async function hold(
  connection: pg.ClientConfig,
  ...texts: string[]
): Promise<(end?: 'commit' | 'rollback') => Promise<void>> {
  const client = new pg.Client(connection);
  await client.connect();
  await client.query('begin');
  for (const text of texts) await client.query(text);
  let ended = false;
  const release = async (end: 'commit' | 'rollback' = 'commit') => {
    if (ended) return;
    ended = true;
    await client.query(end);
    await client.end();
  };
  onTestFinished(() => release());
  return release;
}

/** Stores on one database, as several processes have them, and what they are told. */
import { onTestFinished } from 'vitest';
import { openAccess, parseJson } from '../../../resources/index.ts';
import { openStore, type Store } from '../../../store/index.ts';
import { testContext } from '../../setup/context.ts';
import type { testDatabase } from '../../setup/database.ts';

export type Connection = Awaited<ReturnType<typeof testDatabase>>;

/** @param keeps whether it may build */
export async function another(connection: Connection, keeps = true): Promise<Store> {
  const store = await openStore({ connection, applicationName: 'vesta test', sequencer: keeps });
  onTestFinished(() => store.close());
  return store;
}

export const context = testContext();

export function draftOf(resource: { resourceType: string; id?: string; [element: string]: unknown }) {
  const parsed = parseJson(JSON.stringify(resource));
  return { type: resource.resourceType, id: resource.id, method: 'PUT', parsed, references: [] } as const;
}

export function put(store: Store, resource: { resourceType: string; id: string; [element: string]: unknown }) {
  return store.records.update(openAccess, draftOf(resource), {}, context);
}

export const parameter = (id: string, more: object = {}) => ({
  resourceType: 'SearchParameter',
  id,
  url: `http://hospital.example/SearchParameter/${id}`,
  name: id,
  description: id,
  status: 'active',
  code: id,
  base: ['Patient'],
  type: 'string',
  expression: 'Patient.contact.name.family',
  ...more,
});

export const patient = (id: string, family: string) => ({
  resourceType: 'Patient',
  id,
  name: [{ family }],
  contact: [{ name: { family } }],
});

export const settled = (store: Store) => store.parameters.settled(AbortSignal.timeout(30_000));

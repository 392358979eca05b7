import { catalogueOf } from '../../operations/catalogue.ts';
import type { Environment, OperationSettings } from '../../operations/interaction.ts';
import { jsonLimits, ownParameters } from '../../resources/index.ts';
import type { Closures, ConceptMaps, Concepts, Records, Store } from '../../store/index.ts';
import { openTerminology } from '../../terminology/index.ts';

/** The defaults of `server/config.ts`, as the operations know them. */
export const operationSettings: OperationSettings = {
  software: { name: 'Vesta', version: '0.0.0-test' },
  references: 'type',
  deleteReferenced: 'refuse',
  conditionalDelete: 'single',
  validation: 'on',
  profileFaults: 'error',
  enforce: [],
  limits: {
    ...jsonLimits,
    entries: 30_000,
    countDefault: 50,
    countMax: 1_000,
    deleteMax: 1_000,
    inlineBundleBytes: 4_000_000,
  },
};

/**
 * An environment whose store does what is given and nothing else: for what an interaction makes of answers that the
 * real store gives rarely.
 */
export function testEnvironment(
  records: Partial<Records> = {},
  settings: Partial<OperationSettings> = {},
  perform: Environment['perform'] = () => Promise.reject(new Error('Nothing is to be performed.')),
): Environment {
  return {
    store: {
      records,
      parameters: { ...ownParameters, states: () => [], refresh: async () => false },
    } as unknown as Store,
    terminology: openTerminology({ concepts: {} as Concepts, maps: {} as ConceptMaps, closures: {} as Closures }),
    settings: { ...operationSettings, ...settings },
    interactions: new Map(),
    catalogue: catalogueOf(new Map()),
    judging: { level: 'full' },
    shelf: undefined,
    requireRoom: () => {},
    perform,
  };
}

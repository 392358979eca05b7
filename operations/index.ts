/** The verbs: everything that can be asked of the server, behind one function. */

import { openShelf } from '../profiles/index.ts';
import type { Context } from '../resources/index.ts';
import { allows, Fault, loadFolder } from '../resources/index.ts';
import type { Store } from '../store/index.ts';
import { type Outside, openTerminology } from '../terminology/index.ts';
import { closeThreads } from './bundle/threads.ts';
import { type Call, type InteractionName, parseQuery, parseTarget, type Target } from './call.ts';
import { loadCatalogue } from './catalogue.ts';
import {
  type Answer,
  type Environment,
  GENERAL_PARAMETERS,
  type Interaction,
  type OperationSettings,
  type Request,
} from './interaction.ts';
import { judgingOf } from './judging.ts';
import { refuseProvenance } from './provenance.ts';

export type { Call, CallHeaders, InteractionName, Prefer, Query, Target } from './call.ts';
export { parseQuery, parseTarget } from './call.ts';
export type { Answer, OperationSettings, Request } from './interaction.ts';
export { submissionOf } from './submission.ts';

export interface Operations {
  /**
   * What `method` on `path` asks, before anything else of the request is looked at.
   * @throws Fault where nobody could ask that: see parseTarget, and for operations Catalogue.find
   */
  target(method: string, path: string): Target;
  /**
   * Carries out one request of the RESTful API.
   * @param told is called with what the request turned out to ask, before it is done
   * @throws Fault for everything that the caller can mend
   */
  perform(request: Request, context: Context, told?: (call: Call) => void): Promise<Answer>;
  /** Ends what runs beside the event loop. */
  close(): Promise<void>;
}

export interface OperationParts {
  readonly store: Store;
  readonly settings: OperationSettings;
  /** Raises the Fault for which nothing can be written at this moment. */
  readonly requireRoom?: () => void;
  /** A terminology server to ask about code systems that are not at hand. */
  readonly outside?: Outside;
}

/** Loads the interactions and returns them as one function. */
export async function openOperations(parts: OperationParts): Promise<Operations> {
  const interactions = await loadFolder<Interaction>(
    new URL('./interactions/', import.meta.url),
    'interaction',
    ({ name }) => name,
  );
  const { store, settings, requireRoom = () => {} } = parts;
  const terminology = openTerminology(store, parts.outside);
  const catalogue = await loadCatalogue();
  const shelf = openShelf({ definitions: store.definitions, valueSets: terminology });
  const environment: Environment = {
    store,
    settings,
    terminology,
    interactions,
    catalogue,
    judging: judgingOf(settings, shelf),
    shelf,
    requireRoom,
    perform,
  };
  const rehearsing: Environment = { ...environment, store: { ...store, records: store.rehearsal } };
  return { target: targetOf, perform, close: closeThreads };

  function targetOf(method: string, path: string): Target {
    const target = parseTarget(method, path);
    if (target.operation) catalogue.find(target);
    return target;
  }

  // Not an async function: one promise less on the way of every read.
  function perform(request: Request, context: Context, told?: (call: Call) => void): Promise<Answer> {
    try {
      const target = parseTarget(request.method, request.path);
      const interaction = interactions.get(target.interaction)!;
      const { headers, prefer, body, mediaType } = request;
      const call: Call = { ...target, query: parseQuery(request.query), headers, prefer, body, mediaType };
      told?.(call);
      authorise(interaction, call, context);
      if (interaction.verb in WRITING) requireRoom();
      requireKnownParameters(interaction, call);
      refuseProvenance(call);
      if (prefer.isRehearsal && CHANGING.has(interaction.name)) {
        return interaction.perform(call, rehearsing, context).then(rehearsed);
      }
      return interaction.perform(call, environment, context);
    } catch (error) {
      return Promise.reject(error);
    }
  }
}

function authorise({ verb }: Interaction, call: Call, { access }: Context): void {
  if (verb === 'none' || allows(access, verb, call.type ?? '*')) return;
  throw new Fault('forbidden', `You may not ${verb} ${call.type ?? 'resources of all types'}.`);
}

/** What may change something; to all else it makes no difference that nothing is to be kept. */
const CHANGING: ReadonlySet<InteractionName> = new Set([
  'create',
  'update',
  'patch',
  'delete',
  'transaction',
  'batch',
  'operation',
]);

/** RFC 7240, 3: the client hears that its preference was followed, and what it reads is what would have been. */
function rehearsed(answer: Answer): Answer {
  return { ...answer, headers: { ...answer.headers, 'Preference-Applied': 'dry-run' } };
}

/** Bundles ask themselves, when they know what they will write. */
const WRITING: Partial<Record<Interaction['verb'], true>> = { create: true, update: true, delete: true };

/**
 * A parameter that does nothing is refused: the caller believes that it does something. On a write to one id it would
 * be believed to be a condition. Lenient handling is for searches (R4 search, errors), whose answers can tell what was
 * ignored; no other answer has a place for that.
 */
function requireKnownParameters({ name, parameters }: Interaction, call: Call): void {
  if (call.query.length === 0 || parameters === 'operation') return;
  const searches = parameters === 'search';
  if (searches && call.id === undefined) return;
  const known = searches ? GENERAL_PARAMETERS : [...parameters, ...GENERAL_PARAMETERS];
  const unknown = call.query.find(([key]) => !known.includes(key));
  if (!unknown) return;
  const told = known.filter((parameter) => parameter !== '_page').join(', ');
  throw new Fault('unknown-parameter', `${JSON.stringify(unknown[0].slice(0, 64))} is not a parameter of ${name}.`, {
    expression: unknown[0].slice(0, 64),
    hint: `It takes ${told}.`,
  });
}

/**
 * What a caller may touch: a frozen value of facts about the caller, built once per request and made part of every
 * statement by `store/access.ts`. No function of the store's face can be called without one.
 */
export type Verb = 'create' | 'read' | 'update' | 'delete' | 'search';

/** A set of types and verbs the caller was given. `types` is '*' for all of them. */
export interface Grant {
  readonly types: '*' | readonly string[];
  readonly verbs: readonly Verb[];
}

export interface Access {
  /** Who acts: a reference such as `Practitioner/7`, or `system`, or `anonymous` where no sign-in is asked. */
  readonly actor: string;
  /** Why, for the server's own work: told in the audit. */
  readonly reason?: string;
  readonly grants: readonly Grant[];
  /** Whether the caller may see how the server works, such as the plan of a search. */
  readonly administers?: boolean;
}

const everything: readonly Grant[] = Object.freeze([
  Object.freeze({ types: '*', verbs: Object.freeze(['create', 'read', 'update', 'delete', 'search'] as const) }),
]);

/** The caller of a server in `open` mode: nobody signed in, everything allowed, loopback only. */
export const openAccess: Access = Object.freeze({ actor: 'anonymous', grants: everything, administers: true });

/** The server's own work, e.g. a load from the command line; `reason` says which. */
export function systemAccess(reason: string): Access {
  return Object.freeze({ actor: 'system', reason, grants: everything, administers: true });
}

/** Whether a grant of this caller covers the verb on the type (`*` asks for all types together). */
export function allows(access: Access, verb: Verb, type: string): boolean {
  return access.grants.some(
    (grant) => grant.verbs.includes(verb) && (grant.types === '*' || (type !== '*' && grant.types.includes(type))),
  );
}

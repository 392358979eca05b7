/** What an interaction is: a name, who may, and what it does. One file of `interactions/` each. */
import type { JudgeOptions, Shelf } from '../profiles/index.ts';
import type { Context, JsonLimits, Verb } from '../resources/index.ts';
import type { Store } from '../store/index.ts';
import type { Terminology } from '../terminology/index.ts';
import type { Call, CallHeaders, InteractionName, Prefer, Query } from './call.ts';
import type { Catalogue } from './catalogue.ts';

/** What the server was configured to do; each row stands in `server/config.ts`. */
export interface OperationSettings {
  readonly software: { readonly name: string; readonly version: string };
  /** `exist`: a literal local reference must have a target; `type`: only its type is checked. */
  readonly references: 'type' | 'exist';
  readonly deleteReferenced: 'refuse' | 'allow';
  readonly conditionalDelete: 'single' | 'multiple';
  /** `off`: the structure only. */
  readonly validation: 'on' | 'off';
  /** What faults against profiles weigh that are installed and claimed. */
  readonly profileFaults: 'error' | 'warning';
  /** Types for which the server's own profiles weigh as errors. */
  readonly enforce: readonly string[];
  readonly limits: JsonLimits & {
    readonly entries: number;
    readonly countDefault: number;
    readonly countMax: number;
    /** Most resources that one conditional delete may remove. */
    readonly deleteMax: number;
    /** Bundles longer than this are parsed and checked on another thread. */
    readonly inlineBundleBytes: number;
  };
}

/** The answer to a call, before HTTP or a Bundle entry dresses it. */
export interface Answer {
  readonly status: number;
  /** JSON text of a resource. */
  readonly body?: string;
  /** The body is what was asked for, and no outcome beside it, also where it is an OperationOutcome. */
  readonly isResult?: true;
  readonly etag?: string;
  /** ISO instant. */
  readonly lastModified?: string;
  /** Relative to the base: `Patient/1/_history/2`. */
  readonly location?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One request in the words of the door or of a Bundle entry. `path` follows the base and has no query. */
export interface Request {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: CallHeaders;
  readonly prefer: Prefer;
  readonly body?: string;
  readonly mediaType?: string;
}

/** What interactions work with. */
export interface Environment {
  readonly store: Store;
  readonly terminology: Terminology;
  readonly settings: OperationSettings;
  /** Every interaction that there is, by name: what the metadata is built from. */
  readonly interactions: ReadonlyMap<string, Interaction>;
  readonly catalogue: Catalogue;
  /** How resources are judged that somebody wants to store. */
  readonly judging: JudgeOptions;
  /** Where the definitions come from that the judge asks for. */
  readonly shelf: Shelf | undefined;
  /** Raises the Fault for which nothing can be written at this moment. */
  requireRoom(): void;
  /** Sends a Bundle entry back to the beginning, never over HTTP. */
  perform(request: Request, context: Context): Promise<Answer>;
}

export interface Interaction {
  readonly name: InteractionName;
  /** What the caller must be granted on the type of the call (on all types where it has none). */
  readonly verb: Verb | 'none';
  /** Query parameters that it understands beside `_format` and `_pretty`; 'search' and 'operation' leave the judgement to the search grammar or the operation. */
  readonly parameters: readonly string[] | 'search' | 'operation';
  perform(call: Call, environment: Environment, context: Context): Promise<Answer>;
}

/** Checks and freezes the definition of an interaction. */
export function defineInteraction(interaction: Interaction): Interaction {
  return Object.freeze(interaction);
}

/** Query parameters that every interaction takes and the door obeys. https://hl7.org/fhir/R4/http.html#parameters */
export const GENERAL_PARAMETERS: readonly string[] = ['_format', '_pretty'];

/** The query without the parameters that the door obeys. */
export function withoutGeneral(query: Query): Query {
  return query.filter(([name]) => !GENERAL_PARAMETERS.includes(name));
}

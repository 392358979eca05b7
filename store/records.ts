/**
 * The face of the records: what the floors above may ask of them. Every function takes the caller's access first, and
 * every statement behind it carries that access as a condition.
 */
import type { Access, Context, Finding, Parsed } from '../resources/index.ts';
import type { Needed } from './dictionary.ts';
import type { Explanation } from './search/explain.ts';
import type { IndexValues } from './search/index-values.ts';
import type { Search } from './search/tree.ts';

/** One stored version, as it is told to callers. */
export interface Version {
  readonly type: string;
  readonly id: string;
  readonly version: number;
  /** ISO instant, milliseconds, Z. */
  readonly lastUpdated: string;
  readonly method: Method;
  readonly deleted: boolean;
  /**
   * `MedicationRequest/23`, where it is contained there: the id is then the one within it, while version, time and method
   * are the container's.
   */
  readonly container?: string;
  /** JSON text of the whole resource, with id and meta; '' where deleted. */
  readonly text: string;
}

export type Method = 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Content that was judged and may be stored. */
export interface Draft {
  readonly type: string;
  /** Undefined: the store gives a time-ordered one (UUID version 7). */
  readonly id: string | undefined;
  readonly method: 'POST' | 'PUT' | 'PATCH';
  readonly parsed: Parsed;
  /** Every Reference in the content, wherever it stands. */
  readonly references: readonly { readonly reference: string }[];
}

/** A draft made ready for writing by pure work (text spliced, index values extracted), on whatever thread. */
export interface Prepared {
  readonly type: string;
  readonly id: string;
  readonly method: 'POST' | 'PUT' | 'PATCH';
  /** JSON text without resourceType, id and meta. */
  readonly body: string;
  /** JSON text of meta without versionId and lastUpdated. */
  readonly meta: string | undefined;
  readonly values: IndexValues;
}

/** Takes new resources of a transaction one by one and keeps no more of each than what is sent to Postgres. */
export interface Encoder {
  /**
   * Adds a resource under an id that nobody else can have.
   * @param textToCome characters of this one and of those after it: how much room is made at once
   */
  add(draft: Draft, textToCome: number): void;
  finish(): Encoded;
}

/** New resources as they travel to Postgres: plain data, which may come from another thread. */
export interface Encoded {
  readonly types: readonly string[];
  /** The generation of users' search parameters that they were prepared for. */
  readonly generation: number;
  readonly statements: readonly {
    /** Bit n: the n-th side table gets rows. */
    readonly sides: number;
    /** The resources, then the rows of each side table. */
    readonly values: readonly Uint8Array<ArrayBuffer>[];
    readonly rows: number;
  }[];
  readonly needs: readonly { readonly type: number; readonly values: Needed }[];
  /** What those lock that have identifiers. */
  readonly identities: readonly Identified[];
}

/** As much of a prepared resource as says what it locks. */
export interface Identified {
  readonly type: string;
  readonly values: { readonly locks: readonly bigint[] };
}

/** What must hold of the stored version before it is replaced or deleted. */
export interface Condition {
  /** The version that must be current; '*' any existing one. */
  readonly ifMatch?: number | '*';
  /** If-None-Match: * — there must be none. */
  readonly ifNoneMatchAny?: boolean;
}

/** Search criteria of a conditional interaction or a conditional reference: `Patient?identifier=…`. */
export interface Criteria {
  readonly type: string;
  readonly query: readonly (readonly [name: string, value: string])[];
  /** Where they were given, for faults: `If-None-Exist`, `Bundle.entry[3].request.url`. */
  readonly where: string;
}

export type Decision =
  | { readonly do: 'return' }
  | { readonly do: 'create'; readonly draft: Draft }
  | { readonly do: 'update'; readonly draft: Draft; readonly condition?: Condition }
  | { readonly do: 'delete' };

export interface Written {
  readonly version: Version;
  readonly created: boolean;
  /** False where the content was what is stored already: no new version was made. */
  readonly changed: boolean;
}

export type Write =
  | { readonly do: 'create'; readonly content: Prepared }
  | { readonly do: 'update'; readonly content: Prepared; readonly condition?: Condition }
  | { readonly do: 'delete'; readonly type: string; readonly id: string; readonly condition?: Condition };

/** Everything of a transaction Bundle that changes something, all or nothing. */
export interface WriteSet {
  /**
   * Criteria on which the writes were decided, with the ids that they selected then. They are locked and searched
   * again inside the transaction; where the answer differs, nothing is written and `stale` is returned.
   */
  readonly guards: readonly { readonly criteria: Criteria; readonly ids: readonly string[] }[];
  readonly writes: readonly Write[];
  /** New resources beside the writes, of which no results are told: all of them get version 1. */
  readonly encoded?: Encoded;
}

/** A write that is decided while the resource that it changes is held. */
export interface Revision {
  readonly write: Write;
  /** New resources to be stored with it, once it is known what it came to; not asked where nothing changes. */
  with?(written: Written): readonly Prepared[];
}

export interface Page {
  readonly count: number;
  /** Opaque continuation given by the page before. */
  readonly after?: string;
}

/** A version as a history tells it. */
export interface HistoryVersion extends Version {
  /** It brought the resource back after a deletion. */
  readonly revived?: boolean;
}

export interface HistoryPage {
  readonly versions: readonly HistoryVersion[];
  /** Continuation; undefined on the last page. */
  readonly next?: string;
  /** Number of versions in all, where it costs nothing or was asked for. */
  readonly total?: number;
}

/** One page of results. */
export interface SearchPage {
  readonly matches: readonly Version[];
  readonly included: readonly Version[];
  /** How well each match fits the words that were asked for, from 0 to 1; undefined where none were. */
  readonly scores?: readonly number[];
  /** Number of all matches, where it was asked for or costs nothing. */
  readonly total?: number;
  /** Continuations for `_page`. */
  readonly next?: string;
  readonly previous?: string;
  /** What is to be told beside the results. */
  readonly notes: readonly Finding[];
}

export interface Records {
  /** The newest version, a deletion included. One trip. */
  read(access: Access, type: string, id: string, context: Context): Promise<Version | undefined>;
  vread(access: Access, type: string, id: string, version: number, context: Context): Promise<Version | undefined>;
  /** Newest first. `since`: not before; `at`: current at that time (instant or partial date). */
  history(
    access: Access,
    scope: { readonly type?: string; readonly id?: string },
    page: Page & { readonly since?: string; readonly at?: string; readonly countOnly?: boolean },
    context: Context,
  ): Promise<HistoryPage>;
  /** One trip. @throws Fault `conflict` where a given id is taken. */
  create(access: Access, draft: Draft, context: Context): Promise<Version>;
  /** Creates where there is none (or a deletion). One trip where the current version is at hand, else two. @throws Fault `version-conflict` */
  update(access: Access, draft: Draft, condition: Condition, context: Context): Promise<Written>;
  /** Undefined where there was nothing to delete. @throws Fault `referenced`, `version-conflict` */
  delete(
    access: Access,
    type: string,
    id: string,
    condition: Condition,
    context: Context,
  ): Promise<Version | undefined>;
  /**
   * Locks the identities in the criteria, searches in a later snapshot, and does what `decide` says of the matches
   * (at most two are given, with their texts), all in one transaction.
   */
  conditional(
    access: Access,
    criteria: Criteria,
    context: Context,
    decide: (matches: readonly Version[]) => Decision | Promise<Decision>,
  ): Promise<Written>;
  /** Deletes every match, at most `max`. @throws Fault `too-costly` where there are more; then nothing is deleted. */
  deleteMatches(access: Access, criteria: Criteria, max: number, context: Context): Promise<number>;
  /** For each criteria up to two matching ids; one trip for each group of one shape. */
  match(access: Access, criteria: readonly Criteria[], context: Context): Promise<readonly (readonly string[])[]>;
  /** One page of a search, whatever it includes. One trip. @throws Fault of a page that was not made for this search and caller */
  search(access: Access, search: Search, context: Context): Promise<SearchPage>;
  /** How Postgres carries a search out: it is run, and its results are thrown away. */
  explain(access: Access, search: Search, context: Context): Promise<Explanation>;
  /** Several newest versions by key in one trip; absent ones are left out. */
  readMany(
    access: Access,
    keys: readonly { type: string; id: string }[],
    context: Context,
  ): Promise<readonly Version[]>;
  /** Those of the keys that have no current resource. One trip. */
  missing<K extends { type: string; id: string }>(
    access: Access,
    keys: readonly K[],
    context: Context,
  ): Promise<readonly K[]>;
  /** Strips, extracts and gives an id: pure, no trip. */
  prepare(draft: Draft): Prepared;
  /** For large sets of new resources; `lastUpdated`, in milliseconds since 1970, becomes that of all of them. Pure, no trip. */
  encoder(lastUpdated: number): Encoder;
  /** All or nothing. Results in the order of `writes`; a delete of nothing gives undefined. */
  commit(access: Access, set: WriteSet, context: Context): Promise<'stale' | readonly (Written | undefined)[]>;
  /**
   * Holds one resource, reads it, and does what `decide` says of its newest version (a deletion included), all in one
   * transaction: nobody else can write it in between.
   * @returns undefined for a delete of nothing; `stale` as `commit` does
   */
  revise(
    access: Access,
    target: { readonly type: string; readonly id: string; readonly guards: WriteSet['guards'] },
    context: Context,
    decide: (current: Version | undefined) => Revision | Promise<Revision>,
  ): Promise<'stale' | Written | undefined>;
}

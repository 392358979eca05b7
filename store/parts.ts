/** What the rooms of the store share: connections, caches, the extractor of index values. */
import type { Access, Context, Parsed } from '../resources/index.ts';
import type { Database } from './database.ts';
import type { Dictionary } from './dictionary.ts';
import type { Generations } from './parameters/renew.ts';
import type { ParameterSet } from './parameters/set.ts';
import type { Criteria, Version } from './records.ts';
import type { CustomRows, CustomSet } from './search/custom.ts';
import type { IndexValues } from './search/index-values.ts';
import type { Words } from './search/text-rows.ts';
import type { Statement } from './session.ts';
import type { TypeNumbers } from './types.ts';
import type { CurrentCache } from './write/current.ts';
import type { Keyed } from './write/keyed.ts';
import type { WriteQueue } from './write/queue.ts';
import type { RowTypes } from './write/rows.ts';
import type { Referred } from './write/statements.ts';

/** What a resource is found by, and the keyed hash of this database: see store/search/extract.ts. */
export interface Extractor {
  extract(type: string, id: string, parsed: Parsed, references: readonly { readonly reference: string }[]): IndexValues;
  /** Users' parameters: see store/search/custom.ts. */
  use?(set: CustomSet): void;
  withCustom?(type: string, id: string, parsed: Parsed, values: IndexValues): IndexValues;
  customRows?(type: string, id: string, parsed: Parsed, slots: ReadonlySet<number>): CustomRows | undefined;
  hash(text: string): bigint;
  /** Hash of `Type/id`. */
  rid(type: string, id: string): bigint;
}

/** How criteria of conditional interactions are searched. */
export interface Matcher {
  /**
   * A statement that finds current resources the caller may see, at most `limit`: the id and VERSION_COLUMNS of each.
   * @throws Fault where a criterion is unknown or has a bad value; none is ever ignored
   */
  statement(access: Access, criteria: Criteria, limit: number, context: Context): Statement;
  /** Whether the criteria hold of the resource's JSON: what a hash found, the text decides. */
  holds(criteria: Criteria, version: Version, context: Context): boolean;
}

export interface Parts {
  readonly database: Database;
  readonly types: TypeNumbers;
  readonly rowTypes: RowTypes;
  readonly extractor: Extractor;
  readonly dictionary: Dictionary;
  readonly cache: CurrentCache;
  readonly queue: WriteQueue;
  readonly keyed: Keyed;
  readonly matcher: Matcher;
  readonly words: Words;
  readonly parameters: ParameterSet;
  readonly generations: Generations;
  readonly referred: Referred;
  /** Milliseconds since 1970, for ids made outside a request. */
  readonly now: () => number;
}

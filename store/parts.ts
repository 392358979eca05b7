/** What the rooms of the store share: connections, caches, the extractor of index values. */
import type { Access, Context } from '../resources/index.ts';
import type { Database } from './database.ts';
import type { Dictionary } from './dictionary.ts';
import type { Extractor } from './extractor.ts';
import type { Lane } from './lane.ts';
import type { Generations } from './parameters/renew.ts';
import type { ParameterSet } from './parameters/set.ts';
import type { Criteria, Version } from './records.ts';
import type { Shares } from './search/shares.ts';
import type { Words } from './search/text-rows.ts';
import type { Statement } from './session.ts';
import type { TypeNumbers } from './types.ts';
import type { CurrentCache } from './write/current.ts';
import type { Referred } from './write/deletions.ts';
import type { Keyed } from './write/keyed.ts';
import type { WriteQueue } from './write/queue.ts';
import type { RowTypes } from './write/rows.ts';

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
  readonly database: Omit<Database, 'transactions'> & { readonly transactions: Pick<Lane, 'use'> };
  readonly types: TypeNumbers;
  readonly rowTypes: RowTypes;
  readonly extractor: Extractor;
  readonly dictionary: Pick<Dictionary, 'ensure' | 'ensureCodes'>;
  readonly cache: Pick<CurrentCache, 'get' | 'set' | 'forget'>;
  readonly queue: WriteQueue;
  readonly keyed: Keyed;
  readonly matcher: Matcher;
  readonly words: Words;
  /** How common tokens are. */
  readonly shares: Shares;
  readonly parameters: ParameterSet;
  readonly generations: Generations;
  readonly referred: Referred;
  /** Milliseconds since 1970, for ids made outside a request. */
  readonly now: () => number;
}

/** What the kinds of search parameters say to each other and to the plan: values asked for, conditions in SQL. */
import type { SearchParameter } from '../../resources/index.ts';
import type { Sql } from '../sql.ts';
import type { Among } from './among.ts';
import type { CodeSet } from './code-sets.ts';

/** R4's prefixes of ordered values. https://hl7.org/fhir/R4/search.html#prefix */
export type Prefix = 'eq' | 'ne' | 'gt' | 'lt' | 'ge' | 'le' | 'sa' | 'eb' | 'ap';

/** What the SQL of a kind stands on beside its parameter and values. */
export interface PlanContext {
  /** Alias of the row of `res` that is judged: `o`. */
  readonly alias: string;
  /** The resource type that the alias ranges over. */
  readonly type: string;
  readonly typeNumber: number;
  /** Keyed hash of this database. */
  hash(text: string): bigint;
  /** Hash of `Type/id`. */
  rid(type: string, id: string): bigint;
  /** IANA name: what dates without a zone mean. */
  readonly zone: string;
  /** Milliseconds since 1970, for `ap`. */
  readonly now: number;
  /** Set where the values stand in side rows of this one slot, and the alias is a row made of these. */
  readonly aside?: { readonly k: number };
  /** About how many rows hold a token, where they are many. */
  rowsOf?(token: bigint): number | undefined;
  /** Whether contained resources are among the rows of the alias. */
  readonly among?: Among;
  /** Own FHIR base without a slash at the end: absolute references to it are local ones. */
  readonly base: string;
  /** Sets of codes by `questionKey`; undefined where none can be asked for. */
  readonly codeSets?: ReadonlyMap<string, CodeSet> | undefined;
}

/** How few rows a driver is expected to bring, the fewest first. The plan takes the condition of the lowest rank. */
export const RANK = {
  key: 0,
  identifier: 1,
  subjectAndCode: 1.5,
  subject: 2,
  // Rarer than most codes, as a rule: a few words stand together in few resources.
  words: 2.5,
  codeAndNumber: 2.7,
  codeAndDate: 2.8,
  token: 3,
  string: 4,
  closedRange: 5,
  openRange: 7,
} as const;

/** An index that finds rows, none missing and perhaps some too many: the filter decides. */
export interface Driver {
  readonly rank: number;
  /** A condition on the alias that an index of `res` answers … */
  readonly where?: Sql;
  /** … or a SELECT of one column `rid` of rows of the type, duplicates allowed. */
  readonly rids?: Sql;
  /** The same for searches over several types: a SELECT of `type` and `rid`. */
  readonly across?: Sql;
  /** Set where one look-up brings the rows of all types. */
  readonly isWhole?: true;
  /** About how many rows it brings, where they are known to be many. */
  readonly rows?: number;
  /** The same as a condition on the alias, for those who look at every match: each row is read once. */
  readonly bare?: Sql;
  /** Rows after which the walk is the better way, where these are fewer than for others. */
  readonly most?: number;
}

/** Rows outside of these bounds on a date column cannot match; several conditions on one column drive together. */
export interface Stretch {
  readonly column: 'dt' | 'dt2' | 'dt3' | 'lu';
  /** Microseconds since 1970: the range of a matching row ends after this … */
  readonly from: bigint;
  /** … and begins before this. */
  readonly before: bigint;
  /** A SELECT of `rid` of the matching rows whose values do not stand in the column. */
  readonly beside?: Sql;
  /** Of a row whose value stands in the column, whether it matches: by the columns of the date alone. */
  readonly within?: Sql;
}

/** Values of a column that stands in front of others in an index: what matches has one of them, but for second codings. */
export interface Hot {
  readonly column: 'subj' | 'code1';
  /** Undefined where only the database knows them: codes that are asked for without a system. */
  readonly values: readonly bigint[] | undefined;
  /** The same as an array in SQL, perhaps with some too many: the filter decides. */
  readonly list: Sql;
  /** Whether there are some too many, where that can be. */
  readonly isDoubtful?: Sql;
  /** Of the code: slot of the codings beyond the first, which stand in side rows. */
  readonly k?: number;
}

/** A condition on the column `num` or its canonical form. */
export interface NumberTest {
  /** On the column of an alias. */
  inColumn(alias: string): Sql;
  /** A SELECT of `rid` of the matching rows whose values do not stand in the column. */
  readonly beside: Sql;
}

export interface Condition {
  /** True for the rows that match, false or NULL for the others; written so that no index can be driven by it. */
  readonly filter: Sql;
  readonly driver?: Driver;
  readonly stretch?: Stretch;
  readonly hot?: Hot;
  readonly number?: NumberTest;
  /** Set where it looks through all of a table, no index finding what it asks of that. */
  readonly scans?: true;
}

/**
 * A kind of parameter, reading side: values that stand in the URL of one parameter, OR-ed.
 * `values` are split at commas that are not escaped; escapes are still in them (`unescaped`).
 * @throws Fault `invalid-value`, `unsupported-modifier`
 */
export type Where = (
  parameter: SearchParameter,
  values: readonly string[],
  modifier: string | undefined,
  context: PlanContext,
) => Condition;

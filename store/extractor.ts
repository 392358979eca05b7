/** What the writing side asks of the search side. */
import type { Parsed } from '../resources/index.ts';
import type { CustomRows, CustomSet } from './search/custom.ts';
import type { IndexValues } from './search/index-values.ts';

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

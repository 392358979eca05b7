/** The cellar: where resources live, and every line of SQL. */
export * from './cluster.ts';
export { type Definitions, markOf, meantFirst, type StoredDefinition } from './definitions.ts';
export { fitting } from './guides/depend.ts';
export type * from './guides/records.ts';
export { type MigrationReport, migrate } from './migrate.ts';
export type { EventLog, PreparerData, Store, StoreOptions } from './open.ts';
export type { Parameters } from './parameters/room.ts';
export type { ParameterState } from './parameters/set.ts';
export type * from './records.ts';
export {
  type CodeSet,
  type CodeSetQuestion,
  type CodeSets,
  type CodeSetTable,
  type DefinitionName,
  type DefinitionType,
  questionKey,
  StaleCodeSets,
} from './search/code-sets.ts';
export { isCaseless } from './search/coding.ts';
export type { CustomSet } from './search/custom.ts';
export type { Explanation } from './search/explain.ts';
export { parseSearch, type SearchRequest } from './search/parse.ts';
export type { Compartment, Search } from './search/tree.ts';
export { codeSetQuestions } from './search/value-set.ts';
export { type PostgresServer, postgresServer } from './server.ts';
export type { PgConnectionOptions } from './session.ts';
export { openPreparer, openStore } from './store.ts';
export type { Closure, ClosureConcept, ClosureEntry, Closures } from './terminology/closures.ts';
export { CONCEPT_OPERATORS } from './terminology/condition.ts';
export type { ConceptRow, SystemToLoad } from './terminology/load.ts';
export type { ConceptAnswer, ConceptQuestion, LoadedConcept, LoadedSystem } from './terminology/loaded.ts';
export type { ConceptMaps, MappedElement, StoredMap } from './terminology/maps.ts';
export type { ConceptPage, PageRequest } from './terminology/page.ts';
export type { Collected, Piece } from './terminology/pieces.ts';
export type { LoadedRelease, Releases } from './terminology/releases.ts';
export {
  ALL,
  type AttributeTest,
  both,
  type ConceptFilter,
  either,
  NONE,
  not,
  type Term,
  type TermSystem,
  type ValueTest,
} from './terminology/term.ts';
export { uuid7 as newId } from './uuid.ts';
export type { Concepts, SetCode } from './value-sets.ts';

/** The ground: the words of FHIR that every floor speaks in. */
export * from './access.ts';
export * from './article.ts';
export * from './compartments.ts';
export type { Around } from './condition/code.ts';
export * from './condition/condition.ts';
export { Element, toElement } from './condition/item.ts';
export * from './context.ts';
export * from './definitions.ts';
export * from './extension-definition.ts';
export {
  compile,
  type Evaluate,
  type LocateLimits,
  locate,
  locateLimits,
  type Place,
  splitElement,
} from './fhirpath.ts';
export * from './fhirpath-selection.ts';
export * from './folder.ts';
export * from './instant.ts';
export * from './json.ts';
export type { Place as TextPlace } from './json-mistake.ts';
export { placeIn, placesOf } from './json-places.ts';
export { spanOf } from './json-span.ts';
export * from './labels.ts';
export * from './nearest.ts';
export * from './outcome.ts';
export * from './own-terminology.ts';
export * from './parameters/custom.ts';
export * from './path.ts';
export * from './reference.ts';
export * from './rules.ts';
export * from './search-parameters.ts';
export * from './splice.ts';
export * from './subset.ts';
export * from './type.ts';
export * from './type-definitions.ts';

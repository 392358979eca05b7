/** The ground: the words of FHIR that every floor speaks in. */
export * from './access.ts';
export * from './context.ts';
export * from './definitions.ts';
export * from './outcome.ts';

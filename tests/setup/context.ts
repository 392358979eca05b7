import type { Context, Observation } from '../../resources/index.ts';
import { openAccess } from '../../resources/index.ts';

export interface TestContext extends Context {
  /** Everything that was observed, in order. */
  readonly observed: Observation[];
}

/** What travels with a call, for tests below the door. */
export function testContext(changes: Partial<Context> = {}): TestContext {
  const observed: Observation[] = [];
  return {
    access: openAccess,
    requestId: 'test',
    base: 'http://localhost:8080/fhir',
    now: Date.now,
    signal: new AbortController().signal,
    observe: (observation) => void observed.push(observation),
    ...changes,
    observed,
  };
}

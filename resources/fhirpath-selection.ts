/**
 * What an expression of a user's selects from each resource of a type, bounded, with the places of the values.
 * The engine itself is reached through fhirpath.ts.
 */
import {
  compiled,
  isNode,
  isPresent,
  type LocateLimits,
  parsed,
  quiet,
  refuseOtherFunctions,
  short,
  tooCostly,
  toPlace,
} from './fhirpath.ts';
import { Fault } from './outcome.ts';

/** One value that an expression selects; holder and key tell where it stands, unless it was calculated. */
export interface Picked {
  readonly value: any;
  readonly fhirType: string;
  readonly holder: any;
  readonly key: string | number;
}

/** What an expression of a user's may cost on one resource: the union of more would hold everything else up. */
export const selectionLimits: LocateLimits = { expressionCharactersMax: 4000, resultsMax: 20_000 };

/**
 * Compiles an expression of a user's that is evaluated on every resource of a type, as search parameters are.
 * @returns what it selects, in order. The function throws Fault `unprocessable` where it cannot be evaluated on a resource,
 * `too-costly` where it takes too many steps there.
 * @throws Fault `invalid-value` (does not parse), `not-supported` (a function that is refused), `too-costly` (too long).
 */
export function selection(expression: string, limits: LocateLimits = selectionLimits): (resource: unknown) => Picked[] {
  if (expression.length > limits.expressionCharactersMax) {
    throw new Fault('too-costly', `A FHIRPath of ${expression.length} characters is too long to be evaluated.`, {
      hint: `At most ${limits.expressionCharactersMax} characters are taken.`,
    });
  }
  const run = compiled(expression);
  refuseOtherFunctions(parsed(expression), true);
  return (resource) => {
    let results = 0;
    const count = (_context: unknown, _focus: unknown, result: unknown) => {
      results += 1 + (Array.isArray(result) ? result.length : 0);
      if (results > limits.resultsMax) throw new Error('budget');
    };
    try {
      const found = run(resource, { resource, rootResource: resource }, { ...quiet, debugger: count });
      return found.filter(isPresent).map((item) => toPicked(item, resource));
    } catch (cause) {
      if (results > limits.resultsMax) throw tooCostly(expression, limits);
      throw new Fault('unprocessable', `The FHIRPath expression \`${short(expression)}\` cannot be evaluated here.`, {
        cause,
      });
    }
  };
}

function toPicked(item: unknown, resource: unknown): Picked {
  if (!isNode(item)) return { value: item, fhirType: calculatedType(item), holder: undefined, key: '' };
  const fhirType = item.fhirNodeDataType ?? '';
  let holder: any;
  let value: any = resource;
  let key: string | number = '';
  for (const step of toPlace(item, '')) {
    for (const part of step.index === undefined ? [step.key] : [step.key, step.index]) {
      holder = value;
      key = part;
      value = holder?.[part];
    }
  }
  // The engine also knows the primitive's extension when there is no value.
  return { value: value ?? undefined, fhirType, holder, key };
}

function calculatedType(value: unknown): string {
  if (typeof value === 'boolean') return 'boolean';
  return typeof value === 'number' ? 'decimal' : 'string';
}

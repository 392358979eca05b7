/**
 * What a SearchParameter must be to become a parameter of this server, beyond its structure.
 * https://hl7.org/fhir/R4/searchparameter.html
 */
import { customParameters, type Finding } from '../resources/index.ts';

/**
 * Judges a SearchParameter whose structure is right. Only one with status `active` has to be a parameter that works;
 * any other is kept as it is.
 * @returns findings with the path to the element
 */
export function searchParameterFindings(resource: unknown): readonly Finding[] {
  return customParameters(resource).findings;
}

/** Which references put a resource into a compartment. https://hl7.org/fhir/R4/compartmentdefinition.html */
import { compartmentDefinitions } from './definitions.ts';
import { searchParameters } from './search-parameters.ts';

/**
 * Names of the reference slots by which a resource of a type is in the compartment of a resource: a reference there to a
 * resource of the owner's type puts it in.
 * @param owner Patient, Encounter, Practitioner, RelatedPerson or Device
 */
export function compartmentSlots(owner: string, type: string): ReadonlySet<string> {
  const codes = compartmentDefinitions()[owner]?.[type] ?? [];
  const parameters = searchParameters(type);
  return new Set(codes.flatMap((code) => parameters.get(code)?.slots.map((slot) => slot.name) ?? []));
}

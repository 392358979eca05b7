/** An operation as an OperationDefinition: what its file says, in FHIR's form. https://hl7.org/fhir/R4/operationdefinition.html */
import type { OperationDefinition, OperationDefinitionParameter } from 'fhir/r4.js';
import { canonicalOf, type Operation, type ParameterDefinition } from './operation.ts';

/** @param base the FHIR base, for the canonical of an operation that is no one else's */
export function operationDefinition(operation: Operation, base: string): OperationDefinition {
  const { id, code, title, description, affectsState, levels, types, parameters } = operation;
  return {
    resourceType: 'OperationDefinition',
    id,
    url: canonicalOf(operation, base),
    version: '4.0.1',
    name: nameOf(id),
    title,
    status: 'active',
    kind: 'operation',
    description,
    affectsState,
    code,
    resource: types as OperationDefinition['resource'],
    system: levels.system ?? false,
    type: levels.type ?? false,
    instance: levels.instance ?? false,
    ...(parameters.length > 0 ? { parameter: parameters.map(toParameter) } : {}),
  };
}

function toParameter({
  name,
  use,
  min,
  max,
  documentation,
  type,
  parts,
}: ParameterDefinition): OperationDefinitionParameter {
  return {
    name,
    use,
    min,
    max: String(max),
    documentation,
    ...(type === undefined ? {} : { type: type as OperationDefinitionParameter['type'] }),
    ...(parts === undefined ? {} : { part: parts.map(toParameter) }),
  };
}

/** `ValueSet-validate-code` → `ValueSetValidateCode`: a name that programs can use. */
function nameOf(id: string): string {
  return id.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
}

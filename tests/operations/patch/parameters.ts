/** Makes FHIRPath Patches for the tests, and tells their refusals. */
import { fhirpathPatch } from '../../../operations/patch/fhirpath-patch.ts';
import { Fault } from '../../../resources/outcome.ts';

export const plain = (value: unknown) => ({ value, digits: undefined });

/** A parameter out of plain JSON: `{ type: 'add', value: { valueDate: … } }`. */
export function operation(parts: Record<string, any>) {
  const members: Record<string, string> = {
    type: 'valueCode',
    path: 'valueString',
    name: 'valueString',
    index: 'valueInteger',
    source: 'valueInteger',
    destination: 'valueInteger',
  };
  return {
    name: 'operation',
    part: Object.entries(parts).map(([name, value]) =>
      name === 'value' ? { name, ...value } : { name, [members[name] ?? 'valueString']: value },
    ),
  };
}

export const parameters = (...operations: Record<string, any>[]) => ({
  resourceType: 'Parameters',
  parameter: operations.map(operation),
});

export const patched = (resource: any, ...operations: Record<string, any>[]) =>
  fhirpathPatch(plain(resource), plain(parameters(...operations))).value;

export function faultOf(action: () => unknown): Fault {
  try {
    action();
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error('No fault was raised.');
}

/** Status, expression and text of the refusal. */
export function refusal(resource: any, ...operations: Record<string, any>[]) {
  const fault = faultOf(() => patched(resource, ...operations));
  return [fault.status, fault.findings[0]?.expression, fault.message];
}

import { expect, it } from 'vitest';
import { loadCatalogue } from '../../operations/catalogue.ts';
import { operationDefinition } from '../../operations/operation-definition.ts';
import { judge } from '../../profiles/index.ts';

const { all } = await loadCatalogue();

it.each([...all.keys()])('%s is a valid OperationDefinition', (id) => {
  const definition = operationDefinition(all.get(id)!, 'http://localhost:8080/fhir');
  expect(
    judge('OperationDefinition', { value: JSON.parse(JSON.stringify(definition)), digits: undefined }).findings,
  ).toEqual([]);
  expect(definition).toMatchObject({ id, code: all.get(id)!.code, affectsState: all.get(id)!.affectsState });
});

it('has parts of parameters, and a name that programs can use', () => {
  const parts = [{ name: 'code', use: 'in', min: 1, max: '*', type: 'code', documentation: 'A code.' }] as const;
  const group = { name: 'group', use: 'in', min: 0, max: 1, documentation: 'A group.', parts } as const;
  const operation = { ...all.get('Resource-validate')!, id: 'ValueSet-validate-code', parameters: [group] };
  expect(operationDefinition(operation, 'http://localhost:8080/fhir')).toMatchObject({
    name: 'ValueSetValidateCode',
    parameter: [{ name: 'group', part: [{ name: 'code', min: 1, max: '*', type: 'code' }] }],
  });
});

/** $validate-code: is this code in the value set? https://hl7.org/fhir/R4/valueset-operation-validate-code.html */
import { parametersAnswer } from '../answer.ts';
import { defineOperation } from '../operation.ts';
import {
  askedOf,
  askedParameters,
  codeParameters,
  defined,
  namedValueSet,
  optional,
  validationAnswer,
  validationOf,
} from '../terminology-input.ts';

export const operation = defineOperation({
  id: 'ValueSet-validate-code',
  code: 'validate-code',
  title: 'Validate a code against a value set',
  description: 'Tells whether a code is in a value set, and whether it is called as somebody says.',
  levels: { type: true, instance: true },
  types: ['ValueSet'],
  affectsState: false,
  verb: 'read',
  parameters: [
    optional('url', 'uri', 'Canonical of the value set.'),
    optional('valueSet', 'ValueSet', 'The value set itself.'),
    optional('valueSetVersion', 'string', 'Version of the value set.'),
    optional('system', 'uri', 'The code system of `code`.'),
    optional('systemVersion', 'string', 'Its version.'),
    ...codeParameters,
    ...askedParameters,
    ...validationAnswer,
  ],
  async perform(input, call, { terminology }, context) {
    const request = {
      ...askedOf(input, call),
      ...validationOf(input),
      ...defined({ system: input.one<string>('system'), systemVersion: input.one<string>('systemVersion') }),
      valueSet: namedValueSet(input, call),
    };
    return parametersAnswer(await terminology.validateCode(request, context));
  },
});

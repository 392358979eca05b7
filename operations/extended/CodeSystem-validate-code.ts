/** $validate-code: is this a code of the system? https://hl7.org/fhir/R4/codesystem-operation-validate-code.html */
import type { CodeSystem } from 'fhir/r4.js';
import { parametersAnswer } from '../answer.ts';
import { defineOperation } from '../operation.ts';
import {
  askedOf,
  askedParameters,
  codeParameters,
  defined,
  optional,
  validationAnswer,
  validationOf,
} from '../terminology-input.ts';

export const operation = defineOperation({
  id: 'CodeSystem-validate-code',
  code: 'validate-code',
  title: 'Validate a code of a code system',
  description: 'Tells whether a code system has a code, and whether it is called as somebody says.',
  levels: { type: true, instance: true },
  types: ['CodeSystem'],
  affectsState: false,
  verb: 'read',
  parameters: [
    optional('url', 'uri', 'Url of the code system.'),
    optional('codeSystem', 'CodeSystem', 'The code system itself.'),
    optional('version', 'string', 'Version of the code system.'),
    ...codeParameters.filter(({ name }) => name !== 'inferSystem'),
    ...askedParameters,
    ...validationAnswer,
  ],
  async perform(input, call, { terminology }, context) {
    const request = {
      ...askedOf(input, call),
      ...validationOf(input),
      ...defined({
        system: input.one<string>('url'),
        systemVersion: input.one<string>('version'),
        codeSystem: input.one<CodeSystem>('codeSystem'),
        codeSystemId: call.id,
      }),
    };
    return parametersAnswer(await terminology.validateCode(request, context));
  },
});

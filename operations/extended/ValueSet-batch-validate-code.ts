/** $batch-validate-code: many codes in one request, as terminology servers offer it. https://build.fhir.org/ig/HL7/fhir-tx-ecosystem-ig/ */
import type { Parameters, ParametersParameter } from 'fhir/r4.js';
import { Fault, toOutcome } from '../../resources/index.ts';
import { parametersAnswer } from '../answer.ts';
import { defineOperation } from '../operation.ts';
import { readInput } from '../read-input.ts';
import { askedOf, defined, namedValueSet, optional, parametersOf, validationOf } from '../terminology-input.ts';
import { operation as single } from './ValueSet-validate-code.ts';

/** Codes that one request may ask about. */
const VALIDATIONS_MAX = 1_000;

export const operation = defineOperation({
  id: 'ValueSet-batch-validate-code',
  url: '/OperationDefinition/ValueSet-batch-validate-code',
  code: 'batch-validate-code',
  title: 'Validate many codes',
  description: 'Answers several $validate-code at once; what stands outside `validation` holds for all of them.',
  levels: { type: true },
  types: ['ValueSet'],
  affectsState: false,
  verb: 'read',
  parameters: [
    optional('validation', 'Parameters', 'The parameters of one $validate-code.', { max: '*' }),
    ...single.parameters.filter(({ use }) => use === 'in'),
    {
      name: 'validation',
      use: 'out',
      min: 0,
      max: '*',
      type: 'Parameters',
      documentation: 'The answer to each, in order; an OperationOutcome where there is none.',
    },
  ],
  async perform(input, call, environment, context) {
    const all = input.arguments('validation');
    if (all.length > VALIDATIONS_MAX) {
      throw new Fault('too-costly', `${all.length} validations are more than ${VALIDATIONS_MAX}.`, {
        expression: 'validation',
      });
    }
    const shared = askedOf(input, call);
    const answers: ParametersParameter[] = [];
    for (const { value } of all) {
      try {
        const inner = { ...call, query: [], body: JSON.stringify(value as Parameters) };
        const own = readInput(single, inner, environment.settings.limits);
        const asked = {
          ...shared,
          ...askedOf(own, call),
          resources: [...(shared.resources ?? []), ...(askedOf(own, call).resources ?? [])],
        };
        const request = {
          ...asked,
          ...validationOf(input),
          ...validationOf(own),
          ...defined({
            system: own.one<string>('system') ?? input.one<string>('system'),
            systemVersion: own.one<string>('systemVersion') ?? input.one<string>('systemVersion'),
          }),
          valueSet: { ...namedValueSet(input, {}), ...namedValueSet(own, {}) },
        };
        const answer = await environment.terminology.validateCode(request, context);
        answers.push({ name: 'validation', resource: parametersOf(answer) });
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        answers.push({ name: 'validation', resource: toOutcome(error.findings) });
      }
    }
    return parametersAnswer(answers);
  },
});

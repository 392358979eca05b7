/** $subsumes: is A above B? https://hl7.org/fhir/R4/codesystem-operation-subsumes.html */
import { type Context, Fault } from '../../resources/index.ts';
import { parametersAnswer } from '../answer.ts';
import type { Call } from '../call.ts';
import type { Environment } from '../interaction.ts';
import { defineOperation } from '../operation.ts';
import { askedOf, askedParameters, defined, optional } from '../terminology-input.ts';

export const operation = defineOperation({
  id: 'CodeSystem-subsumes',
  code: 'subsumes',
  title: 'How two codes are related',
  description: 'Tells whether one code of a system is the other, is above it, or is below it.',
  levels: { type: true, instance: true },
  types: ['CodeSystem'],
  affectsState: false,
  verb: 'read',
  parameters: [
    optional('codeA', 'code', 'The first code.'),
    optional('codeB', 'code', 'The second code.'),
    optional('system', 'uri', 'Their code system.'),
    optional('version', 'string', 'Version of the code system.'),
    optional('codingA', 'Coding', 'The first code with its system.'),
    optional('codingB', 'Coding', 'The second code with its system.'),
    ...askedParameters,
    {
      name: 'outcome',
      use: 'out',
      min: 1,
      max: 1,
      type: 'code',
      documentation: 'equivalent, subsumes, subsumed-by or not-subsumed.',
    },
  ],
  async perform(input, call, environment, context) {
    const request = {
      ...askedOf(input, call),
      ...defined({
        codeA: input.one<string>('codeA'),
        codeB: input.one<string>('codeB'),
        system: call.id === undefined ? input.one<string>('system') : await urlOf(call, environment, context),
        version: input.one<string>('version'),
        codingA: input.one('codingA'),
        codingB: input.one('codingB'),
      }),
    };
    return parametersAnswer(await environment.terminology.subsumes(request, context));
  },
});

async function urlOf({ id }: Call, { store }: Environment, context: Context): Promise<string> {
  const found = await store.records.read(context.access, 'CodeSystem', id!, context);
  const url: unknown = found && !found.deleted ? JSON.parse(found.text).url : undefined;
  if (typeof url === 'string') return url;
  throw new Fault('not-found', `CodeSystem/${id} does not exist, or has no url.`);
}

/** $closure: how do the concepts that a client has met stand to each other? https://hl7.org/fhir/R4/conceptmap-operation-closure.html */
import { resourceAnswer } from '../answer.ts';
import { defineOperation } from '../operation.ts';
import { defined, optional } from '../terminology-input.ts';

export const operation = defineOperation({
  id: 'ConceptMap-closure',
  code: 'closure',
  title: 'Keep a closure table',
  description:
    'Tells a client, as it meets concepts, which of them subsume which, so that it can search by that in a table of its own.',
  levels: { system: true },
  types: ['ConceptMap'],
  affectsState: true,
  verb: 'read',
  parameters: [
    {
      name: 'name',
      use: 'in',
      min: 1,
      max: 1,
      type: 'string',
      documentation: 'Name of the table; alone it begins the table anew.',
    },
    optional('concept', 'Coding', 'A concept to add.', { max: '*' }),
    optional('version', 'string', 'Tells again what was told after this version.'),
    {
      name: 'return',
      use: 'out',
      min: 1,
      max: 1,
      type: 'ConceptMap',
      documentation: 'What is new in the table; its version is that of the table.',
    },
  ],
  async perform(input, _, { terminology }, context) {
    const request = defined({
      name: input.one<string>('name')!,
      concepts: input.all('concept'),
      version: input.one<string>('version'),
    });
    return resourceAnswer(await terminology.closure(request, context));
  },
});

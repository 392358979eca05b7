/** $lookup: what does this code mean? https://hl7.org/fhir/R4/codesystem-operation-lookup.html */
import { parametersAnswer } from '../answer.ts';
import { defineOperation } from '../operation.ts';
import { askedOf, askedParameters, defined, optional } from '../terminology-input.ts';

export const operation = defineOperation({
  id: 'CodeSystem-lookup',
  code: 'lookup',
  title: 'Look up a code',
  description: 'Tells what a code is called, in which languages, and what its properties are.',
  levels: { type: true },
  types: ['CodeSystem'],
  affectsState: false,
  verb: 'read',
  parameters: [
    optional('code', 'code', 'The code.'),
    optional('system', 'uri', 'Its code system.'),
    optional('version', 'string', 'Version of the code system.'),
    optional('coding', 'Coding', 'Code, system and version together.'),
    optional('property', 'code', 'A property to tell; * for all.', { max: '*' }),
    ...askedParameters,
    { name: 'name', use: 'out', min: 1, max: 1, type: 'string', documentation: 'Name of the code system.' },
    { name: 'version', use: 'out', min: 0, max: 1, type: 'string', documentation: 'Its version.' },
    { name: 'display', use: 'out', min: 1, max: 1, type: 'string', documentation: 'What the concept is called.' },
    {
      name: 'designation',
      use: 'out',
      min: 0,
      max: '*',
      documentation: 'What else it is called.',
      parts: [
        { name: 'language', use: 'out', min: 0, max: 1, type: 'code', documentation: 'In which language.' },
        { name: 'use', use: 'out', min: 0, max: 1, type: 'Coding', documentation: 'For what.' },
        { name: 'value', use: 'out', min: 1, max: 1, type: 'string', documentation: 'The name.' },
      ],
    },
    {
      name: 'property',
      use: 'out',
      min: 0,
      max: '*',
      documentation: 'What is said of the concept.',
      parts: [
        { name: 'code', use: 'out', min: 1, max: 1, type: 'code', documentation: 'Code of the property.' },
        { name: 'value', use: 'out', min: 0, max: 1, type: 'Element', documentation: 'Its value.' },
        { name: 'description', use: 'out', min: 0, max: 1, type: 'string', documentation: 'What the value is called.' },
      ],
    },
  ],
  async perform(input, call, { terminology }, context) {
    const request = {
      ...askedOf(input, call),
      ...defined({
        code: input.one<string>('code'),
        system: input.one<string>('system'),
        version: input.one<string>('version'),
        coding: input.one('coding'),
        properties: input.all<string>('property'),
      }),
    };
    return parametersAnswer(await terminology.lookUp(request, context));
  },
});

/** $translate: what is a code called in another system? https://hl7.org/fhir/R4/conceptmap-operation-translate.html */
import type { ConceptMap } from 'fhir/r4.js';
import type { TranslateRequest } from '../../terminology/index.ts';
import { parametersAnswer } from '../answer.ts';
import type { Input } from '../input.ts';
import { defineOperation, type ParameterDefinition } from '../operation.ts';
import { defined, optional } from '../terminology-input.ts';

const told = (name: string, type: string, documentation: string, min = 0): ParameterDefinition => ({
  name,
  use: 'out',
  min,
  max: 1,
  type,
  documentation,
});

export const operation = defineOperation({
  id: 'ConceptMap-translate',
  code: 'translate',
  title: 'Translate a code',
  description: 'Tells which codes of other systems stand for a code, by one concept map or by all that fit.',
  levels: { type: true, instance: true },
  types: ['ConceptMap'],
  affectsState: false,
  verb: 'read',
  parameters: [
    optional('url', 'uri', 'Canonical of the concept map; without any, all that fit are asked.'),
    optional('conceptMap', 'ConceptMap', 'The concept map itself.'),
    optional('conceptMapVersion', 'string', 'Version of the concept map.'),
    optional('code', 'code', 'The code to translate.'),
    optional('system', 'uri', 'Its code system.'),
    optional('version', 'string', 'Version of the code system.'),
    optional('source', 'uri', 'The value set from which the code was chosen.'),
    optional('coding', 'Coding', 'Code, system and version together.'),
    optional('codeableConcept', 'CodeableConcept', 'Several codings, each of which is translated.'),
    optional('target', 'uri', 'The value set to translate into.'),
    optional('targetsystem', 'uri', 'The code system to translate into.'),
    {
      name: 'dependency',
      use: 'in',
      min: 0,
      max: '*',
      documentation: 'What else is known, where a translation depends on it.',
      parts: [
        optional('element', 'uri', 'The property, as `dependsOn.property` of the map.'),
        optional('concept', 'CodeableConcept', 'Its value.'),
      ],
    },
    optional('reverse', 'boolean', 'The code is a target: which codes are translated to it?'),
    told('result', 'boolean', 'Whether there is a translation.', 1),
    told('message', 'string', 'Why there is none.'),
    {
      name: 'match',
      use: 'out',
      min: 0,
      max: '*',
      documentation: 'One translation, the best first.',
      parts: [
        told('equivalence', 'code', 'How its meaning is related to that of the code.'),
        told('concept', 'Coding', 'The translation; none where the map says that nothing fits.'),
        {
          name: 'product',
          use: 'out',
          min: 0,
          max: '*',
          documentation: 'What else is to be said with the translation.',
          parts: [
            told('element', 'uri', 'The property, as `product.property` of the map.'),
            told('concept', 'Coding', 'Its value.'),
          ],
        },
        told('source', 'uri', 'The concept map that says so.'),
      ],
    },
  ],
  async perform(input, { id }, { terminology }, context) {
    return parametersAnswer(await terminology.translate(requestOf(input, id), context));
  },
});

function requestOf(input: Input, id: string | undefined): TranslateRequest {
  const dependencies = input.arguments('dependency').flatMap(({ parts }) => {
    const element = parts.one<string>('element');
    const concept = parts.one('concept');
    return element === undefined || concept === undefined ? [] : [{ element, concept }];
  });
  return defined({
    id,
    url: input.one<string>('url'),
    version: input.one<string>('conceptMapVersion'),
    conceptMap: input.one<ConceptMap>('conceptMap'),
    code: input.one<string>('code'),
    system: input.one<string>('system'),
    systemVersion: input.one<string>('version'),
    coding: input.one('coding'),
    codeableConcept: input.one('codeableConcept'),
    source: input.one<string>('source'),
    target: input.one<string>('target'),
    targetSystem: input.one<string>('targetsystem'),
    reverse: input.one<boolean>('reverse'),
    dependencies,
  });
}

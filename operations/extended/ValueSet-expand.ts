/** $expand: which codes are in a value set? https://hl7.org/fhir/R4/valueset-operation-expand.html */
import type { ValueSetExpansionParameter } from 'fhir/r4.js';
import { Fault } from '../../resources/index.ts';
import { resourceAnswer } from '../answer.ts';
import type { Input } from '../input.ts';
import { defineOperation } from '../operation.ts';
import { askedOf, askedParameters, defined, namedValueSet, optional } from '../terminology-input.ts';

export const operation = defineOperation({
  id: 'ValueSet-expand',
  code: 'expand',
  title: 'Expand a value set',
  description: 'Lists the codes of a value set: stored here, of R4 itself, sent along, or said by its url.',
  levels: { type: true, instance: true },
  types: ['ValueSet'],
  affectsState: false,
  verb: 'read',
  parameters: [
    optional('url', 'uri', 'Canonical of the value set.'),
    optional('valueSet', 'ValueSet', 'The value set itself.'),
    optional('valueSetVersion', 'string', 'Version of the value set.'),
    optional('filter', 'string', 'Words, or their beginnings, that displays or designations have.'),
    optional('offset', 'integer', 'How many codes to leave out at the beginning.'),
    optional('count', 'integer', 'How many codes to tell.'),
    optional('includeDesignations', 'boolean', 'Tells designations.'),
    optional('designation', 'string', 'Which designations: a use as system|code, or urn:ietf:bcp:47|language.', {
      max: '*',
    }),
    optional('includeDefinition', 'boolean', 'Tells the composition of the value set, too.'),
    optional('activeOnly', 'boolean', 'Leaves out inactive concepts.'),
    optional('excludeNested', 'boolean', 'false: concepts stand below those that are above them in their system.'),
    optional('excludeNotForUI', 'boolean', 'Leaves out concepts that only group others.'),
    optional(
      'excludePostCoordinated',
      'boolean',
      'Leaves out expressions; there are none among codes that are listed.',
    ),
    optional('exclude-system', 'canonical', 'A code system to leave out.', { max: '*' }),
    optional('property', 'string', 'A property of concepts to tell.', { max: '*' }),
    ...askedParameters,
    {
      name: 'return',
      use: 'out',
      min: 1,
      max: 1,
      type: 'ValueSet',
      documentation: 'The value set with its expansion.',
    },
  ],
  async perform(input, call, { terminology }, context) {
    const request = {
      ...askedOf(input, call),
      ...namedValueSet(input, call),
      ...defined({
        filter: input.one<string>('filter'),
        offset: countOf(input, 'offset'),
        count: countOf(input, 'count'),
        activeOnly: input.one<boolean>('activeOnly'),
        includeDesignations: input.one<boolean>('includeDesignations'),
        designations: input.all<string>('designation'),
        includeDefinition: input.one<boolean>('includeDefinition'),
        excludeNested: input.one<boolean>('excludeNested'),
        excludeNotForUI: input.one<boolean>('excludeNotForUI'),
        excludePostCoordinated: input.one<boolean>('excludePostCoordinated'),
        excludedSystems: input.all<string>('exclude-system'),
        properties: input.all<string>('property'),
      }),
      told: toldOf(input),
    };
    return resourceAnswer(await terminology.expand(request, context));
  },
});

function countOf(input: Input, name: 'offset' | 'count'): number | undefined {
  const argument = input.argument(name);
  if (!argument || argument.value >= 0) return argument?.value;
  throw new Fault('invalid-value', `${name} is ${argument.value}, which is less than nothing.`, {
    expression: argument.place,
  });
}

/** What is not told back: it names the value set, or is told in another way. */
const UNTOLD: ReadonlySet<string> = new Set([
  'url',
  'valueSet',
  'valueSetVersion',
  'property',
  'tx-resource',
  'useSupplement',
]);

const MEMBERS: Readonly<Record<string, string>> = {
  boolean: 'valueBoolean',
  integer: 'valueInteger',
  code: 'valueCode',
  canonical: 'valueUri',
  uri: 'valueUri',
};

function toldOf(input: Input): ValueSetExpansionParameter[] {
  return input
    .names()
    .filter((name) => !UNTOLD.has(name))
    .flatMap((name) =>
      input.arguments(name).map(({ definition, value }) => ({
        name,
        [MEMBERS[definition.type!] ?? 'valueString']: value,
      })),
    );
}

/** $validate: would this resource be taken, and is it what a profile asks? https://hl7.org/fhir/R4/resource-operation-validate.html */
import {
  type Context,
  Fault,
  type Finding,
  isResourceType,
  nearest,
  type Parsed,
  parseJson,
  resourceTypes,
} from '../../resources/index.ts';
import { outcomeAnswer } from '../answer.ts';
import type { Call } from '../call.ts';
import type { Input, SentResource } from '../input.ts';
import type { Environment } from '../interaction.ts';
import { gone } from '../interactions/read.ts';
import { located } from '../located.ts';
import { defineOperation } from '../operation.ts';
import { bodyId, conditionalFinding, missingTargets, verdictOn } from '../receive.ts';

export const operation = defineOperation({
  id: 'Resource-validate',
  code: 'validate',
  title: 'Validate a resource',
  description:
    'Tells everything that is wrong with a resource, each fault with the path to its element; nothing is stored.',
  levels: { system: true, type: true, instance: true },
  types: ['Resource'],
  affectsState: false,
  verb: 'none',
  parameters: [
    {
      name: 'resource',
      use: 'in',
      min: 0,
      max: 1,
      type: 'Resource',
      isUnjudged: true,
      documentation: 'What is validated. On an instance it may be left out: then what is stored there is.',
    },
    {
      name: 'mode',
      use: 'in',
      min: 0,
      max: 1,
      type: 'code',
      documentation: 'What it is validated for: create, update, delete, or profile.',
    },
    {
      name: 'profile',
      use: 'in',
      min: 0,
      max: 1,
      type: 'uri',
      documentation: 'Canonical of a profile that the resource must conform to, besides those that it claims.',
    },
    { name: 'return', use: 'out', min: 1, max: 1, type: 'OperationOutcome', documentation: 'What was found.' },
  ],
  async perform(input, call, environment, context) {
    const mode = modeOf(input);
    const subject = await subjectOf(input, call, environment, context);
    const parsed = subject.parsed();
    const type = call.type ?? parsed.value.resourceType;
    const findings =
      typeof type === 'string' && isResourceType(type)
        ? await judgeSubject(type, parsed, input, environment, context)
        : [noType(type)];
    findings.push(...modeFindings(mode, parsed, call));
    return outcomeAnswer(located(findings, subject.body, subject.offset), 'Nothing is wrong with it.');
  },
});

type Mode = 'create' | 'update' | 'delete' | 'profile';
const MODES: readonly string[] = ['create', 'update', 'delete', 'profile'] satisfies Mode[];

function modeOf(input: Input): Mode | undefined {
  const mode = input.argument('mode');
  if (mode === undefined || MODES.includes(mode.value)) return mode?.value;
  throw new Fault('invalid-value', `There is no mode ${JSON.stringify(mode.value.slice(0, 40))}.`, {
    expression: mode.place,
    hint: `Use one of ${MODES.join(', ')}.`,
  });
}

/** What was sent, or what is stored. @throws Fault `invalid-request` where there is neither, `not-found`, `gone` */
async function subjectOf(input: Input, call: Call, environment: Environment, context: Context): Promise<SentResource> {
  const sent = input.argument('resource')?.sent;
  if (sent) return sent;
  if (call.id === undefined) {
    throw new Fault('invalid-request', 'There is no resource to validate.', {
      hint: 'Send it as the body, or in Parameters as `resource`; or ask for one that is stored: [type]/[id]/$validate.',
    });
  }
  const version = await environment.store.records.read(context.access, call.type!, call.id, context);
  if (!version) throw new Fault('not-found', `${call.type}/${call.id} does not exist.`);
  if (version.deleted) throw gone(version);
  return { parsed: () => parseJson(version.text, environment.settings.limits), body: version.text, offset: 0 };
}

async function judgeSubject(
  type: string,
  parsed: Parsed,
  input: Input,
  environment: Environment,
  context: Context,
): Promise<Finding[]> {
  const profile = input.one<string>('profile');
  const profiles = profile === undefined ? undefined : [profile];
  const { findings, references } = await verdictOn(type, parsed, environment, context, profiles);
  const conditional = references.flatMap((reference) => conditionalFinding(reference) ?? []);
  const missing =
    environment.settings.references === 'exist' ? await missingTargets(references, environment, context) : [];
  return [...findings, ...conditional, ...missing];
}

function noType(type: unknown): Finding {
  const expression = 'resourceType';
  if (typeof type !== 'string') {
    return { kind: 'invalid-structure', text: 'The resource does not say of what type it is.', expression };
  }
  const meant = nearest(type, resourceTypes());
  const text = `${JSON.stringify(type.slice(0, 64))} is not a resource type of R4.`;
  return { kind: 'invalid-structure', text, expression, hint: meant && `Did you mean \`${meant}\`?` };
}

/** What the interaction asks of the id. https://hl7.org/fhir/R4/http.html#update */
function modeFindings(mode: Mode | undefined, parsed: Parsed, { type, id }: Call): Finding[] {
  if (mode !== 'update') return [];
  const sent = bodyId(parsed);
  const expression = `${type ?? parsed.value.resourceType}.id`;
  if (sent === undefined) {
    const text = 'The resource has no id, which an update needs.';
    return [{ kind: 'invalid-request', text, expression, hint: 'Give it the id that the URL names.' }];
  }
  if (id === undefined || sent === id) return [];
  const text = `The resource has the id ${JSON.stringify(sent.slice(0, 64))}, but the URL names ${JSON.stringify(id)}.`;
  return [{ kind: 'invalid-request', text, expression, hint: 'Both must be the same (R4 http, update).' }];
}

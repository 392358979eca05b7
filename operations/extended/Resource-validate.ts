/** $validate: would this resource be taken, and is it what a profile asks? https://hl7.org/fhir/R4/resource-operation-validate.html */
import {
  allows,
  type Context,
  Fault,
  type Finding,
  isResourceType,
  nearest,
  type Parsed,
  parseJson,
  resourceTypes,
  type Verb,
} from '../../resources/index.ts';
import { outcomeAnswer } from '../answer.ts';
import type { Call } from '../call.ts';
import type { Input, SentResource } from '../input.ts';
import type { Environment } from '../interaction.ts';
import { gone } from '../interactions/read.ts';
import { judgingOf } from '../judging.ts';
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
    if (mode === 'delete') return outcomeAnswer(await deletion(input, call, environment, context), GOOD);
    const { sent, what } = await subjectOf(input, call, environment, context);
    const parsed = sent.parsed();
    const type = call.type ?? parsed.value.resourceType;
    if (typeof type !== 'string' || !isResourceType(type)) {
      return outcomeAnswer(located([noType(type)], sent.body, sent.offset), GOOD);
    }
    const findings = [
      ...(await judgeSubject(type, parsed, input, environment, context)),
      ...modeFindings(mode, type, parsed, call, context),
    ];
    const told = what === 'stored' ? findings : located(findings, sent.body, sent.offset);
    const lacking = told.find(isLackOfProfile);
    // What was asked cannot be answered then; what was found besides is told all the same.
    if (lacking) throw new Fault('not-found', lacking.text, { findings: told });
    return outcomeAnswer(told, GOOD);
  },
});

const GOOD = 'All OK: nothing is wrong with it.';

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

/** @throws Fault `invalid-value` for what can be no canonical */
function profileOf(input: Input): string | undefined {
  const profile = input.argument('profile');
  if (profile === undefined || /^[a-z][a-z0-9+.-]*:/i.test(profile.value)) return profile?.value;
  throw new Fault('invalid-value', `${JSON.stringify(profile.value.slice(0, 64))} is no canonical of a profile.`, {
    expression: profile.place,
    hint: 'Give the url of the StructureDefinition, with a version after | where it matters.',
  });
}

/** Of a profile that was asked for: one that is only claimed, and not here, is a warning. */
function isLackOfProfile({ rule, issue, severity = 'error' }: Finding): boolean {
  return rule === 'profile' && issue === 'not-found' && severity === 'error';
}

interface Subject {
  readonly sent: SentResource;
  readonly what: 'sent' | 'stored';
}

/** What was sent, or what is stored. @throws Fault `invalid-request` where there is neither, `not-found`, `gone` */
async function subjectOf(input: Input, call: Call, environment: Environment, context: Context): Promise<Subject> {
  const sent = input.argument('resource')?.sent;
  if (sent) return { sent, what: 'sent' };
  if (call.id === undefined) {
    throw new Fault('invalid-request', 'There is no resource to validate.', {
      hint: 'Send it as the body, or in Parameters as `resource`; or ask for one that is stored: [type]/[id]/$validate.',
    });
  }
  const { type, id } = { type: call.type!, id: call.id };
  requireGrant(context, 'read', type);
  const version = await environment.store.records.read(context.access, type, id, context);
  if (!version) throw new Fault('not-found', `${type}/${id} does not exist.`);
  if (version.deleted) throw gone(version);
  const { text } = version;
  return {
    sent: { parsed: () => parseJson(text, environment.settings.limits), body: text, offset: 0 },
    what: 'stored',
  };
}

/** Everything is looked at, whatever the settings leave out for writes. */
async function judgeSubject(
  type: string,
  parsed: Parsed,
  input: Input,
  environment: Environment,
  context: Context,
): Promise<Finding[]> {
  const { settings, shelf } = environment;
  const profile = profileOf(input);
  const judging = {
    ...judgingOf({ ...settings, validation: 'on', profileFaults: 'error' }, shelf),
    ...(profile === undefined ? {} : { profiles: [profile] }),
  };
  const { findings, references } = await verdictOn(type, parsed, environment, context, judging);
  const conditional = references.flatMap((reference) => conditionalFinding(reference) ?? []);
  const missing = settings.references === 'exist' ? await missingTargets(references, environment, context) : [];
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

/** What the interaction asks beyond the resource: the right to do it, and the id. https://hl7.org/fhir/R4/http.html#update */
function modeFindings(
  mode: Mode | undefined,
  type: string,
  parsed: Parsed,
  { id }: Call,
  { access }: Context,
): Finding[] {
  const findings: Finding[] = [];
  if ((mode === 'create' || mode === 'update') && !allows(access, mode, type)) {
    findings.push({ kind: 'forbidden', text: `You may not ${mode} ${type}.` });
  }
  if (mode !== 'update') return findings;
  const sent = bodyId(parsed);
  const expression = `${type}.id`;
  if (sent === undefined) {
    const text = 'The resource has no id, which an update needs.';
    findings.push({ kind: 'invalid-request', text, expression, hint: 'Give it the id that the URL names.' });
  } else if (id !== undefined && sent !== id) {
    const text = `The resource has the id ${JSON.stringify(sent.slice(0, 64))}, but the URL names ${JSON.stringify(id)}.`;
    findings.push({ kind: 'invalid-request', text, expression, hint: 'Both must be the same (R4 http, update).' });
  }
  return findings;
}

/** What would refuse the deletion: it is rehearsed. @throws Fault `invalid-request` where nothing says what is to be deleted */
async function deletion(input: Input, call: Call, { store }: Environment, context: Context): Promise<Finding[]> {
  const { resourceType, id: sentId } = input.one('resource') ?? {};
  const type = call.type ?? resourceType;
  const id = call.id ?? sentId;
  if (typeof type !== 'string' || !isResourceType(type) || typeof id !== 'string') {
    throw new Fault('invalid-request', 'Nothing says which resource is to be deleted.', {
      hint: 'Ask [type]/[id]/$validate?mode=delete.',
    });
  }
  try {
    const deleted = await store.rehearsal.delete(context.access, type, id, {}, context);
    if (deleted) return [];
    const text = `${type}/${id} does not exist; there would be nothing to delete.`;
    return [{ kind: 'not-found', severity: 'information', issue: 'informational', text }];
  } catch (error) {
    if (!(error instanceof Fault) || !REFUSALS.has(error.kind)) throw error;
    return [...error.findings];
  }
}

/** What refuses a deletion for reasons that its caller can mend; all else is no answer to the question. */
const REFUSALS: ReadonlySet<string> = new Set(['referenced', 'forbidden']);

function requireGrant({ access }: Context, verb: Verb, type: string): void {
  if (!allows(access, verb, type)) throw new Fault('forbidden', `You may not ${verb} ${type}.`);
}

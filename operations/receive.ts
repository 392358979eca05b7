/** A body → a checked resource, ready to be stored. */
import type { Judgement, JudgeOptions } from '../profiles/index.ts';
import {
  type Context,
  Fault,
  type Finding,
  type Parsed,
  parseJson,
  parseReference,
  withArticle,
} from '../resources/index.ts';
import { runOnThread, suppliedBy } from './bundle/threads.ts';
import type { Call } from './call.ts';
import type { Environment } from './interaction.ts';
import { errorsOf, faultOf, judgeFully } from './judging.ts';
import { locatedFault } from './located.ts';

export interface Received {
  readonly parsed: Parsed;
  readonly references: readonly PlacedReference[];
  /** What it is warned of, where that is wanted: working it out takes a walk. */
  readonly notes: readonly Finding[];
}

/** A reference by its literal, and where it stands. */
export interface PlacedReference {
  readonly reference: string;
  readonly path: string;
}

export interface CheckOptions {
  /** A literal reference that leads to what is about to be written, and need not exist yet. */
  readonly own?: string;
  readonly wantsNotes?: boolean;
}

/** As much of a Judgement as another thread can tell. */
export type Verdict = Pick<Judgement, 'isValid' | 'findings'> & { readonly references: readonly PlacedReference[] };

/** A resource is one stretch of work, where a Bundle is done in turns with others: it may have this part of its bytes. */
const INLINE_PART = 1 / 16;

const JSON_TYPES: readonly string[] = ['application/fhir+json', 'application/json', 'text/json'];

/** Whether a media type is one of JSON's for FHIR. https://hl7.org/fhir/R4/http.html#mime-type */
export function isFhirJson(mediaType: string | undefined): boolean {
  return mediaType === undefined || JSON_TYPES.includes(mediaType);
}

/** Whether a call is to be told what a good resource is warned of. */
export function wantsNotes({ prefer }: Pick<Call, 'prefer'>): boolean {
  return prefer.return === 'OperationOutcome';
}

/**
 * The resource in the body of a create or update, parsed with its digits and judged.
 * @throws Fault `invalid-json`, `invalid-request` (no body, other type than the URL), `invalid-structure` with every
 * finding, `unsupported-media-type`, and `missing-target` where references must exist.
 */
export async function receive(call: Call, environment: Environment, context: Context): Promise<Received> {
  if (!isFhirJson(call.mediaType)) {
    throw new Fault('unsupported-media-type', `A resource cannot be read from ${call.mediaType}.`, {
      hint: 'Send it as application/fhir+json.',
    });
  }
  if (call.body === undefined || call.body.trim() === '') {
    throw new Fault('invalid-request', `A ${call.type} is expected in the body, which is empty.`);
  }
  const parsed = parseJson(call.body, environment.settings.limits);
  try {
    return await check(call.type!, parsed, environment, context, { wantsNotes: wantsNotes(call) });
  } catch (error) {
    throw locatedFault(error, call.body);
  }
}

/**
 * Judges a resource of the type that the URL names, wherever its content came from (body, header or patch).
 * @throws Fault as `receive` does
 */
export async function check(
  type: string,
  parsed: Parsed,
  environment: Environment,
  context: Context,
  { own, wantsNotes: isNoting = false }: CheckOptions = {},
): Promise<Received> {
  requireType(type, parsed);
  const verdict = verdictOn(type, parsed, environment, context);
  const judgement = accepted(verdict instanceof Promise ? await verdict : verdict);
  const { references } = judgement;
  // Now, with the definitions that it was judged by: they may change while it is written.
  const notes = isNoting ? judgement.findings : [];
  for (const reference of references) requireLiteral(reference);
  if (environment.settings.references === 'exist') {
    const others = own === undefined ? references : references.filter(({ reference }) => reference !== own);
    await requireTargets(others, environment, context);
  }
  return { parsed, references, notes };
}

/**
 * What the judge says of a resource; a long one holds up nobody.
 * @param options otherwise than the settings say
 */
export function verdictOn(
  type: string,
  parsed: Parsed,
  environment: Environment,
  context: Context,
  options: JudgeOptions = environment.judging,
): Verdict | Promise<Verdict> {
  if (!isLong(parsed.text, environment)) return judgeFully(type, parsed, environment, context, options);
  const { shelf, settings, store } = environment;
  const { library: _, ...judging } = options;
  const task = { task: 'judge', type, text: parsed.text, limits: settings.limits, judging } as const;
  return runOnThread(store.preparer, task, shelf && suppliedBy(shelf, context));
}

/** Whether a resource is so long that it is worked on beside the event loop. */
export function isLong({ length }: string, { settings }: Pick<Environment, 'settings'>): boolean {
  return length > settings.limits.inlineBundleBytes * INLINE_PART;
}

/** @throws Fault `invalid-request` where the body is another resource than the one that the URL asks for */
export function requireType(type: string, parsed: Parsed): void {
  const actual = parsed.value.resourceType;
  if (typeof actual === 'string' && actual !== type) {
    throw new Fault(
      'invalid-request',
      `The body is ${withArticle(actual.slice(0, 64))}, but the URL asks for ${withArticle(type)}.`,
      {
        expression: 'resourceType',
        hint: `Send it to ${actual.slice(0, 64)}, or correct resourceType.`,
      },
    );
  }
}

/** The judgement of a resource that may be stored. @throws Fault with every error, at most 100 */
export function accepted<V extends Pick<Verdict, 'isValid' | 'findings'>>(judgement: V): V {
  if (judgement.isValid) return judgement;
  throw faultOf(errorsOf(judgement.findings));
}

/** The id in the body, where it has one. */
export function bodyId(parsed: Parsed): string | undefined {
  return typeof parsed.value.id === 'string' ? parsed.value.id : undefined;
}

/** Refuses references to what does not exist, where the settings ask that. @throws Fault `missing-target` */
export async function requireTargets(
  references: readonly PlacedReference[],
  environment: Environment,
  context: Context,
): Promise<void> {
  const findings = await missingTargets(references, environment, context);
  if (findings.length > 0) throw new Fault('missing-target', findings[0]!.text, { findings });
}

/** What is to be said of references to what does not exist. One trip where there are any to look for. */
export async function missingTargets(
  references: readonly PlacedReference[],
  environment: Environment,
  context: Context,
): Promise<Finding[]> {
  const wanted = new Map<string, { type: string; id: string; place: { readonly path: string } }>();
  for (const place of references) {
    const parts = parseReference(place.reference, context.base);
    if (parts.kind === 'local') wanted.set(`${parts.type}/${parts.id}`, { type: parts.type, id: parts.id, place });
  }
  if (wanted.size === 0) return [];
  const missing = await environment.store.records.missing(context.access, [...wanted.values()], context);
  return missing.map(({ type, id }) => ({
    kind: 'missing-target' as const,
    text: `${type}/${id} does not exist.`,
    expression: wanted.get(`${type}/${id}`)!.place.path,
    hint: 'Store the target first, or send both in one transaction.',
  }));
}

/**
 * Search criteria in place of a reference are resolved by transactions only; stored, they would lead nowhere.
 * @throws Fault `invalid-reference`
 */
export function requireLiteral(found: PlacedReference): void {
  const finding = conditionalFinding(found);
  if (finding) throw new Fault(finding.kind, finding.text, { findings: [finding] });
}

/** What is to be said of a reference by search criteria; undefined of any other. */
export function conditionalFinding(found: PlacedReference): Finding | undefined {
  const { reference } = found;
  if (!/^[A-Z][A-Za-z]+\?/.test(reference)) return undefined;
  return {
    kind: 'invalid-reference',
    text: `${reference.slice(0, 200)} is a conditional reference, which only a transaction resolves.`,
    expression: found.path,
    hint: 'Send the resource in a transaction Bundle, or refer to its target by [type]/[id].',
  };
}

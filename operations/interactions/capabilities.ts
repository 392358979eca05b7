/** GET [base]/metadata: what is really there, built from the registered parts. https://hl7.org/fhir/R4/http.html#capabilities */
import type { CapabilityStatementRest, CapabilityStatementRestResource } from 'fhir/r4.js';
import { serverStructures } from '../../profiles/index.ts';
import {
  type Context,
  Fault,
  type ParameterSource,
  resourceTypes,
  type SearchParameter,
  systemAccess,
} from '../../resources/index.ts';
import { type Answer, defineInteraction, type Environment } from '../interaction.ts';
import { canonicalOf, type Operation } from '../operation.ts';
import { subsetAnswer } from '../subset-answer.ts';
import { terminologyStatement } from '../terminology-capabilities.ts';

const TYPE_INTERACTIONS = [
  'read',
  'vread',
  'update',
  'patch',
  'delete',
  'history-instance',
  'history-type',
  'create',
  'search-type',
] as const;
const SYSTEM_INTERACTIONS = ['transaction', 'batch', 'search-system', 'history-system'] as const;

/** When what the metadata says last changed; a date of the program, not of this start. */
const RELEASED = '2026-11-21';

export const interaction = defineInteraction({
  name: 'capabilities',
  verb: 'none',
  parameters: ['mode', '_summary', '_elements'],
  async perform(call, environment, context): Promise<Answer> {
    const mode = call.query.find(([name]) => name === 'mode')?.[1] ?? 'full';
    if (mode === 'terminology') {
      const answer = { status: 200, body: JSON.stringify(await terminologyStatement(environment, context)) };
      return subsetAnswer({ ...call, type: 'TerminologyCapabilities' }, answer);
    }
    if (mode !== 'full') {
      throw new Fault('not-supported', `mode=${mode.slice(0, 20)} is not offered.`, {
        expression: 'mode',
        hint: 'Use mode=full or mode=terminology, or leave it out.',
      });
    }
    const profiles = await profilesOf(environment, context);
    const answer = { status: 200, body: statement(environment, profiles, context) };
    return subsetAnswer({ ...call, type: 'CapabilityStatement' }, answer);
  },
});

/** Profiles by type: those of the server, and those that are stored. */
type Profiles = ReadonlyMap<string, readonly string[]>;

interface Built {
  readonly active: string;
  readonly profiles: Profiles;
  readonly texts: Map<string, string>;
}

const built = new WeakMap<Environment, Built>();

/** The statement for one base; built once, and again when users' search parameters or profiles changed. */
function statement(environment: Environment, profiles: Profiles, { base }: Context): string {
  const active = activeOf(environment);
  const known = built.get(environment);
  const isStill = known?.active === active && known.profiles === profiles;
  const texts = isStill ? known.texts : new Map<string, string>();
  if (!isStill) built.set(environment, { active, profiles, texts });
  let text = texts.get(base);
  if (text === undefined) {
    text = JSON.stringify(build(environment, profiles, base));
    if (texts.size < BASES_KEPT) texts.set(base, text);
  }
  return text;
}

/** Which parameters of users there are. */
function activeOf({ store }: Environment): string {
  return store.parameters
    .states()
    .flatMap(({ k, state }) => (state === 'active' ? [k] : []))
    .join();
}

const supported = new WeakMap<Environment, { readonly generation: number; readonly profiles: Profiles }>();

/** What resources can be held to. Read again when a profile changed: one trip then, and none otherwise. */
async function profilesOf(environment: Environment, context: Context): Promise<Profiles> {
  const { definitions } = environment.store;
  const generation = definitions.generation('StructureDefinition');
  const known = supported.get(environment);
  if (known?.generation === generation) return known.profiles;
  try {
    const profiles = withOwn(await definitions.profiles(systemAccess('metadata'), context));
    supported.set(environment, { generation, profiles });
    return profiles;
  } catch (error) {
    // Who asks what there is should hear that also while the database is away: as it was known last.
    if (!(error instanceof Fault) || error.kind !== 'database-unavailable') throw error;
    return known?.profiles ?? withOwn([]);
  }
}

/** The server's own profile of a type comes first. */
function withOwn(stored: Iterable<readonly [type: string, urls: readonly string[]]>): Profiles {
  const profiles = new Map(stored);
  for (const { type, url } of serverStructures().values()) profiles.set(type, [url, ...(profiles.get(type) ?? [])]);
  for (const [type, urls] of profiles) profiles.set(type, [...new Set(urls)]);
  return profiles;
}

/** Only what can be searched by now is told. */
function ready(source: ParameterSource, type: string): SearchParameter[] {
  return [...source.of(type).values()].filter(({ custom }) => !custom?.building);
}

/** A server is reached by few bases; whoever invents others gets a statement made for each call. */
const BASES_KEPT = 8;

function build(environment: Environment, profiles: Profiles, base: string) {
  const { software } = environment.settings;
  return {
    resourceType: 'CapabilityStatement',
    id: 'vesta',
    url: `${base}/metadata`,
    version: software.version,
    name: 'Vesta',
    title: 'Vesta FHIR R4 server',
    status: 'active',
    date: RELEASED,
    kind: 'instance',
    description:
      'Every interaction below is carried out in full. What is not listed is refused with an OperationOutcome, never ignored: also unknown search parameters, unless the client sends Prefer: handling=lenient.',
    software,
    implementation: { description: 'Vesta FHIR R4 server', url: base },
    fhirVersion: '4.0.1',
    format: ['application/fhir+json', 'application/json'],
    patchFormat: ['application/json-patch+json', 'application/merge-patch+json', 'application/fhir+json'],
    rest: [rest(environment, profiles, base)],
  };
}

function rest(
  { interactions, settings, store, catalogue }: Environment,
  profiles: Profiles,
  base: string,
): CapabilityStatementRest {
  const offered = <Code extends string>(codes: readonly Code[]) =>
    codes.filter((code) => interactions.has(code)).map((code) => ({ code }));
  return {
    mode: 'server',
    documentation:
      'Conditional interactions are guaranteed by locks in the database: parallel conditional creates of one identity store one resource.',
    security: { cors: true },
    resource: resourceTypes().map((type) => ({
      ...resource(type, offered(TYPE_INTERACTIONS), settings, store.parameters),
      supportedProfile: orAbsent([...(profiles.get(type) ?? [])]),
      operation: operations(catalogue.of(type), base),
    })),
    interaction: offered(SYSTEM_INTERACTIONS),
    searchParam: commonParameters(store.parameters),
    operation: operations(catalogue.of(undefined), base),
    compartment: COMPARTMENTS.map((name) => `http://hl7.org/fhir/CompartmentDefinition/${name}`),
  };
}

function operations(offered: readonly Operation[], base: string): CapabilityStatementRest['operation'] {
  return orAbsent(
    offered.map((operation) => ({
      name: operation.code,
      definition: canonicalOf(operation, base),
      documentation: operation.description,
    })),
  );
}

const COMPARTMENTS = ['patient', 'encounter', 'relatedPerson', 'practitioner', 'device'];

function resource(
  type: string,
  interaction: CapabilityStatementRestResource['interaction'],
  settings: Environment['settings'],
  source: ParameterSource,
): CapabilityStatementRestResource {
  const parameters = ready(source, type).filter(({ code }) => !isCommon(code));
  const references = parameters.filter((parameter) => parameter.type === 'reference');
  return {
    type: type as CapabilityStatementRestResource['type'],
    profile: `http://hl7.org/fhir/StructureDefinition/${type}`,
    interaction,
    versioning: 'versioned-update',
    readHistory: true,
    updateCreate: true,
    conditionalCreate: true,
    conditionalRead: 'full-support',
    conditionalUpdate: true,
    conditionalDelete: settings.conditionalDelete,
    referencePolicy: referencePolicy(settings),
    searchInclude: ['*', ...references.map(({ code }) => `${type}:${code}`)],
    searchRevInclude: orAbsent(referrers(type, source)),
    searchParam: orAbsent(parameters.map(({ code, url, type: kind }) => ({ name: code, definition: url, type: kind }))),
  };
}

/**
 * References are kept as they are; integrity is promised only where neither a write nor a delete can break it.
 * https://hl7.org/fhir/R4/valueset-reference-handling-policy.html
 */
function referencePolicy(settings: Environment['settings']): CapabilityStatementRestResource['referencePolicy'] {
  const enforced = settings.references === 'exist' && settings.deleteReferenced === 'refuse';
  return enforced ? ['literal', 'logical', 'enforced'] : ['literal', 'logical'];
}

/** JSON of FHIR has no empty lists. */
function orAbsent<T>(list: T[]): T[] | undefined {
  return list.length > 0 ? list : undefined;
}

/** Reference parameters of other types that can point at this one. */
function referrers(type: string, source: ParameterSource): string[] {
  const found: string[] = [];
  for (const other of resourceTypes()) {
    for (const { code, type: kind, targets } of ready(source, other)) {
      if (kind === 'reference' && targets.includes(type)) found.push(`${other}:${code}`);
    }
  }
  return found;
}

/** Parameters that every type has are told once, for the whole server. */
function commonParameters(source: ParameterSource): CapabilityStatementRest['searchParam'] {
  return ready(source, 'Basic')
    .filter(({ code }) => isCommon(code))
    .map(({ code, url, type }) => ({ name: code, definition: url, type }));
}

function isCommon(code: string): boolean {
  return code.startsWith('_');
}

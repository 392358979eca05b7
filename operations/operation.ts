/** What an extended operation is: `$validate`, `$expand` and the like; one file of `extended/` each. https://hl7.org/fhir/R4/operations.html */
import { type Context, Fault, isResourceType, type Verb } from '../resources/index.ts';
import type { Call } from './call.ts';
import type { Input } from './input.ts';
import type { Answer, Environment } from './interaction.ts';

/** A parameter that an operation takes or gives. https://hl7.org/fhir/R4/operationdefinition.html */
export interface ParameterDefinition {
  readonly name: string;
  readonly use: 'in' | 'out';
  readonly min: number;
  readonly max: number | '*';
  /**
   * A primitive type, a datatype, or a resource type; `Resource` stands for any resource and `Element` for any value of
   * a datatype. Undefined where it has parts.
   */
  readonly type?: string;
  readonly documentation: string;
  readonly parts?: readonly ParameterDefinition[];
  /** A resource is taken as it was sent: what is wrong with it is for the operation to tell. */
  readonly isUnjudged?: true;
}

/** Where an operation can be asked for. */
export interface Levels {
  /** `[base]/$code` */
  readonly system?: true;
  /** `[base]/[type]/$code` */
  readonly type?: true;
  /** `[base]/[type]/[id]/$code` */
  readonly instance?: true;
}

export interface Operation {
  /** Id of its OperationDefinition, and name of its file: `ValueSet-expand`. */
  readonly id: string;
  /** Without the dollar sign. */
  readonly code: string;
  readonly title: string;
  /** What it does, in a sentence or two. */
  readonly description: string;
  readonly levels: Levels;
  /** Types at which it can be asked for; `Resource` stands for all. Not looked at on the level of the system. */
  readonly types: readonly string[];
  /** One that changes something is only asked for by POST, and in no transaction. */
  readonly affectsState: boolean;
  readonly parameters: readonly ParameterDefinition[];
  /** All that it changes it changes by `environment.store.records`, so that a rehearsal of it keeps nothing. */
  readonly canRehearse?: true;
  /** What the caller must be granted on the type of the call (on all types where it has none). */
  readonly verb: Verb | 'none';
  /** Canonical of its definition, where it is not HL7's own for its id. */
  readonly url?: string;
  perform(input: Input, call: Call, environment: Environment, context: Context): Promise<Answer>;
}

/**
 * Checks and freezes the definition of an operation.
 * @throws Error for one that says two things of itself
 */
export function defineOperation(operation: Operation): Operation {
  const { id, code, levels, types, parameters } = operation;
  if (!id.endsWith(`-${code}`)) throw new Error(`The operation ${id} must be called after its code: Type-${code}.`);
  if (!levels.system && !levels.type && !levels.instance) throw new Error(`The operation ${id} is on no level.`);
  const stray = types.find((type) => type !== 'Resource' && !isResourceType(type));
  if (stray) throw new Error(`The operation ${id} names the type ${stray}, which R4 does not have.`);
  requireParameters(id, parameters);
  return Object.freeze(operation);
}

/** Canonical of HL7's definition, or of the one that this server tells. @param base the FHIR base */
export function canonicalOf({ id, url }: Operation, base: string): string {
  if (url === undefined) return `http://hl7.org/fhir/OperationDefinition/${id}`;
  return url.startsWith('/') ? `${base}${url}` : url;
}

/** @throws Fault `method-not-allowed` where the method is none by which the operation can be asked for */
export function requireMethod(operation: Operation, method: string): void {
  const allowed = operation.affectsState ? ['POST'] : ['GET', 'HEAD', 'POST'];
  if (allowed.includes(method)) return;
  const why = operation.affectsState && method === 'GET' ? 'It changes what is stored. ' : '';
  throw new Fault('method-not-allowed', `${method} is not possible on $${operation.code}.`, {
    hint: `${why}Use ${allowed.join(', ')}.`,
    headers: { Allow: allowed.join(', ') },
  });
}

function requireParameters(id: string, parameters: readonly ParameterDefinition[]): void {
  for (const use of ['in', 'out']) {
    const names = parameters.filter((parameter) => parameter.use === use).map(({ name }) => name);
    const double = names.find((name, i) => names.indexOf(name) !== i);
    if (double) throw new Error(`The operation ${id} has the parameter ${double} twice.`);
  }
  for (const { name, type, parts } of parameters) {
    if ((type === undefined) === (parts === undefined)) {
      throw new Error(`The parameter ${name} of the operation ${id} must have either a type or parts.`);
    }
    if (parts) requireParameters(`${id}, ${name}`, parts);
  }
}

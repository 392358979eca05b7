/**
 * What an operation was given: parameters from the URL, from a Parameters resource or as a bare resource, checked
 * against its definition. https://hl7.org/fhir/R4/operations.html#executing
 */
import type { Parsed } from '../resources/index.ts';
import type { ParameterDefinition } from './operation.ts';

/** One parameter that was given. */
export interface Argument {
  readonly definition: ParameterDefinition;
  /** A primitive, a datatype or a resource; undefined where it has parts. */
  readonly value: any;
  /** The type that `value` has: `code`, `Coding`, `ValueSet`; '' where it has parts. */
  readonly type: string;
  readonly parts: Input;
  /** FHIRPath of the value in what was sent (`Parameters.parameter[2].resource`, or `ValueSet`), or its name in the URL. */
  readonly place: string;
  /** Of a resource: it as it was sent, with its text and the digits as written. */
  readonly sent: SentResource | undefined;
}

/** A resource, alone or as a part of Parameters. */
export interface SentResource {
  /** The resource alone. @throws Fault for text that parseJson refuses */
  parsed(): Parsed;
  /** The whole body, and where the resource begins in it. */
  readonly body: string;
  readonly offset: number;
}

/** The parameters of a call, or the parts of one of them. */
export class Input {
  readonly #arguments: readonly Argument[];

  constructor(given: readonly Argument[]) {
    this.#arguments = given;
  }

  /** The value of a parameter; undefined where it was not given. */
  one<T = any>(name: string): T | undefined {
    return this.argument(name)?.value;
  }

  /** The values of a parameter that may be repeated, in order. */
  all<T = any>(name: string): readonly T[] {
    return this.arguments(name).map(({ value }) => value);
  }

  /** The first of these parameters with everything known of it. */
  argument(name: string): Argument | undefined {
    return this.#arguments.find(({ definition }) => definition.name === name);
  }

  /** All of them. */
  arguments(name: string): readonly Argument[] {
    return this.#arguments.filter(({ definition }) => definition.name === name);
  }

  /** Whether any was given. */
  get isEmpty(): boolean {
    return this.#arguments.length === 0;
  }

  /** The names that were given, each once. */
  names(): readonly string[] {
    return [...new Set(this.#arguments.map(({ definition }) => definition.name))];
  }
}

/** What has no parts. */
export const noInput: Input = new Input([]);

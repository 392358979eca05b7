/** Reads a FHIRPath Patch, a Parameters resource, into operations. https://hl7.org/fhir/R4/fhirpatch.html#format */
import { Fault } from '../../resources/index.ts';
import type { PatchLimits } from './draft.ts';

/** A part that holds a value, and where it stands: `Parameters.parameter[0].part[3]`. */
export interface Given {
  readonly at: string;
  readonly part: any;
}

export interface Operation {
  /** `Parameters.parameter[0]` */
  readonly at: string;
  readonly type: OperationType;
  readonly path: string;
  /** Where each part that was given stands, by its name. */
  readonly places: ReadonlyMap<string, string>;
  /** There for `add`. */
  readonly name?: string | undefined;
  /** There for `add`, `insert` and `replace`. */
  readonly value?: Given | undefined;
  /** There for `insert`. */
  readonly index?: number | undefined;
  /** There for `move`, as `destination` is. */
  readonly source?: number | undefined;
  readonly destination?: number | undefined;
}

export type OperationType = keyof typeof partsOf;

/**
 * The operations in order.
 * @throws Fault `invalid-request` (a part is missing, twice, unknown, or of the wrong type; `expression` points into the
 * Parameters), `too-costly`
 */
export function readOperations(patch: any, limits: PatchLimits): Operation[] {
  if (!isObject(patch) || patch.resourceType !== 'Parameters') {
    throw new Fault('invalid-request', 'A FHIRPath Patch is a Parameters resource.', {
      hint: 'For JSON Patch send Content-Type application/json-patch+json, for JSON Merge Patch application/merge-patch+json.',
    });
  }
  const parameters = Object.hasOwn(patch, 'parameter') ? patch.parameter : [];
  if (!Array.isArray(parameters)) throw refuse('Parameters.parameter', 'is not a list.');
  if (parameters.length > limits.operationsMax) {
    throw new Fault('too-costly', `A patch of ${parameters.length} operations is too long.`, {
      hint: `At most ${limits.operationsMax} operations are taken. Send the whole resource with PUT.`,
    });
  }
  return parameters.map((parameter, index) => readOperation(parameter, `Parameters.parameter[${index}]`));
}

/** A fault of the patch itself: the sentence begins with the place. */
export function refuse(at: string, text: string, hint?: string): Fault {
  return new Fault('invalid-request', `${at} ${text}`, { expression: at, ...(hint ? { hint } : {}) });
}

/** The keys of a part that hold its value: `valueDate`, `_valueDate`, `resource`, `part`. */
export function valueKeys(part: object): string[] {
  return Object.keys(part).filter((key) => /^_?value[A-Z]|^(resource|part)$/.test(key));
}

const partsOf = {
  add: ['path', 'name', 'value'],
  insert: ['path', 'index', 'value'],
  delete: ['path'],
  replace: ['path', 'value'],
  move: ['path', 'source', 'destination'],
} as const;

const partNames = ['type', 'path', 'name', 'value', 'index', 'source', 'destination'];

function readOperation(parameter: any, at: string): Operation {
  if (!isObject(parameter) || parameter.name !== 'operation') {
    throw refuse(at, 'is not named `operation`.', 'Each parameter of a FHIRPath Patch is an operation.');
  }
  const parts = readParts(parameter, at);
  const type = text(parts, 'type', ['valueCode', 'valueString'], at);
  if (!Object.hasOwn(partsOf, type)) {
    throw refuse(parts.get('type')!.at, 'names no operation.', `The types are ${Object.keys(partsOf).join(', ')}.`);
  }
  const wanted: readonly string[] = partsOf[type as OperationType];
  for (const [name, given] of parts) {
    if (name === 'type' || wanted.includes(name)) continue;
    throw refuse(given.at, `(${name}) does not belong to the operation ${type}.`, `It takes ${wanted.join(', ')}.`);
  }
  for (const name of wanted) {
    if (!parts.has(name)) throw refuse(at, `(${type}) has no part \`${name}\`.`, `It takes ${wanted.join(', ')}.`);
  }
  const number = (name: string) => (wanted.includes(name) ? wholeNumber(parts.get(name)!, name) : undefined);
  return {
    at,
    type: type as OperationType,
    path: text(parts, 'path', ['valueString'], at),
    places: new Map([...parts].map(([name, given]) => [name, given.at])),
    name: wanted.includes('name') ? text(parts, 'name', ['valueString'], at) : undefined,
    value: parts.get('value'),
    index: number('index'),
    source: number('source'),
    destination: number('destination'),
  };
}

function readParts(parameter: any, at: string): Map<string, Given> {
  if (!Array.isArray(parameter.part)) throw refuse(at, 'has no parts.', `The parts are ${partNames.join(', ')}.`);
  const parts = new Map<string, Given>();
  for (const [index, part] of parameter.part.entries()) {
    const given = { at: `${at}.part[${index}]`, part };
    const name = isObject(part) ? part.name : undefined;
    if (typeof name !== 'string' || !partNames.includes(name)) {
      throw refuse(given.at, 'has no name that a FHIRPath Patch knows.', `The parts are ${partNames.join(', ')}.`);
    }
    if (parts.has(name)) throw refuse(given.at, `is a second \`${name}\`.`, 'Each part is given once.');
    parts.set(name, given);
  }
  return parts;
}

function text(parts: Map<string, Given>, name: string, keys: readonly string[], at: string): string {
  const given = parts.get(name);
  if (!given) throw refuse(at, `has no part \`${name}\`.`, `Give it as ${keys[0]}.`);
  const [key, second] = valueKeys(given.part);
  const value = key !== undefined && second === undefined && keys.includes(key) ? given.part[key] : undefined;
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw refuse(given.at, `(${name}) has no ${keys.join(' or ')}.`, `Give the ${name} as ${keys[0]}.`);
}

function wholeNumber(given: Given, name: string): number {
  const [key, second] = valueKeys(given.part);
  const known = ['valueInteger', 'valueUnsignedInt', 'valuePositiveInt'];
  const value = key !== undefined && second === undefined && known.includes(key) ? given.part[key] : undefined;
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw refuse(given.at, `(${name}) is not a whole number from 0 on.`, `Give the ${name} as valueInteger.`);
}

function isObject(value: unknown): value is Record<string, any> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What the generated checkers say of structure while they walk through a resource. */
import {
  type Digits,
  type Finding,
  isResourceType,
  jsonKeys,
  nearest,
  resourceTypes,
  type TypeDef,
  typeDef,
  writtenNumber,
} from '../resources/index.ts';
import { Account } from './account.ts';
import { jsonKind, rule, type Test } from './formats.ts';
import type { Library } from './library.ts';
import { CheckedReference, type Locator, referenceFault } from './references.ts';
import type { Way } from './way.ts';

/**
 * Checks one object as one type; written by compile.ts.
 * @param host path of the element from the type that holds it, as extensions name their contexts
 */
export type Checker = (value: any, report: Report, way: Way | undefined, host: string) => void;

/** What a walk is made with. */
export interface Walk {
  readonly resource: any;
  readonly type: string;
  readonly digits: Digits | undefined;
  readonly checker: (type: string) => Checker;
  readonly locator: Locator;
  readonly library: Library | undefined;
}

/** Of silent walks, which put nothing into it. */
const nowhere = new Map<object, Way | undefined>();

/** One walk through one resource. */
export class Report extends Account {
  readonly references: CheckedReference[] = [];
  readonly digits: Digits | undefined;
  readonly checker: (type: string) => Checker;
  readonly locator: Locator;
  /** Where each Reference stands, kept by a telling walk. */
  readonly ways: Map<object, Way | undefined>;

  constructor(telling: boolean, { resource, type, digits, checker, locator, library }: Walk) {
    super(telling, resource, type, library);
    this.digits = digits;
    this.checker = checker;
    this.locator = locator;
    this.ways = telling ? new Map() : nowhere;
  }

  unknown(at: Way | undefined, key: string, type: string): void {
    if (!this.wants()) return;
    const hint = hintFor(key.replace(/^_/, ''), typeDef(type));
    this.add('invalid-structure', `${type} has no element \`${shown(key)}\`.`, at, key, -1, hint);
  }

  /** A required element is not there. @param seen one bit for each required element that is, in the order of the type */
  missing(at: Way | undefined, seen: number, type: string): void {
    if (!this.wants()) return;
    const required = typeDef(type).elements.filter((element) => element.min > 0);
    for (const [bit, { name, choice }] of required.entries()) {
      if ((seen >> bit) & 1) continue;
      this.add(
        'invalid-structure',
        `${type} needs \`${name}${choice ? '[x]' : ''}\`, which is missing.`,
        at,
        name,
        -1,
        'Add it.',
      );
    }
  }

  empty(at: Way | undefined): void {
    if (!this.wants()) return;
    this.add('invalid-structure', 'An empty object says nothing.', at, '', -1, 'Leave the member out.');
  }

  twice(at: Way | undefined, name: string, first: string, second: string): void {
    if (!this.wants()) return;
    const text = `Only one of \`${first}\` and \`${second}\` can be there: both are \`${name}[x]\`.`;
    this.add('invalid-structure', text, at, name, -1, 'Remove one of them.');
  }

  /** A list was expected. */
  noList(at: Way | undefined, name: string, value: unknown): void {
    if (!this.wants()) return;
    if (!Array.isArray(value)) {
      const text = `\`${name}\` may occur more than once, so it must be an array; this is ${nameOf(value)}.`;
      this.add(
        'invalid-structure',
        text,
        at,
        name,
        -1,
        value === null ? 'Leave the member out.' : 'Put brackets around the value.',
      );
    } else if (value.length === 0) {
      this.add('invalid-structure', `\`${name}\` is an empty array.`, at, name, -1, 'Leave the member out.');
    } else this.add('invalid-structure', `\`${name}\` has too many items.`, at, name, -1, 'Remove some.');
  }

  /** An object was expected. */
  noObject(at: Way | undefined, name: string, index: number, value: unknown, type: string): void {
    if (!this.wants()) return;
    const once = index < 0 && Array.isArray(value);
    const text = once
      ? `\`${name}\` may occur only once, but is an array.`
      : `\`${name}\` must be an object (${type}), not ${nameOf(value)}.`;
    const hint = once
      ? 'Write the one object without brackets.'
      : value === null
        ? 'Leave it out.'
        : `Write the elements of ${type} in braces.`;
    this.add('invalid-structure', text, at, name, index, hint);
  }

  /** A primitive is not as its type must be. */
  wrong(at: Way | undefined, name: string, index: number, value: unknown, type: string): void {
    if (!this.wants()) return;
    if (value === null || Array.isArray(value)) {
      const text = value === null ? `\`${name}\` is null.` : `\`${name}\` may occur only once, but is an array.`;
      const hint =
        value === null ? 'Leave it out; null stands only beside an extension, in a list of primitives.' : rule(type);
      this.add('invalid-structure', text, at, name, index, hint);
    } else if (typeof value !== jsonKind(type)) {
      this.add(
        'invalid-structure',
        `\`${name}\` must be a ${jsonKind(type)}${type === jsonKind(type) ? '' : ` (${type})`}, not ${nameOf(value)}.`,
        at,
        name,
        index,
        rule(type),
      );
    } else {
      const what =
        typeof value === 'string' && /^(string|markdown|xhtml|base64Binary)$/.test(type)
          ? 'This'
          : `\`${shown(String(value))}\``;
      this.add('invalid-value', `${what} is not a valid ${type}.`, at, name, index, rule(type));
    }
  }

  wrongCode(at: Way | undefined, name: string, index: number, value: unknown, codes: ReadonlySet<string>): void {
    if (typeof value !== 'string' || value === '') this.wrong(at, name, index, value, 'code');
    if (typeof value !== 'string' || value === '' || !this.wants()) return;
    const meant = nearest(value, codes);
    const few = codes.size <= 20 ? `It may be ${[...codes].join(', ')}.` : 'See the required binding of the element.';
    const text = `\`${shown(value)}\` is not one of the codes that \`${name}\` may have.`;
    const hint = meant ? `Did you mean \`${meant}\`? ${few}` : few;
    const place = this.way(at, name, index);
    this.say({ kind: 'invalid-value', issue: 'code-invalid', rule: 'binding', text, at: place, hint });
  }

  /** A good whole number, which must also be written as one: no point, no exponent. */
  whole(holder: any, key: string | number, at: Way | undefined, name: string, type: string): void {
    if (this.digits === undefined) return;
    const written = writtenNumber(holder, key, this.digits);
    if (/^-?(0|[1-9]\d*)$/.test(written) || !this.wants()) return;
    const index = typeof key === 'number' ? key : -1;
    this.add('invalid-value', `\`${shown(written)}\` is not a valid ${type}.`, at, name, index, rule(type));
  }

  /** A list of primitives, whose nulls must have an extension beside them. */
  primitives(holder: any, key: string, at: Way | undefined, test: Test | ReadonlySet<string>, type: string): void {
    const values = holder[key];
    if (!Array.isArray(values) || values.length === 0) {
      this.noList(at, key, values);
      return;
    }
    const beside = holder[`_${key}`];
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      if (value === null && isObject(beside?.[i])) continue;
      if (test instanceof Set) {
        if (!test.has(value)) this.wrongCode(at, key, i, value, test);
      } else if (!(test as Test)(value)) this.wrong(at, key, i, value, type);
      else if (typeof value === 'number' && type !== 'decimal') this.whole(values, i, at, key, type);
    }
  }

  /** The extensions beside a list of primitives. */
  extensions(holder: any, key: string, at: Way | undefined, host: string): void {
    const beside = holder[`_${key}`];
    if (!Array.isArray(beside) || beside.length === 0) {
      this.noList(at, key, beside);
      return;
    }
    const values = holder[key];
    if (Array.isArray(values) && values.length !== beside.length && this.wants()) {
      const text = `\`${key}\` has ${values.length} items, but \`_${key}\` has ${beside.length}.`;
      this.add('invalid-structure', text, at, key, -1, 'Fill both with null to the same length.');
    }
    for (let i = 0; i < beside.length; i++) {
      const value = beside[i];
      if (isObject(value)) this.checker('Element')(value, this, this.telling ? this.way(at, key, i) : at, host);
      else if (value !== null || values?.[i] === undefined) this.noObject(at, key, i, value, 'Element');
    }
  }

  /** A whole resource inside another. */
  inner(at: Way | undefined, name: string, index: number, value: any, holder: any): void {
    const type = isObject(value) ? value.resourceType : undefined;
    if (typeof type !== 'string' || !isResourceType(type)) {
      if (isObject(value)) this.noType(at, name, index, type);
      else this.noObject(at, name, index, value, 'Resource');
      return;
    }
    const isContained = name === 'contained';
    if (isContained && this.insideContained) {
      this.told('A contained resource holds another one.', at, name, index, 'Contain both in the outer resource.');
    }
    if (isContained && value.id === undefined) {
      this.told(`The contained ${type} has no id.`, at, name, index, 'Give it one, so that `#id` can refer to it.');
    }
    const way = this.telling ? this.way(at, name, index) : at;
    this.enter(value, type, isContained, holder, () => this.checker(type)(value, this, way, type));
  }

  /** A Reference, itself checked already: what it says it refers to must be something that it may refer to. */
  reference(holder: any, targets: ReadonlySet<string> | undefined, at: Way | undefined): void {
    const literal = holder.reference;
    if (typeof literal === 'string') this.references.push(new CheckedReference(holder, literal, this.locator));
    if (this.telling) this.ways.set(holder, at);
    const fault = referenceFault(literal, holder.type, targets);
    if (fault === undefined || !this.wants(fault.severity)) return;
    const { severity, text, member, hint } = fault;
    this.say({ ...(severity && { severity }), kind: 'invalid-reference', text, at: this.way(at, member, -1), hint });
  }

  /** A resource whose resourceType is not what it must be; `wanted` when only one would do. */
  noType(at: Way | undefined, name: string, index: number, type: unknown, wanted?: string): void {
    if (!this.wants()) return;
    const isName = typeof type === 'string';
    const meant = wanted ?? (isName ? nearest(type, resourceTypes()) : undefined);
    const text = !isName
      ? 'A resource must say its resourceType.'
      : isResourceType(type)
        ? `The resource is of type ${type}, not ${wanted}.`
        : `FHIR R4 has no resource type \`${shown(type)}\`.`;
    const hint = wanted
      ? `Write \`${wanted}\`.`
      : meant
        ? `Did you mean \`${meant}\`?`
        : 'Name one of the types of R4.';
    this.add('invalid-structure', text, at, name, index, hint);
  }

  told(text: string, at: Way | undefined, name: string, index: number, hint: string): void {
    if (this.wants()) this.add('invalid-structure', text, at, name, index, hint);
  }

  add(kind: Finding['kind'], text: string, at: Way | undefined, name: string, index: number, hint: string): void {
    this.say({ kind, text, at: name === '' ? at : this.way(at, name, index), hint });
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function nameOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function shown(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40).toWellFormed()}…` : text;
}

function hintFor(key: string, { elements }: TypeDef): string {
  const choice = elements.find((element) => element.choice && key.startsWith(element.name));
  if (choice) {
    const keys = jsonKeys(choice).map((it) => it.key);
    return `Write \`${choice.name}[x]\` with its type: ${keys.slice(0, 12).join(', ')}${keys.length > 12 ? ', …' : ''}.`;
  }
  const names = elements.map(({ name, choice: isChoice }) => (isChoice ? `${name}[x]` : name));
  const meant = nearest(key, names);
  return meant ? `Did you mean \`${meant}\`?` : `Its elements are ${names.join(', ')}.`;
}

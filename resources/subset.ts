/**
 * Parts of a resource: `_summary` and `_elements`. https://hl7.org/fhir/R4/search.html#summary,
 * https://hl7.org/fhir/R4/search.html#elements
 */
import { type ElementDef, isResourceType, jsonKeys, typeDef } from './definitions.ts';
import type { Digits } from './json.ts';
import { Fault } from './outcome.ts';

/** What of each resource is wanted. */
export type Subset =
  /** `count` is answered without any resource: `subset` gives none of it but what every subset has. */
  | { readonly summary: 'true' | 'text' | 'data' | 'count' }
  /** Element names, with the type that they are for where one was named (`Patient.name`). */
  | { readonly elements: readonly { readonly type: string | undefined; readonly name: string }[] };

/** The tag of a resource that is not whole, so that nobody stores it over the whole one. */
export const SUBSETTED = Object.freeze({
  system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue',
  code: 'SUBSETTED',
});

/**
 * Reads the values of `_summary` and `_elements` as they stand in the query.
 * @param types that the answer may hold, to refuse names that none of them has; all types when left out
 * @returns undefined when resources are wanted whole
 * @throws Fault `invalid-value` (no such summary, no such element), `invalid-request` (both at once, R4 leaves the two
 * no common meaning; `_summary=false` is none)
 */
export function parseSubset(
  summary: readonly string[],
  elements: readonly string[],
  types?: readonly string[],
): Subset | undefined {
  const code = parseSummary(summary);
  const names = elements.flatMap((list) => list.split(',')).map((name) => name.trim());
  const wanted = names.filter((name) => name !== '').map((name) => parseElement(name, types));
  if (wanted.length === 0) return code === 'false' ? undefined : { summary: code };
  if (code === 'false') return { elements: wanted };
  throw new Fault('invalid-request', `_elements and _summary=${code} exclude each other.`, {
    hint: 'Leave one of them out.',
  });
}

/**
 * The part of a resource that is wanted, tagged SUBSETTED. Id, meta and mandatory elements are always in it, and what
 * may turn the meaning around: implicitRules and modifierExtension. The resource itself is not changed.
 * @param digits of the resource; the digits of objects that had to be made anew are noted in it
 */
export function subset(resource: any, wanted: Subset, digits?: Digits): any {
  const type: string = resource.resourceType;
  const part: any = { resourceType: type };
  if (resource.id !== undefined) part.id = resource.id;
  part.meta = tagged(resource.meta);
  for (const key of Object.keys(resource)) {
    const element = planOf(type).get(key.replace(/^_/, ''));
    if (Object.hasOwn(part, key) || !element || !isWanted(element, key, type, wanted)) continue;
    const value = wantsSummary(wanted) ? summaryOf(resource, key, element, digits) : resource[key];
    if (value !== undefined) part[key] = value;
  }
  carryDigits(resource, part, digits);
  return part;
}

interface Planned {
  readonly name: string;
  readonly isSummary: boolean;
  readonly isMandatory: boolean;
  /** Kept whatever is asked for. */
  readonly isAlways: boolean;
  /** The type whose definition tells which of the children are summary; undefined for primitives and resources. */
  readonly inside: string | undefined;
}

/** JSON member without underscore → what the definitions say of it. */
type Plan = ReadonlyMap<string, Planned>;

const always = new Set(['id', 'meta', 'implicitRules', 'modifierExtension']);
const plans = new Map<string, Plan>();

function planOf(type: string): Plan {
  let plan = plans.get(type);
  if (!plan) {
    plan = new Map(typeDef(type).elements.flatMap((element) => plannedOf(element, isResourceType(type))));
    plans.set(type, plan);
  }
  return plan;
}

function plannedOf(element: ElementDef, isTop: boolean): [string, Planned][] {
  return jsonKeys(element).map(({ key, inside }) => [
    key,
    {
      name: element.name,
      isSummary: element.isSummary,
      isMandatory: element.min > 0,
      isAlways: isTop ? always.has(element.name) : element.isModifier,
      inside,
    },
  ]);
}

function parseSummary(values: readonly string[]): 'true' | 'text' | 'data' | 'count' | 'false' {
  const [value = 'false', ...others] = new Set(values);
  if (others.length > 0) throw new Fault('invalid-request', '_summary is given more than once.');
  if (value === 'true' || value === 'text' || value === 'data' || value === 'count' || value === 'false') return value;
  throw new Fault('invalid-value', `_summary=${value.slice(0, 64)} is not known.`, {
    hint: 'The values are true, text, data, count and false.',
  });
}

function parseElement(text: string, types?: readonly string[]): { type: string | undefined; name: string } {
  const [first = '', second, ...more] = text.split('.');
  const type = second !== undefined && isResourceType(first) ? first : undefined;
  const name = (type === undefined ? first : second!).replace(/\[x\]$/, '');
  const isNested = type === undefined ? second !== undefined : more.length > 0;
  const among = type === undefined ? types : [type];
  const isKnown = among === undefined || among.some((one) => namesOf(one).has(name));
  if (name !== '' && !isNested && isKnown) return { type, name };
  throw new Fault('invalid-value', `_elements names ${JSON.stringify(text.slice(0, 64))}, which is no element here.`, {
    hint: isNested
      ? `Only elements of the resource itself can be asked for, here \`${name}\`.`
      : 'Names are as in the definition of the resource, for example `birthDate`.',
  });
}

function namesOf(type: string): ReadonlySet<string> {
  return new Set([...planOf(type)].flatMap(([key, { name }]) => [key, name]));
}

function wantsSummary(wanted: Subset): boolean {
  return 'summary' in wanted && wanted.summary === 'true';
}

function isWanted(element: Planned, key: string, type: string, wanted: Subset): boolean {
  if ('summary' in wanted && wanted.summary === 'data') return element.name !== 'text';
  if (element.isAlways || element.isMandatory) return true;
  if ('elements' in wanted) {
    const member = key.replace(/^_/, '');
    return wanted.elements.some(
      (one) => (one.type === undefined || one.type === type) && (one.name === element.name || one.name === member),
    );
  }
  return wanted.summary === 'true' ? element.isSummary : wanted.summary === 'text' && element.name === 'text';
}

/** What `_summary=true` shows of one member; undefined: nothing. */
function summaryOf(holder: any, key: string, element: Planned, digits: Digits | undefined): any {
  const value = holder[key];
  if (key.startsWith('_')) {
    // Extensions are no summary, but where there is no value they are all there is (a data-absent-reason, say).
    const beside = holder[key.slice(1)];
    return beside === undefined || (Array.isArray(beside) && beside.includes(null)) ? value : undefined;
  }
  const { inside } = element;
  if (inside === undefined || typeof value !== 'object' || value === null) return value;
  if (!Array.isArray(value)) return reduced(value, inside, element, digits);
  const items = value.map((item) => reduced(item, inside, element, digits)).filter((item) => item !== undefined);
  return items.length > 0 ? items : undefined;
}

/** An element with its summary children only; when none is there, a mandatory element stays as it is. */
function reduced(value: any, type: string, element: Planned, digits: Digits | undefined): any {
  const part: any = {};
  const plan = planOf(type);
  for (const key of Object.keys(value)) {
    const child = plan.get(key.replace(/^_/, ''));
    if (!child || !(child.isSummary || child.isMandatory || child.isAlways)) continue;
    const kept = summaryOf(value, key, child, digits);
    if (kept !== undefined) part[key] = kept;
  }
  const count = Object.keys(part).length;
  if (count === 0) return element.isMandatory ? value : undefined;
  carryDigits(value, part, digits);
  return part;
}

function tagged(meta: any): any {
  const tags: any[] = Array.isArray(meta?.tag) ? meta.tag : [];
  const isTagged = tags.some((tag) => tag?.system === SUBSETTED.system && tag.code === SUBSETTED.code);
  return { ...meta, tag: isTagged ? tags : [...tags, { ...SUBSETTED }] };
}

function carryDigits(from: object, to: object, digits: Digits | undefined): void {
  const kept = digits?.get(from);
  if (kept) digits!.set(to, Object.assign(Object.create(null) as Record<string, string>, kept));
}

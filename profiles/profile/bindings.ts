/** Bindings that a profile adds or makes stronger. https://hl7.org/fhir/R4/terminologies.html#binding */
import type { ElementDefinition } from 'fhir/r4.js';
import { nearest, typeRules } from '../../resources/index.ts';
import type { BoundCodes } from '../../terminology/index.ts';
import { shown } from './match.ts';
import type { ProfileName } from './name.ts';
import { shortName } from './name.ts';
import type { ProfileNode } from './tree.ts';
import { type Check, isObject, type Told, type Walk } from './walk.ts';

/** Whether a value is in a set; undefined where that cannot be said now. */
type Answer = boolean | undefined;

interface Bound {
  readonly valueSet: string;
  readonly isRequired: boolean;
  /** The outermost set of an extensible binding. */
  readonly isMax: boolean;
}

const maxValueSet = 'http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet';

/** The bindings of a node for each of its values: those that neither R4 nor the sliced element says already. */
export function bindingRules(node: ProfileNode, said: ProfileNode | undefined, profile: ProfileName): Check[] {
  const known = said ? boundsOf(said.def) : [];
  return boundsOf(node.def)
    .filter((bound) => !known.some((it) => isAsStrong(it, bound)) && !isOfBase(node, bound))
    .map((bound) => bindingRule(node.name, bound, profile));
}

/** Whether a value is in the set that an element requires, for slices that are told apart so. */
export function isBound(value: any, valueSet: string, walk: Walk): Answer {
  const codes = walk.codesOf(valueSet);
  return codes ? answer(value, codes, walk) : undefined;
}

/** The value set that an element requires. */
export function requiredSet({ binding }: Partial<ElementDefinition>): string | undefined {
  return binding?.strength === 'required' ? binding.valueSet : undefined;
}

function boundsOf({ binding }: Partial<ElementDefinition>): Bound[] {
  if (binding?.valueSet === undefined) return [];
  const isRequired = binding.strength === 'required';
  const bounds: Bound[] =
    isRequired || binding.strength === 'extensible' ? [{ valueSet: binding.valueSet, isRequired, isMax: false }] : [];
  const most = binding.extension?.find(({ url }) => url === maxValueSet);
  const valueSet = most?.valueCanonical ?? most?.valueUri;
  return valueSet === undefined ? bounds : [...bounds, { valueSet, isRequired: true, isMax: true }];
}

function isAsStrong(one: Bound, other: Bound): boolean {
  return plain(one.valueSet) === plain(other.valueSet) && (one.isRequired || !other.isRequired);
}

/** The base pass asks for R4's own bindings. */
function isOfBase({ element, name }: ProfileNode, bound: Bound): boolean {
  if (element === undefined) return false;
  const rules = typeRules(element.path.slice(0, element.path.lastIndexOf('.'))).elements;
  const [strength, valueSet, most] = rules?.[name]?.binding ?? [];
  if (valueSet === undefined) return false;
  if (bound.isMax) return plain(most ?? '') === plain(bound.valueSet);
  const isSame = plain(valueSet) === plain(bound.valueSet);
  return isSame && (strength === 'required' || (strength === 'extensible' && !bound.isRequired));
}

function plain(canonical: string): string {
  return canonical.replace(/\|4\.0\.\d$/, '');
}

function bindingRule(name: string, { valueSet, isRequired }: Bound, profile: ProfileName): Check {
  const severity = isRequired ? 'error' : 'warning';
  return (value, _beside, walk, at, type) => {
    // An extension in place of the code, another type of a choice, and a number without a unit: none of them has a code.
    if (value === undefined || value === null || type === 'Reference') return;
    if (isObject(value) && 'value' in value && value.code === undefined) return;
    const codes = walk.codesOf(valueSet);
    if (codes === undefined) return;
    const found = codes === null ? undefined : answer(value, codes, walk);
    if (found === true) return;
    if (found === undefined) {
      const isAsked = codes?.isLarge && codes.unknownBecause === undefined;
      if (isRequired && !isAsked && walk.warns()) walk.tell(at, unchecked(name, valueSet, codes));
      return;
    }
    // Text alone may stand where the set can be extended: it says that no code was found.
    if (!isRequired && isObject(value) && 'text' in value && !Array.isArray(value.coding)) return;
    if (!(isRequired ? walk.breaks() : walk.warns())) return;
    const text = `${spoken(value)} is not in the value set ${shortName(valueSet)}, which ${profile.short} ${isRequired ? 'requires' : 'wants'} for \`${name}\`.`;
    walk.tell(at, { rule: 'binding', issue: 'code-invalid', text, hint: hintFor(value, codes!), severity });
  };
}

function unchecked(name: string, valueSet: string, codes: BoundCodes | null): Told {
  const why = codes === null ? 'it is not on this server' : (codes.unknownBecause ?? 'its codes are not known here');
  const text = `Whether \`${name}\` is in the value set ${shortName(valueSet)} could not be checked: ${why}.`;
  const hint = `Add ${valueSet} or the code system that it needs.`;
  return { rule: 'binding', issue: 'not-found', text, hint, severity: 'warning' };
}

function answer(value: any, codes: BoundCodes, walk: Walk): Answer {
  if (typeof value === 'string') return contains(undefined, value, codes, walk);
  if (!isObject(value)) return undefined;
  if (Array.isArray(value.coding)) {
    let isUnknown = false;
    for (const coding of value.coding) {
      const found = codingIn(coding, codes, walk);
      if (found) return true;
      if (found === undefined) isUnknown = true;
    }
    return isUnknown ? undefined : false;
  }
  if ('coding' in value) return undefined;
  if ('text' in value && !('code' in value)) return false;
  return codingIn(value, codes, walk);
}

function codingIn(coding: any, codes: BoundCodes, walk: Walk): Answer {
  if (typeof coding?.code !== 'string') return false;
  // A code without its system could be anybody's.
  if (typeof coding.system !== 'string') return false;
  return contains(coding.system, coding.code, codes, walk);
}

function contains(system: string | undefined, code: string, codes: BoundCodes, walk: Walk): Answer {
  const found = codes.contains(system, code);
  const isAskable = codes.isLarge && !codes.isUnsaid?.(system, code);
  if (found === undefined && isAskable) walk.codes.push({ valueSet: codes.canonical, system, code });
  return found;
}

function spoken(value: any): string {
  const coding = isObject(value) ? (Array.isArray(value.coding) ? value.coding[0] : value) : undefined;
  if (coding?.code === undefined) return typeof value === 'string' ? `\`${shown(value)}\`` : 'What has no code';
  return `\`${shown(coding.system === undefined ? coding.code : `${coding.system}|${coding.code}`)}\``;
}

function hintFor(value: any, codes: BoundCodes): string {
  const some = codes.some(200);
  const names = some.map(({ code }) => code);
  const near = writtenCodes(value)
    .map((code) => nearest(code, names))
    .find((it) => it !== undefined);
  const meant = some.find(({ code }) => code === near);
  if (meant) return `Did you mean \`${meant.system}|${meant.code}\`?`;
  const few = some.slice(0, 8).map(({ code, display }) => (display === undefined ? code : `${code} (${display})`));
  return few.length === 0
    ? `See ${codes.canonical}.`
    : `It has ${few.join(', ')}${some.length > 8 ? ', …' : ''}: see ${codes.canonical}.`;
}

function writtenCodes(value: any): string[] {
  const codings = isObject(value) ? (Array.isArray(value.coding) ? value.coding : [value]) : [{ code: value }];
  return codings.map((coding: any) => coding?.code).filter((code: unknown) => typeof code === 'string');
}

/** Bindings of R4 that are no plain list of codes. https://hl7.org/fhir/R4/terminologies.html#binding */
import { type ElementRules, nearest } from '../resources/index.ts';
import type { BoundCodes } from '../terminology/index.ts';
import type { Account } from './account.ts';
import type { Library } from './library.ts';
import type { Way } from './way.ts';

/** A binding as the generated code refers to it. */
export interface Binding {
  readonly isRequired: boolean;
  /** Nothing is asked of the value set itself: only the largest one that is allowed counts. */
  readonly isLoose: boolean;
  readonly valueSet: string;
  readonly maxValueSet: string | undefined;
}

/** The binding of an element, where it asks for anything: preferred and example ones do not. */
export function toBinding([strength, valueSet, maxValueSet]: NonNullable<ElementRules['binding']>):
  | Binding
  | undefined {
  const isLoose = strength !== 'required' && strength !== 'extensible';
  if (isLoose && maxValueSet === undefined) return undefined;
  return { isRequired: strength === 'required', isLoose, valueSet, maxValueSet };
}

/** One code with its system; undefined where the type of the element tells none. */
interface Coded {
  readonly system?: unknown;
  readonly code?: unknown;
}

/**
 * Holds a code, uri, string, Coding, CodeableConcept or Quantity to a binding.
 * @param type of the value
 * @param at the way to the value
 */
export function checkBinding(value: any, type: string, binding: Binding, report: Account, at: Way | undefined): void {
  const { library } = report;
  if (library === undefined || value === null || value === undefined) return;
  const codings = codingsOf(value, type);
  if (!binding.isLoose) {
    const set = library.valueSet(binding.valueSet);
    if (set === undefined) report.lacks('valueSets', binding.valueSet);
    else judge(codings, type, set, binding.valueSet, binding.isRequired, report, at);
  }
  if (binding.maxValueSet === undefined || codings.length === 0) return;
  const largest = library.valueSet(binding.maxValueSet);
  if (largest === undefined) report.lacks('valueSets', binding.maxValueSet);
  else judge(codings, type, largest, binding.maxValueSet, isBound(binding, codings, type, library), report, at);
}

/**
 * Whether a code outside of the largest set that is allowed is refused. Beside a binding that is only preferred, instances
 * "are not required" to keep to it, which a maximum contradicts: a concept told in a system that neither set knows (Hindi by
 * ISO 639-1 in place of BCP-47), or in none, is warned of, a wrong code of their own systems is refused.
 * https://hl7.org/fhir/R4/valueset-binding-strength.html
 */
function isBound({ isLoose, valueSet }: Binding, codings: readonly Coded[], type: string, library: Library): boolean {
  if (!isLoose || type === 'code') return true;
  const preferred = library.valueSet(valueSet)?.some(1000) ?? [];
  return codings.every(({ system }) => preferred.some((one) => one.system === system));
}

/**
 * R4 binds formats to the media types and says beside that these short names are as good.
 * https://hl7.org/fhir/R4/capabilitystatement-definitions.html#CapabilityStatement.format
 */
const simpleFormats: ReadonlySet<unknown> = new Set(['xml', 'json', 'ttl', 'none']);
const mimeTypes = 'http://hl7.org/fhir/ValueSet/mimetypes';

const nobody: readonly Coded[] = Object.freeze([]);

function codingsOf(value: any, type: string): readonly Coded[] {
  if (type === 'CodeableConcept') return Array.isArray(value.coding) ? value.coding : nobody;
  if (type === 'Coding') return [value];
  if (typeof value !== 'object') return [{ code: value }];
  // Of a Quantity the unit counts, and one without a coded unit says nothing.
  return value.code === undefined ? nobody : [value];
}

function judge(
  codings: readonly Coded[],
  type: string,
  set: BoundCodes | null,
  canonical: string,
  isRequired: boolean,
  report: Account,
  at: Way | undefined,
): void {
  if (set === null) {
    if (codings.length > 0) tellUnchecked(undefined, canonical, report, at);
    return;
  }
  if (codings.length === 0) {
    // An extensible binding lets a text stand where no code fits.
    if (isRequired && type === 'CodeableConcept') tell(undefined, type, set, canonical, isRequired, report, at);
    return;
  }
  if (type === 'code' && simpleFormats.has(codings[0]!.code) && canonical.startsWith(mimeTypes)) return;
  let isOpen = false;
  for (const { system, code } of codings) {
    if (typeof code !== 'string') continue;
    const found = set.contains(typeof system === 'string' ? system : undefined, code);
    if (found === true) return;
    if (found === undefined) {
      isOpen = true;
      const from = typeof system === 'string' ? system : undefined;
      if (set.isLarge && !set.isUnsaid?.(from, code)) report.lacksCode(canonical, from, code);
    }
  }
  if (isOpen && set.unknownBecause !== undefined) tellUnchecked(set.unknownBecause, canonical, report, at);
  if (!isOpen) tell(codings, type, set, canonical, isRequired, report, at);
}

function tell(
  codings: readonly Coded[] | undefined,
  type: string,
  set: BoundCodes,
  canonical: string,
  isRequired: boolean,
  report: Account,
  at: Way | undefined,
): void {
  const severity = isRequired ? 'error' : 'warning';
  if (!report.wants(severity)) return;
  const must = isRequired ? 'must' : 'should';
  const written = codings?.map(shownCoding).join(', ') ?? 'There is no code; one';
  const text =
    codings === undefined
      ? `There is no code, and one ${must} be from the value set ${canonical}.`
      : `${written} ${codings.length > 1 ? 'are' : 'is'} not in the value set ${canonical}, from which the ${wordFor(type)} ${must} be.`;
  report.say({
    severity,
    kind: 'invalid-value',
    issue: 'code-invalid',
    rule: 'binding',
    text,
    at,
    hint: hintFor(codings, set),
  });
}

function tellUnchecked(because: string | undefined, canonical: string, report: Account, at: Way | undefined): void {
  if (!report.wants('information')) return;
  report.say({
    severity: 'information',
    kind: 'not-supported',
    issue: 'not-found',
    rule: 'binding',
    text: `Whether the code is in the value set ${canonical} could not be checked: ${because ?? 'the value set is not known here'}.`,
    at,
    hint: 'Install the package or the release that defines it to have it checked.',
  });
}

function wordFor(type: string): string {
  return type === 'Quantity' ? 'unit' : 'code';
}

function shownCoding({ system, code }: Coded): string {
  if (typeof code !== 'string') return 'A coding without a code';
  const text = typeof system === 'string' ? `${system}|${code}` : code;
  return `\`${text.length > 80 ? `${text.slice(0, 80).toWellFormed()}…` : text}\``;
}

function hintFor(codings: readonly Coded[] | undefined, set: BoundCodes): string {
  const some = set.some(200);
  const codes = some.map(({ code }) => code);
  const code = codings?.find((it) => typeof it.code === 'string')?.code as string | undefined;
  const meant = code === undefined ? undefined : codes.includes(code) ? code : nearest(code, codes);
  const one = some.find((it) => it.code === meant);
  if (one) return `Did you mean \`${one.system}|${one.code}\`?`;
  if (some.length === 0) return 'See the value set for the codes that it has.';
  const few = some.slice(0, 8).map((it) => `${it.system}|${it.code}`);
  return `Its codes are ${few.join(', ')}${some.length > few.length ? ', …' : ''}.`;
}

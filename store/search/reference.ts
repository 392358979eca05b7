/**
 * Search parameters of type reference. The token of a reference is the hash of its target, turned (XOR) by a key of the
 * slot: SQL can make it from a row and make the row from it, so chains and includes need no table of references.
 * https://hl7.org/fhir/R4/search.html#reference
 */
import { isResourceType, parseCanonical, parseReference, type Slot } from '../../resources/index.ts';
import { name, sql } from '../sql.ts';
import { parseToken } from './asked-token.ts';
import { addCanonicalReference } from './canonical.ts';
import { anyOf } from './combine.ts';
import { type Condition, type PlanContext, RANK, type Where } from './condition.ts';
import { localText } from './contained.ts';
import { unescaped } from './escape.ts';
import { collectIdentifier, idCondition, systemText } from './identifier.ts';
import type { Memory } from './memory.ts';
import type { Collect, Sink } from './sink.ts';
import type { Targets } from './target.ts';
import { tokenCondition } from './uri.ts';

/** A slot that counts only references to some types, and its bit among those of the type's slots. */
export interface Narrowed {
  readonly types: readonly string[];
  readonly word: number;
  readonly bit: number;
}

export interface ReferenceOptions {
  readonly targets: Targets;
  readonly memory: Memory;
  /** Slots of the same name that say whether there is a reference to some types at all. */
  readonly narrowed: readonly Narrowed[];
  /** Whether a reference to a patient here puts the resource into the patient's compartment. */
  readonly isCompartment: boolean;
}

/** Writing side. */
export function collectReference(slot: Slot, fhirType: string, options: ReferenceOptions): Collect {
  const add = collectTarget(slot, options);
  if (fhirType === 'Resource') {
    return (resource, sink) => {
      if (typeof resource.id === 'string') add(`${resource.resourceType}/${resource.id}`, undefined, sink);
    };
  }
  if (fhirType !== 'Reference') return (value, sink) => addCanonical(slot, value, sink, add);
  const addIdentifier = slot.identifier && collectIdentifier(slot.identifier, options.memory, false);
  return (value, sink) => {
    if (value.reference !== undefined) add(value.reference, value.type, sink);
    else if (value.type !== undefined) mark(options.narrowed, value.type, sink);
    if (value.identifier !== undefined) addIdentifier?.(value.identifier, sink);
  };
}

/** What finds everything that refers to a resource, whichever element does: `rid` turned by the hash of this. */
export const ANY_REFERENCE = 'ref|*';

/** Reading side: `Patient/7`, `7`, an address; `:Patient`, `:identifier`; canonicals `:above` and `:below`. */
export const where: Where = (parameter, values, modifier, context) => {
  const { slots, targets, code } = parameter;
  const texts = values.map(unescaped);
  if (modifier === 'above' || modifier === 'below') return versionCondition(slots, texts, modifier, context);
  if (modifier === 'identifier') return identifierCondition(slots, values, context, code);
  const asked = texts.map((text) => readAsked(text, modifier === undefined ? targets : [modifier], context.base));
  const rids = asked.flatMap(({ local }) => local.map(({ type, id }) => context.rid(type, id)));
  const urls = asked.flatMap(({ urls: some }) =>
    slots.flatMap((slot) => some.map((url) => context.hash(urlText(slot, url)))),
  );
  const [slot] = slots;
  if (slots.length === 1 && slot!.hot === 'subj') return subjectCondition(rids, urls, context);
  const keys = [...new Set(slots.map((one) => context.hash(keyText(one))))];
  return tokenCondition([...keys.flatMap((key) => rids.map((rid) => rid ^ key)), ...urls], context);
};

function subjectCondition(rids: readonly bigint[], urls: readonly bigint[], context: PlanContext): Condition {
  const elsewhere = urls.length > 0 ? [tokenCondition(urls, context)] : [];
  if (rids.length === 0) return elsewhere[0] ?? { filter: sql`false` };
  const is = sql`${name(`${context.alias}.subj`)} = any(${rids}::int8[])`;
  const own: Condition = { filter: sql`((${is}) IS TRUE)`, driver: { rank: RANK.subject, where: is } };
  const either = anyOf([own, ...elsewhere], context);
  const values = [...new Set(rids)];
  const hot = urls.length === 0 && ({ column: 'subj', values, list: sql`${values}::int8[]` } as const);
  // Hardly anything refers to it by another text: that does not make it less rare.
  return { ...either, driver: { ...either.driver!, rank: RANK.subject }, ...(hot && { hot }) };
}

interface Asked {
  readonly local: readonly { readonly type: string; readonly id: string }[];
  readonly urls: readonly string[];
}

/** @param types that the reference may be to; none: any */
function readAsked(text: string, types: readonly string[], base: string): Asked {
  const allows = (type: string) => types.length === 0 || types.includes(type);
  const reference = parseReference(text, base);
  switch (reference.kind) {
    case 'local':
      if (!allows(reference.type)) return { local: [], urls: [] };
      // A version is a text of its own; the other versions of the target are not meant.
      return reference.version === undefined
        ? { local: [reference], urls: [] }
        : { local: [], urls: [`${reference.type}/${reference.id}/_history/${reference.version}`] };
    case 'other':
      return /^[A-Za-z0-9\-.]{1,64}$/.test(text)
        ? { local: types.filter(isResourceType).map((type) => ({ type, id: text })), urls: [text] }
        : { local: [], urls: [text] };
    case 'fragment':
      return { local: [], urls: [] };
    case 'absolute':
      return reference.type !== undefined && !allows(reference.type)
        ? { local: [], urls: [] }
        : { local: [], urls: [text] };
    default:
      return { local: [], urls: [text] };
  }
}

function identifierCondition(
  slots: readonly Slot[],
  values: readonly string[],
  context: PlanContext,
  code: string,
): Condition {
  const own = slots.flatMap(({ identifier }) => identifier ?? []);
  const conditions = values.map((text) => {
    const { system, code: value } = parseToken(text, `${code}:identifier`);
    if (value === undefined)
      return tokenCondition(
        own.map((slot) => context.hash(systemText(slot, system!))),
        context,
      );
    return idCondition(
      own.map(({ k }) => k),
      { value, system: system === '' ? null : system },
      context,
    );
  });
  return own.length === 0 ? { filter: sql`false` } : anyOf(conditions, context);
}

function collectTarget(slot: Slot, { targets, narrowed, isCompartment }: ReferenceOptions) {
  const isHot = slot.hot === 'subj';
  let key: { low: number; high: number } | undefined;
  return (text: string, type: string | undefined, sink: Sink): void => {
    const { hasher, locals } = sink;
    if (key === undefined) {
      hasher.digest(keyText(slot));
      key = { low: hasher.low, high: hasher.high };
    }
    if (text.startsWith('#')) {
      const inside = locals?.types.get(text.slice(1));
      if (inside === undefined) return;
      mark(narrowed, inside, sink);
      hasher.digest(localText(locals!.container, text));
      const { low, high } = hasher;
      sink.addReference(low ^ key.low, high ^ key.high);
      if (isHot && sink.subj === null) sink.subj = hasher.join(low, high);
      return;
    }
    const target = targets.of(text);
    const { local, url } = target;
    if (narrowed.length > 0) mark(narrowed, target.type ?? type, sink);
    if (local !== undefined) {
      sink.addReference(local.low ^ key.low, local.high ^ key.high);
      if (isHot && sink.subj === null) sink.subj = hasher.join(local.low, local.high);
      if (isCompartment && local.type === 'Patient') sink.addPatient(local.id, local.low, local.high);
    }
    if (url !== undefined) addUrl(slot, url, sink);
    if (target.unversioned !== undefined) addUrl(slot, target.unversioned, sink);
  };
}

/** A canonical stands for what has this url, in this version or in any; it may be a reference to this server as well. */
function addCanonical(
  slot: Slot,
  value: unknown,
  sink: Sink,
  add: (text: string, type: string | undefined, sink: Sink) => void,
): void {
  if (typeof value !== 'string') return;
  const whole = value.includes('#') && !value.startsWith('#') ? value.slice(0, value.indexOf('#')) : value;
  add(whole, undefined, sink);
  const { url, version } = parseCanonical(whole);
  addUrl(slot, versionText(url, version), sink);
  addCanonicalReference(url, version, keyText(slot), sink);
  if (version === undefined) return;
  add(url, undefined, sink);
  for (const start of startsOf(version)) addUrl(slot, belowText(url, start), sink);
}

/** Beginnings of a version up to a point, itself included: 1, 1.2, 1.2.3. */
function startsOf(version: string): string[] {
  const parts = version.split('.').slice(0, VERSION_PARTS_MAX);
  return [...new Set([...parts.map((_, index) => parts.slice(0, index + 1).join('.')), version])];
}

const VERSION_PARTS_MAX = 8;

/** Stands for a canonical with this very version, or with none. */
function versionText(url: string, version: string | undefined): string {
  return `|=|${url}|${version ?? ''}`;
}

/** Stands for a canonical whose version begins so. */
function belowText(url: string, start: string): string {
  return `|<|${url}|${start}`;
}

/**
 * Canonicals by their versions: `|1` is above `|1.2`, and a canonical without a version is above all that have one.
 * https://hl7.org/fhir/R4/search.html#versions
 */
function versionCondition(
  slots: readonly Slot[],
  texts: readonly string[],
  modifier: 'above' | 'below',
  context: PlanContext,
): Condition {
  const wanted = texts.flatMap((text) => {
    const { url, version } = parseCanonical(text);
    if (modifier === 'below') return version === undefined ? [url] : [belowText(url, version)];
    const starts = version === undefined ? [] : startsOf(version);
    return [undefined, ...starts].map((start) => versionText(url, start));
  });
  return tokenCondition(
    slots.flatMap((slot) => wanted.map((text) => context.hash(urlText(slot, text)))),
    context,
  );
}

function addUrl(slot: Slot, url: string, sink: Sink): void {
  sink.addToken(sink.hasher.hash(urlText(slot, url)));
}

function mark(narrowed: readonly Narrowed[], type: string | undefined, sink: Sink): void {
  if (type === undefined) return;
  for (const one of narrowed) if (one.types.includes(type)) sink.bits[one.word]! |= one.bit;
}

function keyText(slot: Slot): string {
  return `ref|${slot.name}`;
}

function urlText(slot: Slot, url: string): string {
  return `${slot.name}|url|${url}`;
}

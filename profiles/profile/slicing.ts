/** Slices: items of a list (or of a choice) for which a profile says things of their own. https://hl7.org/fhir/R4/profiling.html#slicing */
import type { Way } from '../way.ts';
import { extensionUrl, matcherOf } from './discriminator.ts';
import type { ProfileName } from './name.ts';
import type { Matcher } from './reach.ts';
import type { Bases } from './snapshot.ts';
import type { ProfileNode } from './tree.ts';
import type { CheckOf } from './types.ts';
import type { Check, Walk } from './walk.ts';

/** The values of one element: a list with the extensions beside it, or a single value as a list of one. */
export interface Items {
  readonly values: readonly any[];
  readonly besides: readonly any[] | undefined;
  readonly count: number;
  readonly type: string;
  /** Of the element, without an index. */
  readonly at: Way | undefined;
  readonly isList: boolean;
}

/** Checks the slices of an element. */
export type SlicesCheck = (items: Items, walk: Walk) => void;

interface Slice {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly matches: Matcher;
  readonly check: Check | undefined;
  readonly slices: Slicing | undefined;
}

interface Slicing {
  readonly element: string;
  readonly slices: readonly Slice[];
  /** The slice of what is in no other. */
  readonly rest: Slice | undefined;
  readonly byUrl: ReadonlyMap<string, number> | undefined;
  readonly rules: string;
  readonly isOrdered: boolean;
  readonly profile: ProfileName;
}

/** What a slicing is made with. */
export interface SliceMaking {
  readonly profile: ProfileName;
  readonly bases: Bases;
  readonly checkOf: CheckOf;
  /** What a slice says of each of its values, besides what the sliced element says. */
  check(slice: ProfileNode, said: ProfileNode): Check | undefined;
}

/** The check of the slices of a node; undefined when they say nothing. */
export function slicesCheck(node: ProfileNode, making: SliceMaking): SlicesCheck | undefined {
  const slicing = toSlicing(node, making);
  return slicing && ((items, walk) => run(slicing, items, undefined, walk));
}

function toSlicing(node: ProfileNode, making: SliceMaking): Slicing | undefined {
  const { slicing } = node.def;
  const rules = slicing?.rules ?? 'open';
  const slices = node.slices.map((slice) => toSlice(node, slice, making));
  const isSilent = slices.every((it) => it.min === 0 && it.max === Infinity && !it.check && !it.slices);
  if (node.slices.length === 0 || (isSilent && rules === 'open' && !slicing?.ordered)) return undefined;
  const isExtension = node.name === 'extension' || node.name === 'modifierExtension';
  const urls = isExtension ? node.slices.map(extensionUrl) : [];
  const isByUrl = isExtension && urls.every((url) => url !== undefined);
  return {
    element: node.name,
    slices: slices.filter(({ name }) => name !== '@default'),
    rest: slices.find(({ name }) => name === '@default'),
    byUrl: isByUrl ? new Map(urls.map((url, i) => [url!, i])) : undefined,
    rules,
    isOrdered: slicing?.ordered ?? false,
    profile: making.profile,
  };
}

function toSlice(node: ProfileNode, slice: ProfileNode, making: SliceMaking): Slice {
  const discriminators = node.def.slicing?.discriminator ?? (node.element?.choice ? byType : []);
  return {
    name: slice.slice ?? '',
    min: slice.def.min ?? 0,
    max: slice.def.max === undefined || slice.def.max === '*' ? Infinity : Number(slice.def.max),
    matches: matcherOf(slice, discriminators, making.bases, making.checkOf) ?? never,
    check: making.check(slice, node),
    slices: toSlicing(slice, making),
  };
}

const byType = [{ type: 'type', path: '$this' }] as const;
const never: Matcher = () => false;

/** @param among the items that are looked at; all when undefined */
function run(slicing: Slicing, items: Items, among: readonly number[] | undefined, walk: Walk): void {
  const { slices } = slicing;
  const counts = new Array<number>(slices.length).fill(0);
  const members: (number[] | undefined)[] = [];
  let last = 0;
  let firstRest = -1;
  let unsure = 0;
  const total = among?.length ?? items.count;
  for (let n = 0; n < total; n++) {
    const i = among?.[n] ?? n;
    walk.isUndecided = false;
    const found = sliceOf(slicing, items, i, walk);
    if (found < 0 && walk.isUndecided) {
      unsure++;
      continue;
    }
    const slice = found < 0 ? slicing.rest : slices[found]!;
    if (found < 0) {
      if (firstRest < 0) firstRest = i;
      if (slicing.rules === 'closed' && !slice) outside(slicing, items, i, walk);
    } else {
      counts[found]!++;
      if (slicing.isOrdered && found < last) disordered(slicing, slices[last]!, slice!, items, i, walk);
      if (slicing.rules === 'openAtEnd' && firstRest >= 0) behind(slicing, slice!, items, i, walk);
      last = Math.max(last, found);
      if (slice!.slices) members[found] = [...(members[found] ?? []), i];
    }
    slice?.check?.(items.values[i], items.besides?.[i], walk, wayOf(items, i, walk), items.type);
  }
  for (let s = 0; s < slices.length; s++) {
    const slice = slices[s]!;
    if (counts[s]! < slice.min && counts[s]! + unsure >= slice.min) undecided(slicing, slice, items, walk);
    else if (counts[s]! < slice.min) tooFew(slicing, slice, counts[s]!, items, walk);
    if (counts[s]! > slice.max) tooMany(slicing, slice, counts[s]!, items, walk);
    if (slice.slices) run(slice.slices, items, members[s] ?? [], walk);
  }
}

function sliceOf(slicing: Slicing, items: Items, i: number, walk: Walk): number {
  const value = items.values[i];
  if (slicing.byUrl) return slicing.byUrl.get(value?.url) ?? -1;
  return slicing.slices.findIndex(({ matches }) => matches(value, items.besides?.[i], walk, items.type));
}

function wayOf(items: Items, i: number, walk: Walk): Way | undefined {
  if (!walk.telling || !items.isList) return items.at;
  return { ...items.at!, index: i };
}

function undecided(slicing: Slicing, slice: Slice, items: Items, walk: Walk): void {
  if (!walk.warns()) return;
  const text = `Whether the slice \`${slice.name}\` of \`${slicing.element}\` is there could not be checked: the value set that tells it is not on this server.`;
  const hint = `Add what ${slicing.profile.canonical} needs: npm run ig -- add FILE.tgz`;
  walk.tell(items.at, { rule: `slice:${slice.name}`, issue: 'not-found', text, hint, severity: 'warning' });
}

function tooFew(slicing: Slicing, slice: Slice, count: number, items: Items, walk: Walk): void {
  if (!walk.breaks()) return;
  const { short } = slicing.profile;
  const text =
    count === 0
      ? `The slice \`${slice.name}\` of \`${slicing.element}\` is missing: ${short} needs ${slice.min} of it.`
      : `The slice \`${slice.name}\` of \`${slicing.element}\` is there ${times(count)}: ${short} needs ${slice.min} of it.`;
  const hint = `Add what ${slicing.profile.canonical} describes as \`${slicing.element}:${slice.name}\`.`;
  walk.tell(items.at, { rule: `slice:${slice.name}`, issue: 'required', text, hint });
}

function tooMany(slicing: Slicing, slice: Slice, count: number, items: Items, walk: Walk): void {
  if (!walk.breaks()) return;
  const allowed = slice.max === 0 ? 'does not allow it' : `allows ${slice.max}`;
  const text = `The slice \`${slice.name}\` of \`${slicing.element}\` is there ${times(count)}: ${slicing.profile.short} ${allowed}.`;
  walk.tell(items.at, { rule: `slice:${slice.name}`, issue: 'structure', text, hint: 'Remove what is too much.' });
}

function outside(slicing: Slicing, items: Items, i: number, walk: Walk): void {
  if (!walk.breaks()) return;
  const names = slicing.slices.map(({ name }) => name).join(', ');
  const text = `This \`${slicing.element}\` belongs to no slice, and ${slicing.profile.short} allows only its slices.`;
  walk.tell(wayOf(items, i, walk), { rule: 'slicing', issue: 'structure', text, hint: `The slices are ${names}.` });
}

function disordered(slicing: Slicing, before: Slice, slice: Slice, items: Items, i: number, walk: Walk): void {
  if (!walk.breaks()) return;
  const text = `\`${slice.name}\` must stand before \`${before.name}\`: the slices of \`${slicing.element}\` are in order in ${slicing.profile.short}.`;
  walk.tell(wayOf(items, i, walk), { rule: `slice:${slice.name}`, issue: 'structure', text, hint: 'Move it up.' });
}

function behind(slicing: Slicing, slice: Slice, items: Items, i: number, walk: Walk): void {
  if (!walk.breaks()) return;
  const text = `\`${slice.name}\` must stand before what is in no slice of \`${slicing.element}\`, by ${slicing.profile.short}.`;
  walk.tell(wayOf(items, i, walk), { rule: `slice:${slice.name}`, issue: 'structure', text, hint: 'Move it up.' });
}

function times(count: number): string {
  return count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`;
}

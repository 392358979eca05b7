/** How slices are told apart. https://hl7.org/fhir/R4/profiling.html#discriminator */
import type { ElementDefinitionSlicingDiscriminator } from 'fhir/r4.js';
import { isBound, requiredSet } from './bindings.ts';
import { fits, isSame, wantedOf } from './match.ts';
import { ownType } from './own.ts';
import { type Matcher, reachOf } from './reach.ts';
import { type Bases, childrenOf } from './snapshot.ts';
import type { ProfileNode } from './tree.ts';
import { type CheckOf, conforms, conformsTarget } from './types.ts';
import { isObject, referredType, type Walk } from './walk.ts';

type Kind = ElementDefinitionSlicingDiscriminator['type'];

/** One step of a discriminator's path. */
type PathStep =
  | { readonly kind: 'member'; readonly name: string }
  | { readonly kind: 'extension'; readonly url: string }
  | { readonly kind: 'resolve' }
  | { readonly kind: 'type'; readonly name: string };

interface Making {
  readonly kind: Kind;
  readonly steps: readonly PathStep[];
  readonly bases: Bases;
  readonly checkOf: CheckOf;
}

/** The url by which an extension belongs to a slice; undefined where the slice does not tell one. */
export function extensionUrl(slice: ProfileNode): string | undefined {
  const own = slice.children.find(({ name }) => name === 'url');
  const url = own && wantedOf(own.def)?.value;
  if (typeof url === 'string') return url;
  const profiles = slice.def.type?.[0]?.profile ?? [];
  return profiles.length === 1 ? profiles[0]!.replace(/\|.*$/, '') : undefined;
}

/**
 * The matcher of a slice: all discriminators must say yes.
 * @returns undefined when none of them finds in the slice what it should compare with
 */
export function matcherOf(
  slice: ProfileNode,
  discriminators: readonly ElementDefinitionSlicingDiscriminator[],
  bases: Bases,
  checkOf: CheckOf,
): Matcher | undefined {
  const matchers = discriminators
    .map(({ type, path }) => step(slice, undefined, 0, { kind: type, steps: stepsOf(path), bases, checkOf }))
    .filter((it) => it !== undefined);
  if (discriminators.length === 0) return subtree(slice);
  if (matchers.length <= 1) return matchers[0];
  return (value, beside, walk, type) => matchers.every((matches) => matches(value, beside, walk, type));
}

function stepsOf(path: string): PathStep[] {
  const steps: PathStep[] = [];
  for (const [, name, argument] of path.matchAll(/([$\w[\]@-]+)(?:\(\s*['"]?([^'")]*)['"]?\s*\))?/g)) {
    if (name === '$this') continue;
    if (name === 'resolve') steps.push({ kind: 'resolve' });
    else if (name === 'extension' && argument !== undefined) steps.push({ kind: 'extension', url: argument });
    else if (name === 'ofType' || name === 'as') steps.push({ kind: 'type', name: argument ?? '' });
    else steps.push({ kind: 'member', name: name!.replace(/\[x\]$/, '') });
  }
  return steps;
}

/** @param pattern what a pattern further up wants here */
function step(node: ProfileNode, pattern: unknown, at: number, making: Making): Matcher | undefined {
  const wanted = wantedOf(node.def)?.value ?? pattern;
  const next = making.steps[at];
  if (next === undefined) return leaf(node, wanted, making);
  if (next.kind === 'type') {
    const rest = step(node, wanted, at + 1, making);
    return rest && ((value, beside, walk, type) => type === next.name && rest(value, beside, walk, type));
  }
  if (next.kind === 'resolve') return resolved(node, at, making);
  const name = next.kind === 'member' ? next.name : 'extension';
  const child = childrenOf(node, making.bases).find((it) => it.name === name);
  // What tells slices apart may be said of required slices further down: `code.coding:loinc.code`.
  const inner = (child ? [child, ...slicesFor(child, next)] : [])
    .map((it) => step(it, it === child ? memberOf(wanted, next) : undefined, at + 1, making))
    .filter((it) => it !== undefined);
  if (child === undefined || inner.length === 0) return undefined;
  const reach = reachOf(child, next.kind === 'extension' ? next.url : undefined);
  // An element that is not there is asked too: `exists` may want just that.
  const isLast = making.kind === 'exists' && at === making.steps.length - 1;
  return (value, beside, walk) => {
    const holder = isObject(value) ? value : beside;
    for (const matches of inner) {
      const reached = reach(holder, matches, walk);
      if (reached === 'no') return false;
      if (reached === 'nothing' && !(isLast && matches(undefined, undefined, walk, ''))) return false;
    }
    return true;
  };
}

/** The slices that a path may mean: those of the extension that it names, slices of slices too, or those that must be there. */
function slicesFor({ slices }: ProfileNode, next: PathStep): ProfileNode[] {
  const all = slices.flatMap((slice) => [slice, ...slicesFor(slice, next)]);
  if (next.kind === 'extension') return all.filter((slice) => extensionUrl(slice) === next.url);
  return all.filter(({ def }) => (def.min ?? 0) > 0);
}

function memberOf(wanted: unknown, next: PathStep): unknown {
  if (next.kind !== 'member' || typeof wanted !== 'object' || wanted === null) return undefined;
  const member = (Array.isArray(wanted) ? wanted[0] : (wanted as any))?.[next.name];
  return Array.isArray(member) ? member[0] : member;
}

function leaf(node: ProfileNode, wanted: unknown, making: Making): Matcher | undefined {
  switch (making.kind) {
    case 'exists': {
      if (node.def.max === '0') return (value, beside) => value === undefined && beside === undefined;
      return (node.def.min ?? 0) > 0 ? (value, beside) => value !== undefined || beside !== undefined : undefined;
    }
    case 'type':
      return typeMatcher(node);
    case 'profile':
      return profileMatcher(node.def.type?.flatMap(({ profile }) => profile ?? []) ?? [], making.checkOf);
    default: {
      // A fixed value is compared as a pattern where it only picks the slice: what is too much is told of the slice.
      if (wanted !== undefined) {
        const isFixed = wantedOf(node.def)?.isPattern === false && typeof wanted !== 'object';
        return isFixed ? (value) => isSame(value, wanted) : (value) => fits(value, wanted);
      }
      const set = requiredSet(node.def);
      const inner = subtree(node);
      return (
        inner ??
        (set === undefined ? undefined : (value, _beside, walk) => isDecidedly(isBound(value, set, walk), walk))
      );
    }
  }
}

/** Nobody knows whether the value is in the set: then nobody knows whether it is in the slice. */
function isDecidedly(answer: boolean | undefined, walk: Walk): boolean {
  if (answer === undefined) walk.isUndecided = true;
  return answer === true;
}

/** All that is fixed inside of an element, when nothing is fixed on the element itself. */
function subtree(node: ProfileNode): Matcher | undefined {
  const wanted = wantedOf(node.def)?.value;
  if (wanted !== undefined) return (value) => fits(value, wanted);
  const inner = node.children.flatMap((child) => {
    const own = [child, ...child.slices.filter(({ def }) => (def.min ?? 0) > 0)].map(subtree);
    return own.filter((it) => it !== undefined).map((matches) => ({ reach: reachOf(child), matches }));
  });
  if (inner.length === 0) return undefined;
  return (value, beside, walk) => {
    const holder = isObject(value) ? value : beside;
    for (const { reach, matches } of inner) if (reach(holder, matches, walk) !== 'yes') return false;
    return true;
  };
}

function typeMatcher(node: ProfileNode): Matcher | undefined {
  const types = node.def.type?.map(({ code }) => code) ?? [];
  if (types.length === 0) return undefined;
  const allowed = new Set(types);
  if (allowed.has('Resource') || allowed.has('DomainResource')) return (value) => value !== undefined;
  return (value, _beside, _walk, type) => allowed.has(type) || allowed.has(value?.resourceType);
}

function profileMatcher(profiles: readonly string[], checkOf: CheckOf): Matcher | undefined {
  if (profiles.length === 0) return undefined;
  return (value, _beside, walk, type) => {
    const actual = isObject(value) && typeof value.resourceType === 'string' ? value.resourceType : type;
    return profiles.some((canonical) => {
      const wantedType = ownType(canonical) ?? walk.definitions.structure(canonical)?.type;
      if (wantedType !== undefined && wantedType !== actual && wantedType !== 'Resource') return false;
      const check = checkOf(canonical, walk);
      return check === undefined ? wantedType !== undefined : conforms(check, value, walk, actual);
    });
  };
}

/** What a reference leads to; of a target that is not at hand the type must do. */
function resolved(node: ProfileNode, at: number, making: Making): Matcher | undefined {
  const profiles = node.def.type?.flatMap(({ targetProfile }) => targetProfile ?? []) ?? [];
  if (profiles.length === 0) return undefined;
  const rest = at + 1 < making.steps.length;
  return (value, _beside, walk) => {
    const target = walk.target(value?.reference);
    const actual: string | undefined = target?.resource.resourceType ?? referredType(value);
    return profiles.some((canonical) => {
      const type = ownType(canonical) ?? walk.definitions.structure(canonical)?.type;
      if (type === undefined || (type !== actual && type !== 'Resource')) return false;
      if (target === undefined || (making.kind === 'type' && !rest)) return !rest;
      if (rest) return isInside(canonical, target.resource, at, making, walk);
      const check = checkOfTarget(canonical, making, walk);
      return check === undefined || conformsTarget(canonical, check, target, walk);
    });
  };
}

function checkOfTarget(canonical: string, making: Making, walk: Walk): ReturnType<CheckOf> {
  return ownType(canonical) === undefined ? making.checkOf(canonical, walk) : undefined;
}

function isInside(canonical: string, resource: any, at: number, making: Making, walk: Walk): boolean {
  const tree = walk.definitions.tree(canonical);
  const matches = tree && step(tree, undefined, at + 1, making);
  return matches?.(resource, undefined, walk, resource.resourceType) ?? false;
}

/** Types that a profile leaves of a choice, profiles on types, and what references may lead to. */
import type { ElementDefinitionType } from 'fhir/r4.js';
import { typeRules as baseRules, withArticle } from '../../resources/index.ts';
import type { ProfileName } from './name.ts';
import { shortName } from './name.ts';
import { ownBase, ownType } from './own.ts';
import type { ProfileNode } from './tree.ts';
import { type Check, isObject, profileDepthMax, referredType, type Walk } from './walk.ts';

/** Finds the check of a profile; undefined when it is not at hand. */
export type CheckOf = (canonical: string, walk: Walk) => Check | undefined;

/** The rules of a node on what its values are. */
export function typeRules(
  node: ProfileNode,
  said: ProfileNode | undefined,
  profile: ProfileName,
  checkOf: CheckOf,
): Check[] {
  const types = node.def.type ?? [];
  if (types.length === 0 || node.element === undefined || types === said?.def.type) return [];
  const rules: Check[] = [];
  const allowed = new Set(types.map(({ code }) => code));
  const isNarrower = node.element.types.some(({ code }) => !allowed.has(code) && code !== 'Resource');
  const isResource =
    node.element.types[0]?.code === 'Resource' && !allowed.has('Resource') && !allowed.has('DomainResource');
  if (node.element.choice && isNarrower) rules.push(choiceRule(node.name, allowed, profile));
  if (isResource) rules.push(resourceRule(node.name, allowed, profile));
  const profiled = types.map((type) => withoutBase(type, node));
  if (profiled.some((type) => type.profile?.length)) rules.push(profileRule(node.name, profiled, checkOf));
  const references = types.filter(({ code }) => code === 'Reference');
  if (references.length > 0 && !isBaseTarget(references, node))
    rules.push(targetRule(node, references, profile, checkOf));
  return rules;
}

/** Whether a value keeps to a profile, found out on the side. */
export function conforms(check: Check, value: any, walk: Walk, type: string): boolean {
  const aside = walk.aside();
  if (aside.depth > profileDepthMax) return true;
  check(value, undefined, aside, undefined, type);
  walk.lacks(aside);
  return !aside.isBroken;
}

/** Runs a check on the target of a reference, as the resource that it is. Circles are taken to hold. */
export function conformsTarget(
  canonical: string,
  check: Check,
  target: { resource: any; fullUrl: string | undefined },
  walk: Walk,
): boolean {
  const checking = walk.open.get(canonical);
  if (checking?.has(target.resource)) return true;
  const aside = walk.aside();
  if (aside.depth > profileDepthMax) return true;
  aside.resource = target.resource;
  aside.fullUrl = target.fullUrl;
  if (!isContained(target.resource, walk)) aside.rootResource = target.resource;
  aside.open.set(canonical, new Set([...(checking ?? []), target.resource]));
  check(target.resource, undefined, aside, undefined, target.resource.resourceType);
  walk.lacks(aside);
  return !aside.isBroken;
}

/** That the quantities of some elements are simple ones is R4's own word. */
function withoutBase(type: ElementDefinitionType, { element, name }: ProfileNode): ElementDefinitionType {
  const holder = element!.path.slice(0, element!.path.lastIndexOf('.'));
  if (!type.profile || baseRules(holder).elements?.[name]?.simple === undefined) return type;
  return { ...type, profile: type.profile.filter((canonical) => !canonical.startsWith(`${ownBase}SimpleQuantity`)) };
}

/** Whether references may lead to all that R4 lets them lead to. */
function isBaseTarget(references: readonly ElementDefinitionType[], { element }: ProfileNode): boolean {
  if (references.some(({ aggregation }) => aggregation?.length)) return false;
  const own = new Set(references.flatMap(({ targetProfile }) => targetProfile ?? []).map(ownType));
  if (own.size === 0 || own.has('Resource')) return true;
  const base = element!.types.find(({ code }) => code === 'Reference')?.targets;
  return base?.every((type) => own.has(type)) ?? false;
}

function isContained(resource: any, walk: Walk): boolean {
  return Array.isArray(walk.rootResource?.contained) && walk.rootResource.contained.includes(resource);
}

function choiceRule(name: string, allowed: ReadonlySet<string>, profile: ProfileName): Check {
  return (_value, _beside, walk, at, type) => {
    if (allowed.has(type) || !walk.breaks()) return;
    const text = `\`${name}[x]\` cannot be ${withArticle(type)} in ${profile.short}.`;
    walk.tell(at, { rule: 'type', issue: 'structure', text, hint: `It may be ${[...allowed].join(', ')}.` });
  };
}

function resourceRule(name: string, allowed: ReadonlySet<string>, profile: ProfileName): Check {
  return (value, _beside, walk, at) => {
    const type: unknown = value?.resourceType;
    if (typeof type !== 'string' || allowed.has(type) || !walk.breaks()) return;
    const text = `A ${type} cannot stand in \`${name}\` in ${profile.short}.`;
    walk.tell(at, { rule: 'type', issue: 'structure', text, hint: `It may be ${[...allowed].join(', ')}.` });
  };
}

/** Of several profiles on a type one is enough. */
function profileRule(name: string, types: readonly ElementDefinitionType[], checkOf: CheckOf): Check {
  const byType = new Map<string, readonly string[]>();
  for (const { code, profile } of types)
    if (profile?.length) byType.set(code, [...(byType.get(code) ?? []), ...profile]);
  return (value, beside, walk, at, type) => {
    const actual = type === 'Resource' ? (value?.resourceType ?? type) : type;
    const profiles = byType.get(actual);
    if (profiles === undefined || walk.depth > profileDepthMax) return;
    const checks = profiles.map((canonical) => checkOf(canonical, walk));
    if (checks.length === 1) {
      inside(walk, type === 'Resource' ? value : undefined, () => checks[0]?.(value, beside, walk, at, actual));
      return;
    }
    if (checks.some((check) => check === undefined || conforms(check, value, walk, actual)) || !walk.breaks()) return;
    const text = `\`${name}\` keeps to none of the profiles that it may have: ${profiles.map(shortName).join(', ')}.`;
    walk.tell(at, { rule: 'profile', issue: 'structure', text, hint: 'Make it fit one of them.' });
    for (const check of checks) check?.(value, beside, walk, at, actual);
  };
}

/** Runs something one level deeper; within a resource when one is given. */
function inside(walk: Walk, resource: any, run: () => void): void {
  const [before, root] = [walk.resource, walk.rootResource];
  walk.depth++;
  if (isObject(resource)) {
    if (!isContained(resource, walk)) walk.rootResource = resource;
    walk.resource = resource;
  }
  run();
  walk.depth--;
  walk.resource = before;
  walk.rootResource = root;
}

function targetRule(
  node: ProfileNode,
  types: readonly ElementDefinitionType[],
  profile: ProfileName,
  checkOf: CheckOf,
): Check {
  const profiles = types.flatMap(({ targetProfile }) => targetProfile ?? []);
  const modes = new Set(types.flatMap(({ aggregation }) => aggregation ?? []));
  const isOpen = profiles.length === 0 || profiles.some((it) => ownType(it) === 'Resource');
  const own = new Set(profiles.map(ownType).filter((it) => it !== undefined));
  const others = profiles.filter((it) => ownType(it) === undefined);
  const { name } = node;
  return (value, _beside, walk, at, type) => {
    if (type !== 'Reference' || !isObject(value)) return;
    if (modes.size > 0) aggregationFault(value, modes, name, profile, walk, at);
    if (isOpen) return;
    const target = walk.target(value.reference);
    const actual: string | undefined = target?.resource.resourceType ?? referredType(value);
    if (actual === undefined || own.has(actual)) return;
    const meant = others.filter((it) => {
      const structure = walk.definitions.structure(it);
      return !structure || structure.type === actual;
    });
    if (meant.length === 0) {
      if (!walk.breaks()) return;
      const text = `\`${name}\` cannot refer to ${withArticle(actual)} in ${profile.short}.`;
      walk.tell(at, {
        rule: 'target',
        issue: 'structure',
        text,
        hint: `It may refer to ${profiles.map(shortName).join(', ')}.`,
      });
      return;
    }
    if (target === undefined || walk.depth > profileDepthMax) return;
    const holds = meant.some((it) => {
      const check = checkOf(it, walk);
      return check === undefined || conformsTarget(it, check, target, walk);
    });
    if (holds || !walk.breaks()) return;
    const text = `The ${actual} that \`${name}\` refers to does not keep to ${meant.map(shortName).join(' or ')}, as ${profile.short} wants.`;
    walk.tell(at, {
      rule: 'target',
      issue: 'structure',
      text,
      hint: `Validate it against ${meant[0]} to see what is missing.`,
    });
  };
}

function aggregationFault(
  value: any,
  modes: ReadonlySet<string>,
  name: string,
  profile: ProfileName,
  walk: Walk,
  at: Parameters<Check>[3],
): void {
  if (typeof value.reference !== 'string' || modes.has('referenced')) return;
  const mode = value.reference.startsWith('#') ? 'contained' : walk.target(value.reference) ? 'bundled' : 'referenced';
  if (modes.has(mode) || !walk.breaks()) return;
  const text = `What \`${name}\` refers to must be ${[...modes].join(' or ')} in ${profile.short}; it is ${mode}.`;
  walk.tell(at, { rule: 'aggregation', issue: 'structure', text, hint: 'Send the target along.' });
}

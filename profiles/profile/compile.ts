/**
 * Profiles into closures: of all that a profile says, only what it adds to its base type, since that has been checked.
 * An element of which it adds nothing costs nothing.
 */
import { type ElementDef, jsonKeys } from '../../resources/index.ts';
import type { Way } from '../way.ts';
import { bindingRules } from './bindings.ts';
import type { ProfileName } from './name.ts';
import { valueRules } from './rules.ts';
import { slicesCheck } from './slicing.ts';
import type { Bases } from './snapshot.ts';
import type { ProfileNode } from './tree.ts';
import { type CheckOf, typeRules } from './types.ts';
import { type Check, type HolderCheck, isObject, type Walk } from './walk.ts';

/** What a profile is compiled with. */
export interface Making {
  readonly profile: ProfileName;
  readonly bases: Bases;
  readonly checkOf: CheckOf;
}

/** The check of a profile, to be run on a resource or a value of the type that it constrains. */
export function compileProfile(root: ProfileNode, making: Making): Check {
  return together(valueChecks(root, undefined, making)) ?? (() => undefined);
}

/** Whatever a node says of each of its values. @param said the element that it is a slice of */
function valueChecks(node: ProfileNode, said: ProfileNode | undefined, making: Making): Check[] {
  const { profile, checkOf } = making;
  const type = node.element === undefined ? node.name : node.element.choice ? undefined : node.element.children;
  const inside = insideCheck(node, said, making);
  return [
    ...valueRules(node, said, type, profile),
    ...bindingRules(node, said, profile),
    ...typeRules(node, said, profile, checkOf),
    ...(inside ? [inside] : []),
  ];
}

const nothing: Readonly<Record<string, unknown>> = Object.freeze({});

function insideCheck(node: ProfileNode, said: ProfileNode | undefined, making: Making): Check | undefined {
  if (node.children === said?.children) return undefined;
  const types = node.def.type ?? [];
  const isOneType = node.element?.choice && types.length === 1 ? types[0]!.code : undefined;
  const checks = node.children
    .map((child) =>
      elementCheck(
        child,
        said?.children.find(({ name }) => name === child.name),
        making,
      ),
    )
    .filter((it) => it !== undefined);
  if (checks.length === 0) return undefined;
  return (value, beside, walk, at, type) => {
    // Of a choice narrowed to one type, a value of another has been refused for that.
    if (isOneType !== undefined && type !== isOneType) return;
    const holder = isObject(value) ? value : isObject(beside) ? beside : nothing;
    for (const check of checks) check(holder, walk, at);
  };
}

function elementCheck(node: ProfileNode, said: ProfileNode | undefined, making: Making): HolderCheck | undefined {
  const { element } = node;
  if (element === undefined || node === said) return undefined;
  const check = together(valueChecks(node, said, making));
  const slices = slicesCheck(node, {
    ...making,
    check: (slice, sliced) => together(valueChecks(slice, sliced, making)),
  });
  const count = countCheck(node, said, making.profile);
  if (!check && !slices && !count) return undefined;
  return element.choice ? choiceCheck(node, check, slices, count) : memberCheck(element, check, slices, count);
}

type CountCheck = (count: number, walk: Walk, at: Way | undefined) => void;
type Slices = ReturnType<typeof slicesCheck>;

function memberCheck(
  element: ElementDef,
  check: Check | undefined,
  slices: Slices,
  count: CountCheck | undefined,
): HolderCheck {
  const { name } = element;
  const type = element.types[0]!.code;
  const beside = /^[a-z]/.test(type) ? `_${name}` : undefined;
  const isList = element.max > 1;
  return (holder, walk, up) =>
    values(holder[name], beside && holder[beside], name, type, isList, walk, up, check, slices, count);
}

/** Only one member of a choice is there; those that the profile leaves are looked for first. */
function choiceCheck(
  { element, def }: ProfileNode,
  check: Check | undefined,
  slices: Slices,
  count: CountCheck | undefined,
): HolderCheck {
  const { name } = element!;
  const isLeft = (code: string) => def.type?.some((type) => type.code === code) ?? true;
  const keys = jsonKeys(element!)
    .map(({ key, type }) => ({ key, beside: /^[a-z]/.test(type.code) ? `_${key}` : undefined, type: type.code }))
    .sort((a, b) => Number(isLeft(b.type)) - Number(isLeft(a.type)));
  return (holder, walk, up) => {
    for (let k = 0; k < keys.length; k++) {
      const { key, beside, type } = keys[k]!;
      const value = holder[key];
      const extra = beside === undefined ? undefined : holder[beside];
      if (value === undefined && extra === undefined) continue;
      values(value, extra, name, type, false, walk, up, check, slices, count);
      return;
    }
    values(undefined, undefined, name, '', false, walk, up, check, slices, count);
  };
}

/** All that is to be asked of the values of one element. */
function values(
  value: any,
  beside: any,
  name: string,
  type: string,
  isList: boolean,
  walk: Walk,
  up: Way | undefined,
  check: Check | undefined,
  slices: Slices,
  count: CountCheck | undefined,
): void {
  const at = walk.way(up, name, -1);
  // What is no list where there should be one has been refused; it is looked at as if it were.
  const all = Array.isArray(value) ? value : value === undefined || value === null ? none : [value];
  const besides = Array.isArray(beside) ? beside : beside === undefined ? undefined : [beside];
  const total = Math.max(all.length, besides?.length ?? 0);
  count?.(total, walk, at);
  if (check) {
    for (let i = 0; i < total; i++) {
      check(all[i], besides?.[i], walk, walk.telling && isList ? { up, name, index: i } : at, type);
    }
  }
  slices?.({ values: all, besides, count: total, type, at, isList }, walk);
}

const none: readonly unknown[] = Object.freeze([]);

function countCheck(node: ProfileNode, said: ProfileNode | undefined, profile: ProfileName): CountCheck | undefined {
  const base = node.element!;
  const min = node.def.min ?? 0;
  const max = node.def.max === undefined || node.def.max === '*' ? Infinity : Number(node.def.max);
  const isFew = min > base.min && min > (said?.def.min ?? 0);
  const isMany = max < base.max && node.def.max !== said?.def.max;
  if (!isFew && !isMany) return undefined;
  const name = `${node.name}${base.choice ? '[x]' : ''}`;
  return (count, walk, at) => {
    if (isFew && count < min && walk.breaks()) {
      const is = count === 0 ? 'is missing' : `is there ${count === 1 ? 'once' : `${count} times`}`;
      const text = `\`${name}\` ${is}: ${profile.short} needs ${min === 1 ? 'it' : `at least ${min}`}.`;
      walk.tell(at, {
        rule: 'min',
        issue: 'required',
        text,
        hint: `Add it: see ${profile.canonical}.`,
      });
    }
    if (isMany && count > max && walk.breaks()) {
      const text =
        max === 0
          ? `\`${name}\` may not be here: ${profile.short} forbids it.`
          : `\`${name}\` is there ${count} times: ${profile.short} allows ${max}.`;
      walk.tell(at, { rule: 'max', issue: 'structure', text, hint: 'Remove what is too much.' });
    }
  };
}

function together(checks: readonly Check[]): Check | undefined {
  if (checks.length <= 1) return checks[0];
  return (value, beside, walk, at, type) => {
    for (const check of checks) check(value, beside, walk, at, type);
  };
}

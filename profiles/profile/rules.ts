/** What a profile says of single values: fixed values, patterns, bounds, lengths, invariants. */
import type { ElementDefinition, ElementDefinitionConstraint } from 'fhir/r4.js';
import type { Way } from '../way.ts';
import { isBaseConstraint, predicate } from './invariant.ts';
import { departure, holds, isSame, shown, type Wanted, wantedOf } from './match.ts';
import type { ProfileName } from './name.ts';
import { presenceRule } from './presence.ts';
import { rangeRule } from './range.ts';
import type { ProfileNode } from './tree.ts';
import type { Check } from './walk.ts';

/**
 * The rules of a node for each of its values.
 * @param said the element that the node is a slice of: what that says is checked there
 * @param type the one type that a value has, for invariants; undefined where it may have several
 */
export function valueRules(
  node: ProfileNode,
  said: ProfileNode | undefined,
  type: string | undefined,
  profile: ProfileName,
): Check[] {
  const rules: Check[] = [];
  const wanted = wantedOf(node.def);
  const before = said && wantedOf(said.def);
  if (wanted && !(before && isSame(before, wanted))) rules.push(wantedRule(node.name, wanted, profile));
  const range = rangeRule(node, said, profile);
  if (range) rules.push(range);
  const presence = presenceRule(node, said, profile);
  if (presence) rules.push(presence);
  const { maxLength } = node.def;
  if (maxLength !== undefined && maxLength !== said?.def.maxLength)
    rules.push(lengthRule(node.name, maxLength, profile));
  for (const constraint of node.def.constraint ?? []) {
    if (isBaseConstraint(node, constraint) || isSaid(constraint, said?.def)) continue;
    const rule = constraintRule(constraint, type, profile);
    if (rule) rules.push(rule);
  }
  return rules;
}

function isSaid(constraint: ElementDefinitionConstraint, said: Partial<ElementDefinition> | undefined): boolean {
  return said?.constraint?.some((it) => it.key === constraint.key && it.expression === constraint.expression) ?? false;
}

function wantedRule(name: string, wanted: Wanted, profile: ProfileName): Check {
  const rule = wanted.isPattern ? 'pattern' : 'fixed';
  return (value, _beside, walk, at) => {
    if (holds(value, wanted) || !walk.breaks()) return;
    const { steps, wanted: there, extra } = departure(value, wanted);
    const place = steps.reduce<Way | undefined>(
      (way, step) => (typeof step === 'number' ? { ...way!, index: step } : walk.way(way, step, -1)),
      at,
    );
    const last = steps.findLast((step) => typeof step === 'string') ?? name;
    const verb = wanted.isPattern ? 'must have' : 'must be';
    const text = extra
      ? `\`${last}\` may not be here: ${profile.short} fixes \`${name}\` without it.`
      : `\`${last}\` ${verb} ${quoted(there)} in ${profile.short}, not ${quoted(valueAt(value, steps))}.`;
    const hint = extra ? 'Remove it.' : `Write ${shown(there)}: see ${profile.canonical}.`;
    walk.tell(place, { rule, issue: 'value', text, hint });
  };
}

function lengthRule(name: string, max: number, profile: ProfileName): Check {
  return (value, _beside, walk, at) => {
    if (typeof value !== 'string' || value.length <= max || !walk.breaks()) return;
    const text = `\`${name}\` has ${value.length} characters; ${profile.short} allows ${max}.`;
    walk.tell(at, { rule: 'maxLength', issue: 'too-long', text, hint: 'Shorten it.' });
  };
}

function constraintRule(
  { key, human, expression, severity }: ElementDefinitionConstraint,
  type: string | undefined,
  profile: ProfileName,
): Check | undefined {
  if (expression === undefined || expression === '') return undefined;
  const isTrue = predicate(expression);
  return (value, beside, walk, at, actual) => {
    const told = isTrue(value, beside, type ?? actual, walk);
    if (told === true) return;
    if (told === undefined) {
      if (!walk.warns()) return;
      const text = `The rule ${key} of ${profile.short} could not be checked: its FHIRPath cannot be evaluated here.`;
      walk.tell(at, { rule: key, issue: 'not-supported', text, hint: `The rule: ${human}`, severity: 'warning' });
    } else if (severity === 'warning' ? walk.warns() : walk.breaks()) {
      const text = `${human.replace(/\.$/, '')} (${key} of ${profile.short}).`;
      const hint = `Make this true: ${shown(expression)}`;
      walk.tell(at, {
        rule: key,
        issue: 'invariant',
        text,
        hint,
        severity: severity === 'warning' ? 'warning' : 'error',
      });
    }
  };
}

function valueAt(value: any, steps: readonly (string | number)[]): unknown {
  return steps.reduce((it, step) => it?.[step], value);
}

function quoted(value: unknown): string {
  return value === undefined ? 'nothing' : `\`${shown(value)}\``;
}

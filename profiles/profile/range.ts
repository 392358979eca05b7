/** minValue[x] and maxValue[x]. https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.minValue_x_ */
import type { ElementDefinition } from 'fhir/r4.js';
import { intervalOf } from '../../resources/index.ts';
import { isSame, shown } from './match.ts';
import type { ProfileName } from './name.ts';
import type { ProfileNode } from './tree.ts';
import { type Check, isObject } from './walk.ts';

/** Below zero, zero, above zero; undefined where two values cannot be compared. */
type Order = number | undefined;

/** The bounds of an element; undefined when it has none. */
export function rangeRule(node: ProfileNode, said: ProfileNode | undefined, profile: ProfileName): Check | undefined {
  const least = boundOf(node.def, 'minValue');
  const most = boundOf(node.def, 'maxValue');
  if (least === undefined && most === undefined) return undefined;
  const isSaid = said && isSame(boundOf(said.def, 'minValue'), least) && isSame(boundOf(said.def, 'maxValue'), most);
  if (isSaid) return undefined;
  return (value, _beside, walk, at) => {
    const below = least === undefined ? 0 : (compare(value, least) ?? 0);
    const above = most === undefined ? 0 : (compare(value, most) ?? 0);
    if ((below >= 0 && above <= 0) || !walk.breaks()) return;
    const [rule, word, bound] = below < 0 ? ['minValue', 'least', least] : ['maxValue', 'most', most];
    const text = `\`${shown(value)}\` is out of range: \`${node.name}\` must be at ${word} ${shown(bound)} in ${profile.short}.`;
    walk.tell(at, { rule, issue: 'value', text, hint: 'Correct the value or its unit.' });
  };
}

function boundOf(def: Partial<ElementDefinition>, name: 'minValue' | 'maxValue'): unknown {
  const key = Object.keys(def).find((it) => it.startsWith(name));
  return key === undefined ? undefined : def[key as keyof ElementDefinition];
}

function compare(value: any, bound: any): Order {
  if (typeof value === 'number' && typeof bound === 'number') return value - bound;
  if (typeof value === 'string' && typeof bound === 'string') return compareTexts(value, bound);
  if (isObject(value) && isObject(bound) && typeof value.value === 'number' && typeof bound.value === 'number') {
    return compareQuantities(value, bound);
  }
  return undefined;
}

/** Units differ by a factor, except for those whose zero lies elsewhere: so zero can be compared with anything else. */
function compareQuantities(value: any, bound: any): Order {
  if (value.code === bound.code && value.system === bound.system) return value.value - bound.value;
  const hasOwnZero = [value.code, bound.code].some((code) => /Cel|deg[FR]|^pH$|\[/.test(code ?? ''));
  return bound.value === 0 && value.system === bound.system && !hasOwnZero ? Math.sign(value.value) : undefined;
}

/** Times are texts of one length; dates of different precision are in order when their intervals are. */
function compareTexts(value: string, bound: string): Order {
  if (/^\d\d:/.test(bound)) return value < bound ? -1 : value > bound ? 1 : 0;
  const [is, limit] = [intervalOf(value, 'UTC'), intervalOf(bound, 'UTC')];
  if (!is || !limit) return undefined;
  if (is.hi <= limit.lo) return -1;
  return is.lo >= limit.hi ? 1 : 0;
}

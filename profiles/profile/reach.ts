/** The values that a step of a path leads to. Slices are told apart for each item of a list, so nothing is allocated here. */
import { jsonKeys } from '../../resources/index.ts';
import type { ProfileNode } from './tree.ts';
import { isObject, type Walk } from './walk.ts';

/** Whether a value, with what stands beside it, is as it should be. */
export type Matcher = (value: any, beside: any, walk: Walk, type: string) => boolean;

/** What came of asking: there is no value, none passes, or one does. */
export type Reached = 'nothing' | 'no' | 'yes';

/** Asks the values of an element, in the object that holds them, until one passes. */
export type Reach = (holder: any, passes: Matcher, walk: Walk) => Reached;

/** @param url of extensions, those that count */
export function reachOf({ element, name }: Pick<ProfileNode, 'element' | 'name'>, url?: string): Reach {
  const keys = (element ? jsonKeys(element) : [{ key: name, type: { code: '' } }]).map(({ key, type }) => ({
    key,
    // Only primitives have something beside them.
    beside: /^[A-Z]/.test(type.code) ? undefined : `_${key}`,
    type: type.code,
  }));
  return (holder, passes, walk) => {
    if (!isObject(holder)) return 'nothing';
    let reached: Reached = 'nothing';
    for (let k = 0; k < keys.length; k++) {
      const { key, beside, type } = keys[k]!;
      const value = holder[key];
      const extra = beside === undefined ? undefined : holder[beside];
      if (value === undefined && extra === undefined) continue;
      reached = each(value, extra, type, url, passes, walk, reached);
      if (reached === 'yes') return reached;
    }
    return reached;
  };
}

function each(
  value: any,
  beside: any,
  type: string,
  url: string | undefined,
  passes: Matcher,
  walk: Walk,
  before: Reached,
): Reached {
  const list = Array.isArray(value) ? value : Array.isArray(beside) ? beside : undefined;
  if (list === undefined) return passes(value, beside, walk, type) ? 'yes' : 'no';
  let reached = before;
  for (let i = 0; i < list.length; i++) {
    const item = value?.[i];
    if (url !== undefined && item?.url !== url) continue;
    if (passes(item, beside?.[i], walk, type)) return 'yes';
    reached = 'no';
  }
  return reached;
}

/** Sets of codes that R4 itself fixes: the required bindings of elements of type `code`. */
import { codeSets } from '../resources/index.ts';

const sets = new Map<string, ReadonlySet<string>>();

/**
 * The codes of one set, e.g. `administrative-gender`.
 * @param name as ElementDef.codes tells it
 * @throws Error for a name that no element is bound to
 */
export function codesOf(name: string): ReadonlySet<string> {
  let codes = sets.get(name);
  if (!codes) {
    const listed = Object.hasOwn(codeSets(), name) ? codeSets()[name] : undefined;
    if (!listed) throw new Error(`No set of codes is called ${name}.`);
    codes = new Set(listed);
    sets.set(name, codes);
  }
  return codes;
}

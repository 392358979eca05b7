/**
 * Primitives for which an extension is not enough, or only some are: R5's rules, which guides for R4 say by extensions.
 * https://hl7.org/fhir/R5/elementdefinition-definitions.html#ElementDefinition.mustHaveValue
 */
import { type ProfileName, shortName } from './name.ts';
import type { ProfileNode } from './tree.ts';
import { type Check, isObject } from './walk.ts';

const base = 'http://hl7.org/fhir/5.0/StructureDefinition/extension-ElementDefinition';

/** The rule of an element on having a value; undefined when it has none that the sliced element has not. */
export function presenceRule(
  node: ProfileNode,
  said: ProfileNode | undefined,
  profile: ProfileName,
): Check | undefined {
  const extensions = node.def.extension ?? [];
  const must = extensions.some(({ url, valueBoolean }) => url === `${base}.mustHaveValue` && valueBoolean === true);
  const instead = extensions.flatMap(({ url, valueCanonical }) =>
    url === `${base}.valueAlternatives` && valueCanonical !== undefined ? [valueCanonical] : [],
  );
  if ((!must && instead.length === 0) || said?.def.extension === node.def.extension) return undefined;
  return (value, beside, walk, at) => {
    if (value !== undefined && value !== null) return;
    const has = isObject(beside) && Array.isArray(beside.extension) ? beside.extension : [];
    if (!must && has.some((extension: any) => instead.includes(extension?.url))) return;
    if (!walk.breaks()) return;
    const text = `\`${node.name}\` needs a value: ${profile.short} takes ${must ? 'no' : 'no other'} extension in its place.`;
    const hint = must ? 'Add the value.' : `Add the value, or the extension ${instead.map(shortName).join(' or ')}.`;
    walk.tell(at, { rule: 'value', issue: 'required', text, hint });
  };
}

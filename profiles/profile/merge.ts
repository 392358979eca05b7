/** One ElementDefinition laid over another. https://hl7.org/fhir/R4/profiling.html#limitations */
import type { ElementDefinition, ElementDefinitionConstraint } from 'fhir/r4.js';

type Definition = Partial<ElementDefinition>;

/** These add up; everything else that a differential says takes the place of what was said before. */
const lists = ['alias', 'condition', 'example', 'mapping'] as const;

/**
 * What a differential says of an element, over what its base says.
 * @param source the profile, as the source of the constraints that it adds
 */
export function merge(base: Definition, difference: Definition, source: string): Definition {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(difference)) {
    // One fixed value or pattern takes the place of another, whatever their types.
    const kind = /^(fixed|pattern)[A-Z]/.exec(key)?.[1];
    if (kind) for (const old of Object.keys(merged)) if (old.startsWith(kind)) delete merged[old];
    merged[key] = value;
  }
  for (const key of lists) {
    if (base[key] && difference[key]) merged[key] = [...base[key], ...difference[key]];
  }
  if (difference.constraint) merged.constraint = constraints(base.constraint ?? [], difference.constraint, source);
  if (difference.binding && base.binding) merged.binding = { ...base.binding, ...difference.binding };
  if (difference.slicing && base.slicing) merged.slicing = { ...base.slicing, ...difference.slicing };
  return merged as Definition;
}

/** What a new slice begins with: the element without its slicing; a slice need not be there unless it says so. */
export function sliceBase(base: Definition): Definition {
  const { slicing: _, ...rest } = base;
  return { ...rest, min: 0 };
}

function constraints(
  base: readonly ElementDefinitionConstraint[],
  added: readonly ElementDefinitionConstraint[],
  source: string,
): ElementDefinitionConstraint[] {
  const kept = base.filter(({ key }) => !added.some((it) => it.key === key));
  return [...kept, ...added.map((it) => ({ ...it, source: it.source ?? source }))];
}

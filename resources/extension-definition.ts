/** Definitions of extensions, cut down to what checking their use needs. https://hl7.org/fhir/R4/defining-extensions.html */

/** What an extension may hold as its value. */
export interface ExtensionValue {
  readonly types: readonly string[];
  readonly min?: number;
  /** Strength and value set. */
  readonly binding?: readonly [strength: string, valueSet: string];
}

/** An extension, or one that stands inside another. */
export interface ExtensionPart {
  readonly min?: number;
  readonly max?: number | '*';
  readonly value?: ExtensionValue;
  readonly parts?: Readonly<Record<string, ExtensionPart>>;
}

/** An extension as its StructureDefinition has it. */
export interface ExtensionDefinition extends ExtensionPart {
  /** Pairs of type and expression. */
  readonly contexts: readonly (readonly [type: string, expression: string])[];
  readonly invariants?: readonly string[];
  readonly isModifier?: true;
}

/**
 * A StructureDefinition of an extension in short.
 * @param definition with a snapshot; what a differential alone leaves out is taken to be allowed
 */
export function toExtension(definition: any): ExtensionDefinition {
  const elements: readonly any[] = definition.snapshot?.element ?? definition.differential?.element ?? [];
  const root = elements.find((it) => it.path === 'Extension') ?? {};
  return {
    contexts: (definition.context ?? []).map((it: any) => [it.type, it.expression]),
    ...(definition.contextInvariant ? { invariants: definition.contextInvariant } : {}),
    ...(root.isModifier ? { isModifier: true } : {}),
    ...cardinality(root),
    ...insideOf('Extension', elements),
  };
}

/** @param id of the ElementDefinition whose inside is wanted: `Extension`, `Extension.extension:detail` */
function insideOf(id: string, elements: readonly any[]): Pick<ExtensionPart, 'value' | 'parts'> {
  const value = elements.find((it) => it.id === `${id}.value[x]`) ?? elements.find((it) => isTyped(it, id));
  const slices = elements.filter((it) => it.sliceName && it.id === `${id}.extension:${it.sliceName}`);
  const parts = slices.flatMap((slice) => {
    const url = elements.find((it) => it.id === `${slice.id}.url`)?.fixedUri ?? profileOf(slice);
    if (url === undefined) return [];
    return [[url, { ...cardinality(slice), ...insideOf(slice.id, elements) }] as const];
  });
  const extension = elements.find((it) => it.id === `${id}.extension`);
  const hasParts = parts.length > 0 && extension?.slicing?.rules !== undefined;
  return {
    ...(value === undefined || value.max === '0' ? {} : { value: toValue(value) }),
    ...(hasParts ? { parts: Object.fromEntries(parts) } : {}),
  };
}

/** `Extension.valueCodeableConcept`, as some write `value[x]` of one type. */
function isTyped({ id }: any, holder: string): boolean {
  return typeof id === 'string' && id.startsWith(`${holder}.value`) && !id.slice(holder.length + 1).includes('.');
}

function profileOf(slice: any): string | undefined {
  return slice.type?.[0]?.profile?.[0]?.replace(/\|.*$/, '');
}

function toValue({ min, type, binding }: any): ExtensionValue {
  return {
    types: [...new Set<string>((type ?? []).map((it: any) => it.code))],
    ...(min > 0 ? { min } : {}),
    ...(binding?.valueSet && ['required', 'extensible'].includes(binding.strength)
      ? { binding: [binding.strength, binding.valueSet] }
      : {}),
  };
}

function cardinality({ min, max }: any): Pick<ExtensionPart, 'min' | 'max'> {
  return {
    ...(min > 0 ? { min } : {}),
    ...(max === undefined || max === '*' ? { max: '*' as const } : { max: Number(max) }),
  };
}

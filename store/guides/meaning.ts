/**
 * Guides name what they build on without a version and mean the one that they were published with. Where another one is
 * pinned here, their definitions are handed out saying which one they mean.
 */

/** Members of definitions that hold canonicals of definitions. https://hl7.org/fhir/R4/structuredefinition.html */
const CANONICALS: ReadonlySet<string> = new Set([
  'baseDefinition',
  'profile',
  'targetProfile',
  'valueSet',
  'maxValueSet',
  'valueCanonical',
  'derivedFrom',
  'base',
  'sourceCanonical',
  'targetCanonical',
  'inputProfile',
  'outputProfile',
]);

/**
 * The same definition, with the version in every canonical that has none and is in `versions`. Pure.
 * @param versions url → version
 */
export function meaning<T>(definition: T, versions: Readonly<Record<string, string>>): T {
  return changed(definition, false) as T;

  function changed(value: unknown, isCanonical: boolean): unknown {
    if (typeof value === 'string') {
      return isCanonical && Object.hasOwn(versions, value) ? `${value}|${versions[value]}` : value;
    }
    if (Array.isArray(value)) return value.map((one) => changed(one, isCanonical));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, changed(one, CANONICALS.has(key))]));
  }
}

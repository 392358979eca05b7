/**
 * Compares answers with those that the test cases of the FHIR terminology ecosystem expect: arrays in any order, some parts
 * optional, some given as patterns. What R5 has elements for and R4 tells by extensions is brought to the form of R5 first.
 */

/** Where an answer differs from what is expected; nothing: it does not. */
export function unlike(expected: any, actual: any, path = ''): string[] {
  if (typeof expected === 'string') return text(expected, actual, path);
  if (Array.isArray(expected)) return list(expected, actual, path);
  if (expected !== null && typeof expected === 'object') return members(expected, actual, path);
  return Object.is(expected, actual) ? [] : [`${path}: ${show(actual)}, not ${show(expected)}`];
}

/** The answer in the form of R5. */
export function inR5(value: any): any {
  if (Array.isArray(value)) return value.map(inR5);
  if (value === null || typeof value !== 'object') return value;
  const result: any = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, inR5(one)]));
  const isProperty = ({ url }: any) => String(url).startsWith(R5) && String(url).endsWith('property');
  const properties = (value.extension ?? []).filter(isProperty);
  if (properties.length === 0) return result;
  result.property = properties.map(({ extension }: any) =>
    Object.assign(
      {},
      ...extension.map(({ url, ...rest }: any) => (url === 'value' ? rest : { [url]: Object.values(rest)[0] })),
    ),
  );
  result.extension = value.extension.filter((one: any) => !isProperty(one));
  if (result.extension.length === 0) delete result.extension;
  return result;
}

const R5 = 'http://hl7.org/fhir/5.0/StructureDefinition/extension-ValueSet.expansion';

const PATTERNS: Readonly<Record<string, RegExp>> = {
  $id$: /^[A-Za-z0-9.-]{1,64}$/,
  $uuid$: /^urn:uuid:[0-9a-f-]{36}$/,
  $instant$: /^\d{4}-\d\d-\d\dT/,
  $version$: /./,
};

function text(expected: string, actual: any, path: string): string[] {
  const choice = /^\$choice:(.*)\$$/.exec(expected)?.[1]?.split('|');
  const isSame =
    choice?.includes(actual) ??
    (expected.startsWith('$external')
      ? typeof actual === 'string'
      : new RegExp(
          `^${expected
            .split(/(\$[a-z]+\$)/)
            .map(
              (part) =>
                PATTERNS[part]?.source.replace(/^\^/, '').replace(/\$$/, '') ??
                part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
            )
            .join('')}`,
          's',
        ).test(String(actual)) &&
        (expected.includes('$') || actual === expected));
  return isSame ? [] : [`${path}: ${show(actual)}, not ${show(expected)}`];
}

function list(expected: any[], actual: any, path: string): string[] {
  if (!Array.isArray(actual)) return expected.every(isOptional) ? [] : [`${path}: ${show(actual)} is no list`];
  const left = [...actual];
  const faults: string[] = [];
  for (const one of expected) {
    const at = left.findIndex((other) => unlike(one, other).length === 0);
    if (at >= 0) left.splice(at, 1);
    else if (!isOptional(one)) faults.push(`${path} lacks ${show(one)}`);
  }
  for (const other of left) faults.push(`${path} has ${show(other)}`);
  return faults;
}

function members(expected: any, actual: any, path: string): string[] {
  if (actual === null || typeof actual !== 'object') return [`${path}: ${show(actual)} is no object`];
  const optional: string[] = expected['$optional-properties$'] ?? [];
  const keys = Object.keys(expected).filter((key) => !key.startsWith('$'));
  const lacking = keys.flatMap((key) => {
    if (actual[key] === undefined) {
      const value = expected[key];
      const isOut = optional.includes(key) || (Array.isArray(value) && value.every(isOptional));
      return isOut ? [] : [`${path}.${key} is missing`];
    }
    return unlike(expected[key], actual[key], `${path}.${key}`);
  });
  const more = Object.keys(actual).filter((key) => expected[key] === undefined && !optional.includes(key));
  return [...lacking, ...more.map((key) => `${path}.${key} is ${show(actual[key])}`)];
}

function isOptional(one: any): boolean {
  return one?.['$optional$'] !== undefined;
}

function show(value: any): string {
  return String(JSON.stringify(value)).slice(0, 300);
}

/**
 * Value sets that nobody has to write, since their url says what is in them: all codes of a system, those below a concept,
 * those of a reference set. https://hl7.org/fhir/R4/snomedct.html#implicit, https://hl7.org/fhir/R4/loinc.html#implicit
 */
import type { ValueSet, ValueSetComposeInclude, ValueSetComposeIncludeFilter } from 'fhir/r4.js';

const LOINC = 'http://loinc.org';

/** The value set that a url stands for by itself; undefined for any other url. */
export function implicitValueSet(url: string): ValueSet | undefined {
  const include = ofQuery(url) ?? ofLoinc(url);
  if (!include) return undefined;
  return { resourceType: 'ValueSet', url, status: 'active', experimental: false, compose: { include: [include] } };
}

function ofQuery(url: string): ValueSetComposeInclude | undefined {
  const [, base, asked = ''] = /^([^?]+)\?fhir_vs(?:=(.+))?$/s.exec(url) ?? [];
  if (base === undefined) return undefined;
  const system = systemOf(base);
  if (asked === '') return system;
  const [, kind, value] = /^(isa|refset|ecl)\/(.+)$/s.exec(asked) ?? [];
  const filter = kind === undefined ? undefined : FILTERS[kind as keyof typeof FILTERS](decoded(value!));
  return filter && { ...system, filter: [filter] };
}

/** SNOMED CT names edition and version in the path. https://hl7.org/fhir/R4/snomedct.html */
function systemOf(base: string): Pick<ValueSetComposeInclude, 'system' | 'version'> {
  const [, system] = /^(https?:\/\/snomed\.info\/sct)\/\d+(?:\/version\/\d+)?$/.exec(base) ?? [];
  return system === undefined ? { system: base } : { system, version: base };
}

const FILTERS = {
  isa: (value: string): ValueSetComposeIncludeFilter => ({ property: 'concept', op: 'is-a', value }),
  refset: (value: string): ValueSetComposeIncludeFilter => ({ property: 'concept', op: 'in', value }),
  ecl: (value: string): ValueSetComposeIncludeFilter => ({ property: 'constraint', op: '=', value }),
};

function ofLoinc(url: string): ValueSetComposeInclude | undefined {
  if (url === `${LOINC}/vs`) return { system: LOINC };
  const [, value] = new RegExp(`^${LOINC}/vs/(L[LPG]\\d+-\\d)$`).exec(url) ?? [];
  if (value === undefined) return undefined;
  const property = value.startsWith('LL') ? 'LIST' : 'ancestor';
  return { system: LOINC, filter: [{ property, op: '=', value }] };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

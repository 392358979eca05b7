/** A package → what the store takes: each definition judged, its links leading where they lead from here. */
import { judge } from '../../profiles/index.ts';
import { type Parsed, parseJson, parseReference, writeJson } from '../../resources/index.ts';
import type { GuideMember, GuidePackage } from '../../store/index.ts';
import { Refusal } from '../refusal.ts';
import type { Package, PackagedDefinition } from './package.ts';

/** @param where the file or folder, for faults */
export function toSource({ manifest, definitions, hash }: Package, where: string): GuidePackage {
  const { name, version, canonical, title, depends } = manifest;
  const members = definitions.map((one) => toMember(one, canonical ?? '', where));
  return { name, version, canonical, title, depends, hash, members };
}

function toMember(definition: PackagedDefinition, canonical: string, where: string): GuideMember {
  const { file, text, type, ownId, url, version, hash } = definition;
  return {
    type,
    ownId,
    url,
    version,
    hash,
    draft(id, idOf) {
      const place = `${where}: package/${file}`;
      const parsed = linked(parse(text, place), canonical, idOf);
      const { findings, references } = judge(type, judged(parsed));
      const fault = findings.find(({ severity = 'error' }) => severity === 'error');
      if (fault) throw new Refusal(`${place} is no ${type} of R4: ${fault.expression ?? type}: ${fault.text}`);
      return { type, id, method: 'PUT', parsed, references };
    },
  };
}

function parse(text: string, place: string): Parsed {
  try {
    return parseJson(text);
  } catch (error) {
    throw new Refusal(`${place} cannot be read: ${(error as Error).message}`, undefined, error);
  }
}

/** A parameter that cannot be searched by here is kept, and told as not in use: as a draft it need not work. */
function judged(parsed: Parsed): Parsed {
  const { value } = parsed;
  return value.resourceType === 'SearchParameter' ? { ...parsed, value: { ...value, status: 'draft' } } : parsed;
}

/**
 * References to other files of the package lead to where these are stored, or, where they are not (examples), to where
 * they are published. Relative, they would mean resources of this server that have nothing to do with the guide.
 */
function linked(parsed: Parsed, canonical: string, idOf: ReadonlyMap<string, string>): Parsed {
  let isChanged = false;
  visit(parsed.value);
  return isChanged ? parseJson(writeJson(parsed.value, parsed.digits)) : parsed;

  function visit(value: any): void {
    if (typeof value !== 'object' || value === null) return;
    if (!Array.isArray(value) && typeof value.reference === 'string') {
      const target = targetOf(value.reference);
      isChanged ||= target !== value.reference;
      value.reference = target;
    }
    for (const one of Object.values(value)) visit(one);
  }

  function targetOf(reference: string): string {
    const [, type, id] = /^([A-Z][A-Za-z]+)\/([A-Za-z0-9.-]{1,64})$/.exec(reference) ?? [];
    if (!type) return reference;
    const here = idOf.get(reference);
    if (here !== undefined) return `${type}/${here}`;
    return parseReference(`${canonical}/${type}/${id}`).kind === 'absolute' ? `${canonical}/${type}/${id}` : reference;
  }
}

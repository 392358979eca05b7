/** Links outside of Reference.reference: in uri, url, oid and uuid elements and in narrative. https://hl7.org/fhir/R4/http.html#trules */
import { isResourceType, jsonKeys, parseJson, typeDef, writeJson } from '../../resources/index.ts';

/** Link as it stands in the text → `Type/id`. */
export type Links = ReadonlyMap<string, string>;

/** Types of elements whose value is a link where it equals a fullUrl; canonicals and strings never are. */
const LINK_TYPES: ReadonlySet<string> = new Set(['uri', 'url', 'oid', 'uuid']);
const NARRATIVE_LINK = /(\s(?:href|src)\s*=\s*)(["'])(.*?)\2/gs;

/**
 * The resource's text with the links in such elements replaced. Broken JSON comes back as it is, for the parser to tell.
 * @param type resource type by whose definition the text is walked
 */
export function keepLinks(text: string, type: string, links: Links): string {
  if (!isResourceType(type)) return text;
  const parsed = parseOrNothing(text);
  if (!parsed) return text;
  return walk(parsed.value, type, links) ? writeJson(parsed.value, parsed.digits) : text;
}

/** Replaces links in place; true where there was one. Elements that the definition does not know are left to the judge. */
function walk(holder: any, type: string, links: Links): boolean {
  let found = false;
  for (const { key, code, inside } of membersOf(type)) {
    if (!Object.hasOwn(holder, key)) continue;
    const value = holder[key];
    if (Array.isArray(value)) {
      value.forEach((item, i) => {
        const changed = replaced(item, code, inside, links);
        if (changed !== undefined) value[i] = changed;
        found ||= changed !== undefined;
      });
    } else {
      const changed = replaced(value, code, inside, links);
      if (changed !== undefined) holder[key] = changed;
      found ||= changed !== undefined;
    }
  }
  return found;
}

/** The value with its links replaced, or undefined where it has none. */
function replaced(value: any, code: string, inside: string | undefined, links: Links): unknown {
  if (typeof value === 'string') {
    if (code === 'xhtml') return narrative(value, links);
    return LINK_TYPES.has(code) ? links.get(value) : undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const type = code === 'Resource' ? value.resourceType : inside;
  if (typeof type !== 'string' || (code === 'Resource' && !isResourceType(type))) return undefined;
  return walk(value, type, links) ? value : undefined;
}

/** `<a href="…">` and `<img src="…">`. */
function narrative(div: string, links: Links): string | undefined {
  let found = false;
  const changed = div.replace(NARRATIVE_LINK, (whole, before: string, quote: string, link: string) => {
    const target = links.get(link);
    if (target === undefined) return whole;
    found = true;
    return `${before}${quote}${target}${quote}`;
  });
  return found ? changed : undefined;
}

interface Member {
  readonly key: string;
  readonly code: string;
  readonly inside: string | undefined;
}

const members = new Map<string, readonly Member[]>();

/** JSON members of a type that hold links or objects. */
function membersOf(type: string): readonly Member[] {
  let known = members.get(type);
  if (!known) {
    known = typeDef(type)
      .elements.flatMap(jsonKeys)
      .map(({ key, type: { code }, inside }) => ({
        key,
        code,
        inside: inside ?? (/^[A-Z]/.test(code) && code !== 'Resource' ? code : undefined),
      }))
      .filter(
        ({ code, inside }) => inside !== undefined || code === 'Resource' || code === 'xhtml' || LINK_TYPES.has(code),
      );
    members.set(type, known);
  }
  return known;
}

function parseOrNothing(text: string) {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

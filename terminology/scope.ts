/** What a question stands on: the definitions that it names, those that it brings, versions and supplements. */
import type { CodeSystem, ValueSet } from 'fhir/r4.js';
import { type Context, Fault, parseCanonical } from '../resources/index.ts';
import type { DefinitionName } from '../store/index.ts';
import { type Languages, parseLanguages } from './languages.ts';
import { Shelf } from './shelf.ts';
import type { Shelves } from './shelves.ts';

/** What questions of all kinds may say. https://hl7.org/fhir/R4/valueset-operation-expand.html */
export interface Asked {
  /** Definitions sent along; they go before those that are stored. */
  readonly resources?: readonly (ValueSet | CodeSystem)[];
  /** `url|version` of code systems: where no version is named, whatever is named, and what must be found. */
  readonly systemVersions?: readonly string[];
  readonly forcedVersions?: readonly string[];
  readonly checkedVersions?: readonly string[];
  readonly supplements?: readonly string[];
  readonly displayLanguage?: string;
  /** The header Accept-Language: what counts where nothing else says a language. */
  readonly acceptLanguage?: string;
}

/** Which value set is meant. */
export interface NamedValueSet {
  readonly url?: string;
  readonly version?: string;
  /** Of one that is stored here. */
  readonly id?: string;
  /** One that was sent. */
  readonly valueSet?: ValueSet;
}

export interface Scope {
  readonly shelf: Shelf;
  readonly supplements: readonly CodeSystem[];
}

/**
 * Puts together what stands on the shelf for one question.
 * @param supplements canonicals, besides those that the question asks for
 * @throws Fault `not-found` for a supplement that is not there
 */
export async function scopeOf(
  asked: Asked,
  names: readonly DefinitionName[],
  shelves: Shelves,
  context: Context,
  supplements: readonly string[] = [],
): Promise<Scope> {
  const wanted = [...new Set([...(asked.supplements ?? []), ...supplements])];
  const locals = (asked.resources ?? []).flatMap((one) => [one, ...containedIn(one)]);
  const all = [
    ...names,
    ...Shelf.namesIn(locals),
    ...wanted.map((one): DefinitionName => ({ type: 'CodeSystem', url: parseCanonical(one).url })),
  ];
  const base = await shelves.gather(all, context);
  const plain = new Shelf(base, { locals });
  const found = wanted.map((canonical) => supplementOf(canonical, plain));
  const defaults = versionsOf(asked.systemVersions);
  const forced = versionsOf(asked.forcedVersions);
  const shelf =
    locals.length + found.length + defaults.size + forced.size === 0
      ? base
      : new Shelf(base, { locals, defaults, forced, supplements: found });
  return { shelf, supplements: found };
}

/**
 * The value set that is meant, and what it stands on.
 * @throws Fault `not-found` · `invalid-request` where none is named
 */
export async function valueSetScope(
  named: NamedValueSet,
  asked: Asked,
  shelves: Shelves,
  context: Context,
): Promise<Scope & { readonly valueSet: ValueSet }> {
  const resources = [...(asked.resources ?? []), ...(named.valueSet ? [named.valueSet] : [])];
  const names = nameOf(named);
  const all = { ...asked, resources };
  const first = await scopeOf(all, names, shelves, context);
  const valueSet = found(named, first.shelf);
  const required = (valueSet.extension ?? [])
    .filter(({ url }) => url === 'http://hl7.org/fhir/StructureDefinition/valueset-supplement')
    .map((one) => one.valueCanonical ?? one.valueUri ?? '');
  if (required.length === 0) return { ...first, valueSet };
  return { ...(await scopeOf(all, names, shelves, context, required)), valueSet };
}

/** The languages to answer in: those asked for, those that the value set says, those that the client reads. */
export function languagesOf(asked: Asked, valueSet?: ValueSet): Languages | undefined {
  const { displayLanguage, acceptLanguage } = asked;
  if (displayLanguage !== undefined) return parseLanguages(displayLanguage);
  const own = parameterOf(valueSet, 'displayLanguage') ?? acceptLanguage;
  if (own === undefined) return undefined;
  try {
    return parseLanguages(own);
  } catch {
    // A browser's header is no reason to refuse what it did not ask for.
    return undefined;
  }
}

/** @throws Fault `unprocessable` where a system is not there in the version that was to be checked */
export function requireVersions(
  { checkedVersions = [] }: Asked,
  used: Iterable<{ url: string; version?: string | undefined }>,
): void {
  const checked = versionsOf(checkedVersions);
  for (const { url, version } of used) {
    const wanted = checked.get(url);
    if (wanted === undefined || wanted === version) continue;
    throw new Fault(
      'unprocessable',
      `The code system ${url} is to be checked to be version ${wanted}, but ${version ?? 'one without version'} would be used.`,
      {
        expression: 'check-system-version',
        hint: 'Say system-version or force-system-version to choose another one.',
      },
    );
  }
}

/** What a value set says of how it is to be expanded. */
function parameterOf(valueSet: ValueSet | undefined, name: string): string | undefined {
  const extensions = [...(valueSet?.compose?.extension ?? []), ...(valueSet?.extension ?? [])];
  for (const { url, extension = [] } of extensions) {
    if (url !== 'http://hl7.org/fhir/StructureDefinition/valueset-expansion-parameter') continue;
    const part = (of: string) => extension.find((one) => one.url === of);
    const given = part('name');
    if ((given?.valueCode ?? given?.valueString) !== name) continue;
    const value = part('value');
    return value?.valueCode ?? value?.valueString;
  }
  return undefined;
}

function nameOf({ url, id, valueSet }: NamedValueSet): DefinitionName[] {
  if (valueSet) return [];
  if (id !== undefined) return [{ type: 'ValueSet', id }];
  if (url !== undefined) return [{ type: 'ValueSet', url: parseCanonical(url).url }];
  throw new Fault('invalid-request', 'No value set is named.', {
    expression: 'url',
    hint: 'Send `url`, or `valueSet` with the resource itself, or ask ValueSet/[id].',
  });
}

function found({ url, version, id, valueSet }: NamedValueSet, shelf: Shelf): ValueSet {
  if (valueSet) return valueSet;
  if (id !== undefined) {
    const stored = shelf.valueSetById(id);
    if (stored) return stored;
    throw new Fault('not-found', `ValueSet/${id} does not exist.`);
  }
  const canonical = version === undefined || url!.includes('|') ? url! : `${url}|${version}`;
  const one = shelf.valueSet(canonical);
  if (one) return one;
  throw new Fault('not-found', `A definition for the value Set '${canonical.slice(0, 300)}' could not be found`, {
    expression: 'url',
    hint: shelf.valueSet(parseCanonical(canonical).url)
      ? 'It is known in another version.'
      : 'Store the ValueSet here, or send it as `valueSet`.',
  });
}

function supplementOf(canonical: string, shelf: Shelf): CodeSystem {
  const { url, version } = parseCanonical(canonical);
  const system = shelf.codeSystem(url, version);
  if (system?.content === 'supplement') return system;
  const text = `Required supplement not found: ${canonical}`;
  throw new Fault('not-found', text, {
    findings: [
      {
        kind: 'not-found',
        text,
        rule: 'VALUESET_SUPPLEMENT_MISSING',
        hint: 'Store the CodeSystem whose content is supplement.',
      },
    ],
  });
}

function versionsOf(canonicals: readonly string[] = []): Map<string, string> {
  return new Map(
    canonicals.flatMap((one) => {
      const { url, version } = parseCanonical(one);
      return version === undefined ? [] : [[url, version] as const];
    }),
  );
}

function containedIn({ contained = [] }: ValueSet | CodeSystem): (ValueSet | CodeSystem)[] {
  return contained.filter(
    (one): one is ValueSet | CodeSystem => one.resourceType === 'ValueSet' || one.resourceType === 'CodeSystem',
  );
}

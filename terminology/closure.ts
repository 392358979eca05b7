/** `$closure`: how the concepts that a client has met stand to each other. https://hl7.org/fhir/R4/terminology-service.html#closure */
import type { Coding, ConceptMap, ConceptMapGroup } from 'fhir/r4.js';
import { type Context, Fault } from '../resources/index.ts';
import type { Closure, ClosureConcept, ClosureEntry, Closures } from '../store/index.ts';
import { scopeOf } from './scope.ts';
import type { Shelf } from './shelf.ts';
import type { Shelves } from './shelves.ts';
import type { System } from './system.ts';

export interface ClosureRequest {
  readonly name: string;
  /** Concepts to add; none and no version: the table is begun anew. */
  readonly concepts: readonly Coding[];
  /** Everything that was told after this version is told again. */
  readonly version?: string;
}

/** Concepts of one table. */
const CONCEPTS_MAX = 10_000;
const NAME_LENGTH_MAX = 200;
/** Times that concepts are added anew because somebody else added some meanwhile. */
const ATTEMPTS_MAX = 20;

/**
 * Begins a closure table, adds concepts to it, or tells what was told before, as a ConceptMap of what is new.
 * @throws Fault `not-found` for a table, system or code that is not there, `invalid-request`, `invalid-value`, `too-costly`
 */
export async function closure(
  request: ClosureRequest,
  closures: Closures,
  shelves: Shelves,
  context: Context,
): Promise<ConceptMap> {
  const { name, concepts, version } = request;
  if (name.length > NAME_LENGTH_MAX) {
    throw new Fault('invalid-value', `The name is longer than ${NAME_LENGTH_MAX} characters.`, { expression: 'name' });
  }
  if (version !== undefined && concepts.length > 0) {
    throw new Fault('invalid-request', 'Concepts are added, or what was told after a version is told again.', {
      expression: 'version',
      hint: 'Send `concept` or `version`, not both.',
    });
  }
  if (version !== undefined) {
    const table = await requireTable(name, closures, context);
    return mapOf(name, table.version, await closures.entries(table, numberOf(version), context), context);
  }
  if (concepts.length === 0) {
    await closures.begin(name, context);
    return mapOf(name, 0, [], context);
  }
  return add(request, closures, shelves, context);
}

async function add(
  { name, concepts }: ClosureRequest,
  closures: Closures,
  shelves: Shelves,
  context: Context,
): Promise<ConceptMap> {
  const asked = concepts.map(conceptOf);
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
    const table = await requireTable(name, closures, context);
    const all = [...table.concepts, ...asked];
    const names = [...new Set(all.map(({ system }) => system))].map((url) => ({ type: 'CodeSystem' as const, url }));
    const { shelf } = await scopeOf({}, names, shelves, context);
    const { fresh, entries } = await shelves.settle(() => related(table, asked, shelf), context);
    if (table.concepts.length + fresh.length > CONCEPTS_MAX) {
      throw new Fault('too-costly', `The closure table ${name} would have more than ${CONCEPTS_MAX} concepts.`, {
        hint: 'Begin another one, for fewer concepts.',
      });
    }
    if (fresh.length === 0) return mapOf(name, table.version, [], context);
    if (await closures.add(table, fresh, entries, context)) return mapOf(name, table.version + 1, entries, context);
  }
  throw new Fault('timeout', `The closure table ${name} changes faster than concepts can be added.`, {
    hint: 'Try again.',
  });
}

/** The concepts that the table does not have, and how they stand to those that it has and to each other. */
function related(
  { concepts: known }: Closure,
  asked: readonly ClosureConcept[],
  shelf: Shelf,
): { readonly fresh: ClosureConcept[]; readonly entries: ClosureEntry[] } {
  const fresh: ClosureConcept[] = [];
  const entries: ClosureEntry[] = [];
  const there = new Set(known.map(keyOf));
  const bySystem = Map.groupBy(known, ({ system }) => system);
  // Everything is looked for before anything is missed, so that all that is lacking comes in one trip.
  for (const { system, version, code } of [...known, ...asked]) shelf.system(system, version || undefined)?.find(code);
  for (const concept of asked) {
    const system = requireSystem(shelf, concept);
    const code = requireCode(system, concept);
    const own = { ...concept, code };
    if (there.has(keyOf(own))) continue;
    there.add(keyOf(own));
    fresh.push(own);
    const others = bySystem.get(own.system) ?? [];
    for (const other of others) entries.push(...entriesOf(own.code, other.code, system));
    bySystem.set(own.system, [...others, own]);
  }
  return { fresh, entries };
}

/** The target is said to subsume the code: equivalence reads from the source. */
function entriesOf(a: string, b: string, system: System): ClosureEntry[] {
  const { url } = system;
  if (a === b) return [{ system: url, code: a, target: b, equivalence: 'equivalent' }];
  if (system.subsumes(b, a)) return [{ system: url, code: a, target: b, equivalence: 'subsumes' }];
  return system.subsumes(a, b) ? [{ system: url, code: b, target: a, equivalence: 'subsumes' }] : [];
}

function mapOf(name: string, version: number, entries: readonly ClosureEntry[], context: Context): ConceptMap {
  const group = [...Map.groupBy(entries, ({ system }) => system)].map(
    ([system, some]): ConceptMapGroup => ({
      source: system,
      target: system,
      element: [...Map.groupBy(some, ({ code }) => code)].map(([code, own]) => ({
        code,
        target: own.map(({ target, equivalence }) => ({ code: target, equivalence })),
      })),
    }),
  );
  return {
    resourceType: 'ConceptMap',
    version: String(version),
    name,
    status: 'active',
    experimental: true,
    date: new Date(context.now()).toISOString(),
    ...(group.length > 0 && { group }),
  };
}

async function requireTable(name: string, closures: Closures, context: Context): Promise<Closure> {
  const table = await closures.read(name, context);
  if (table) return table;
  throw new Fault('not-found', `There is no closure table ${name}.`, {
    expression: 'name',
    hint: 'Begin it first: send its name alone.',
  });
}

function conceptOf({ system, version = '', code }: Coding, index: number): ClosureConcept {
  if (system !== undefined && code !== undefined) return { system, version, code };
  throw new Fault('invalid-value', `A concept has no ${system === undefined ? 'system' : 'code'}.`, {
    expression: `concept[${index}]`,
  });
}

function requireSystem(shelf: Shelf, { system: url, version }: ClosureConcept): System {
  const system = shelf.system(url, version || undefined);
  if (system) return system;
  throw new Fault(
    'not-found',
    `The code system ${[url, version].filter(Boolean).join('|').slice(0, 300)} is not at hand.`,
    {
      expression: 'concept',
      hint: 'Store the CodeSystem here, complete, or load its release.',
    },
  );
}

function requireCode(system: System, { code }: ClosureConcept): string {
  const found = system.find(code);
  if (found) return found.code;
  throw new Fault('not-found', `${system.url} has no code ${code.slice(0, 100)}.`, { expression: 'concept' });
}

function keyOf({ system, code }: ClosureConcept): string {
  return `${system}\u001e${code}`;
}

function numberOf(version: string): number {
  if (/^\d{1,9}$/.test(version)) return Number(version);
  throw new Fault('invalid-value', `${version.slice(0, 50)} is no version of a closure table.`, {
    expression: 'version',
    hint: 'Send the version of the last ConceptMap that you received, or 0 for everything.',
  });
}

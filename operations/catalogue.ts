/** The operations that there are: the files of `extended/`, found by what a URL asks for. */
import { Fault, loadFolder, nearest } from '../resources/index.ts';
import type { Target } from './call.ts';
import { type Operation, requireMethod } from './operation.ts';

export interface Catalogue {
  /** By the id of their OperationDefinition. */
  readonly all: ReadonlyMap<string, Operation>;
  /**
   * The operation that a target of the interaction `operation` asks for.
   * @throws Fault `unknown-route` where there is none by that name, or not there; `method-not-allowed`
   */
  find(target: Target): Operation;
  /** Those offered for one type, on it or on its instances; undefined: those of the system. */
  of(type: string | undefined): readonly Operation[];
}

/** Loads the folder `extended/`. */
export async function loadCatalogue(): Promise<Catalogue> {
  const folder = new URL('./extended/', import.meta.url);
  return catalogueOf(await loadFolder<Operation>(folder, 'operation', ({ id }) => id));
}

/** A catalogue of these operations. @throws Error where two answer to one URL */
export function catalogueOf(all: ReadonlyMap<string, Operation>): Catalogue {
  const byCode = Map.groupBy(all.values(), ({ code }) => code);
  for (const [code, same] of byCode) requireDistinct(code, same);
  const of = (type: string | undefined) =>
    [...all.values()].filter(({ levels, types }) =>
      type === undefined ? levels.system : (levels.type || levels.instance) && covers(types, type),
    );
  return { all, find, of };

  function find(target: Target): Operation {
    const { code, method } = target.operation!;
    const named = byCode.get(code);
    if (!named) throw unknown(code, byCode.keys());
    const found = named.find((operation) => isAt(operation, target));
    if (!found) throw elsewhere(code, named);
    requireMethod(found, method);
    return found;
  }
}

function isAt({ levels, types }: Operation, { type, id }: Target): boolean {
  if (type === undefined) return levels.system === true;
  return (id === undefined ? levels.type : levels.instance) === true && covers(types, type);
}

function covers(types: readonly string[], type: string): boolean {
  return types.includes(type) || types.includes('Resource');
}

function requireDistinct(code: string, operations: readonly Operation[]): void {
  const levels = ['system', 'type', 'instance'] as const;
  const places = operations.flatMap(({ levels: at, types }) =>
    levels.flatMap((level) =>
      at[level] ? (level === 'system' ? [level] : types.map((type) => `${level} ${type}`)) : [],
    ),
  );
  const double = places.find((place, i) => places.indexOf(place) !== i);
  if (double) throw new Error(`Two operations answer to $${code} at ${double}.`);
}

function unknown(code: string, known: Iterable<string>): Fault {
  const meant = nearest(code, known);
  return new Fault('unknown-route', `The operation ${JSON.stringify(`$${code.slice(0, 64)}`)} is not offered here.`, {
    hint: meant ? `Did you mean $${meant}?` : 'GET metadata lists the operations that are.',
  });
}

function elsewhere(code: string, named: readonly Operation[]): Fault {
  const places = named.flatMap(({ levels, types }) => {
    const shown = types.map((type) => (type === 'Resource' ? '[type]' : type));
    return [
      ...(levels.system ? [`$${code}`] : []),
      ...(levels.type ? shown.map((type) => `${type}/$${code}`) : []),
      ...(levels.instance ? shown.map((type) => `${type}/[id]/$${code}`) : []),
    ];
  });
  return new Fault('unknown-route', `The operation "$${code}" is not offered at this place.`, {
    hint: `Use ${places.join(' or ')}.`,
  });
}

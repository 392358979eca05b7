/** The parts of a composite in the JSON of an element. */
import type { Slot } from '../../resources/index.ts';

export interface Part {
  readonly value: any;
  /** The object or array in which it stands, and under which key: for the digits of numbers. */
  readonly holder: any;
  readonly key: string | number;
  /** The FHIR type where the name of a polymorphic member tells it. */
  readonly type: string | undefined;
}

/** Everything at the end of a path. */
export function partsAt(start: unknown, steps: Slot['steps']): Part[] {
  let found: Part[] = [{ value: start, holder: undefined, key: '', type: undefined }];
  for (const [index, step] of steps.entries()) {
    const next = steps[index + 1];
    if (step.kind === 'child') {
      const types = next?.kind === 'types' ? next.types : undefined;
      found = found.flatMap(({ value }) => members(value, step.name, types));
    }
  }
  return found;
}

/** System and code of what a token parameter reads here; text alone is no token. */
export function codesAt(part: Part): { system: string; code: string }[] {
  const { value, type } = part;
  if (typeof value === 'string') return [{ system: '', code: value }];
  if (typeof value === 'boolean') return [{ system: '', code: String(value) }];
  if (typeof value !== 'object' || (type !== undefined && type !== 'CodeableConcept' && type !== 'Coding')) return [];
  const codings: readonly any[] = Array.isArray(value.coding) ? value.coding : [value];
  return codings
    .filter((coding) => typeof coding?.code === 'string')
    .map(({ system, code }) => ({ system: typeof system === 'string' ? system : '', code }));
}

function members(holder: any, name: string, types: readonly string[] | undefined): Part[] {
  if (typeof holder !== 'object' || holder === null) return [];
  if (types) return types.flatMap((type) => values(holder, name + capital(type), type));
  if (Object.hasOwn(holder, name)) return values(holder, name, undefined);
  const keys = Object.keys(holder).filter((key) => key.startsWith(name) && /^[A-Z]/.test(key.slice(name.length)));
  return keys.flatMap((key) => values(holder, key, key.slice(name.length)));
}

function values(holder: any, key: string, type: string | undefined): Part[] {
  const value = Object.hasOwn(holder, key) ? holder[key] : undefined;
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) return [{ value, holder, key, type }];
  return value.map((item, index) => ({ value: item, holder: value, key: index, type }));
}

function capital(type: string): string {
  return type[0]!.toUpperCase() + type.slice(1);
}

/** One key of `_sort`: a parameter, or one of what a reference leads to. https://hl7.org/fhir/R4/search.html#sort */
import {
  Fault,
  ownParameters,
  type ParameterSource,
  type SearchKind,
  type SearchParameter,
} from '../../resources/index.ts';
import { byType, targetsOf } from './criterion.ts';
import { isText, SCORE, scoreKey, unordered } from './text.ts';
import type { Criterion, SortKey } from './tree.ts';

/** References that one key may follow. */
const DEPTH_MAX = 3;

/**
 * Reads `birthdate` or `subject:Patient.family`.
 * @param written the key without its minus
 * @throws Fault `unknown-parameter`, `not-supported`, `unsupported-modifier`, `too-costly`
 */
export function sortKey(
  types: readonly string[],
  written: string,
  descending: boolean,
  known: ParameterSource = ownParameters,
  depth = 0,
): SortKey {
  const shown = `_sort=${written.slice(0, 64)}`;
  const dot = written.indexOf('.');
  if (written === SCORE && depth === 0) return scoreKey(types, descending);
  if (dot < 0) return { code: written, by: sortable(types, written, shown, depth > 0, known), descending };
  if (depth >= DEPTH_MAX) {
    throw new Fault('too-costly', `${shown} follows more than ${DEPTH_MAX} references.`, { expression: '_sort' });
  }
  const [code, modifier, ...more] = written.slice(0, dot).split(':') as [string, string?, ...string[]];
  if (more.length > 0) {
    throw new Fault('unsupported-modifier', `${shown}: ${code} has more than one modifier.`, { expression: '_sort' });
  }
  const by = byType(types, code, shown, known);
  const targets = new Map<string, SortKey>();
  let refusal: unknown;
  for (const type of new Set([...by.values()].flatMap((parameter) => targetsOf(parameter, modifier, shown)))) {
    try {
      targets.set(type, sortKey([type], written.slice(dot + 1), descending, known, depth + 1));
    } catch (error) {
      // A reference to several types follows those that know the parameter.
      if (!(error instanceof Fault) || error.kind !== 'unknown-parameter') throw error;
      refusal ??= error;
    }
  }
  if (targets.size === 0) throw refusal;
  requireOneOrder([...targets.values()], shown);
  return { code: written, by, descending, targets };
}

/**
 * The order by distance takes the places that the search itself names.
 * @throws Fault `invalid-request` where it names none
 */
export function withPlaces(key: SortKey, criteria: readonly Criterion[]): SortKey {
  if (key.code !== NEAR || key.by.values().next().value!.type !== 'special') return key;
  const near = criteria.find((one) => one.kind === 'values' && one.code === NEAR && one.modifier === undefined);
  if (near?.kind === 'values') return { ...key, near: near.values };
  throw new Fault(
    'invalid-request',
    'Results are sorted by their distance from what near names, and there is no near.',
    {
      expression: '_sort',
      hint: 'Add near=latitude|longitude|distance|unit.',
    },
  );
}

const NEAR = 'near';

function sortable(
  types: readonly string[],
  code: string,
  shown: string,
  isChained: boolean,
  known: ParameterSource,
): ReadonlyMap<string, SearchParameter> {
  const by = byType(types, code, shown, known);
  const [first] = by.values();
  if (isText(code)) throw unordered(code);
  if (!UNSORTABLE.has(first!.type) || (code === NEAR && !isChained)) return by;
  const text = `Results cannot be sorted by ${code}: parameters of type ${first!.type} have no order.`;
  throw new Fault('not-supported', text, { expression: '_sort' });
}

const UNSORTABLE: ReadonlySet<string> = new Set(['composite', 'special']);

/** Values that are compared with each other must be of one kind. */
function requireOneOrder(keys: readonly SortKey[], shown: string): void {
  const orders = new Set(keys.flatMap(ordersOf));
  if (orders.size <= 1) return;
  const text = `${shown} means different things on the types that are referred to (${[...orders].join(', ')}).`;
  const hint = 'Name the type of the target, for example _sort=subject:Patient.birthdate.';
  throw new Fault('not-supported', text, { expression: '_sort', hint });
}

function ordersOf({ by, targets }: SortKey): string[] {
  if (targets) return [...targets.values()].flatMap(ordersOf);
  return [...by.values()].map(({ type }) => ORDERS[type] ?? 'text');
}

const ORDERS: Readonly<Partial<Record<SearchKind, string>>> = { date: 'date', number: 'number', quantity: 'number' };

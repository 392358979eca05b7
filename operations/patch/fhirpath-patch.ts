/**
 * FHIRPath Patch: operations that point at elements by FHIRPath. https://hl7.org/fhir/R4/fhirpatch.html
 * A path selects exactly one element, that of `delete` at most one; `insert` and `move` name a list, which may be empty.
 */
import { Fault, locate, type Place, splitElement } from '../../resources/index.ts';
import { type Content, Draft, type PatchLimits, patchLimits, ROOT } from './draft.ts';
import { elementAt, elementOf, type Slot } from './elements.ts';
import { type Operation, type OperationType, readOperations, refuse } from './fhirpath-operations.ts';
import { makeValue } from './fhirpath-value.ts';
import { countMembers, hasMember, insertItem, putMember, removeItem, removeMember, replaceItem } from './members.ts';

/**
 * Carries out the operations in order, each on the result of the one before, all or none; neither argument is changed.
 * @throws Fault `invalid-request` and `not-supported`, with `expression` pointing into the Parameters; `too-costly`,
 * `too-deep`
 */
export function fhirpathPatch(resource: Content, patch: Content, limits: PatchLimits = patchLimits): Content {
  const operations = readOperations(patch.value, limits);
  const draft = new Draft(resource, limits);
  for (const operation of operations) verbs[operation.type](operation, draft, patch);
  return draft.finish();
}

/** An element of the draft: where it stands, what it is, and the object that holds its children. */
interface Spot {
  readonly holder: any;
  readonly key: string;
  readonly index: number | undefined;
  /** Undefined for the resource itself. */
  readonly slot: Slot | undefined;
  /** The type that defines the children. */
  readonly inside: string | undefined;
  /** Of a primitive what stands beside it; undefined when nothing does. */
  readonly object: any;
  /** Nesting level of `object`; 1 for the resource. */
  readonly level: number;
}

const verbs: Readonly<Record<OperationType, (operation: Operation, draft: Draft, patch: Content) => void>> = {
  add: (operation, draft, patch) => {
    const spot = theOne(operation, draft);
    const slot = elementOf(insideOf(spot, operation), operation.name!, operation.places.get('name')!);
    const made = makeValue(slot, operation.value!, spot.level + (slot.many ? 2 : 1), draft, patch);
    const object = childrenOf(spot, draft);
    if (slot.many) insertItem(draft, object, made.key, countMembers(object, made.key), made);
    else if (!slot.keys.some((key) => hasMember(object, key))) putMember(draft, object, made.key, made);
    else {
      const hint = 'It does not repeat: use `replace`, or `delete` it first.';
      throw refuse(operation.at, `(add) finds \`${slot.name}\` there already.`, hint);
    }
  },
  insert: (operation, draft, patch) => {
    const { spot, slot } = theList(operation, draft);
    const object = childrenOf(spot, draft);
    const count = countMembers(object, slot.key);
    if (operation.index! > count) throw outside(operation, 'index', count, count);
    const made = makeValue(slot, operation.value!, spot.level + 2, draft, patch);
    insertItem(draft, object, slot.key, operation.index!, made);
  },
  delete: (operation, draft) => {
    const places = find(operation, operation.path, draft);
    if (places.length === 0) return;
    const spot = single(places, operation, draft);
    if (spot.slot === undefined) {
      throw refuse(
        pathAt(operation),
        'points at the resource itself.',
        'Use the delete interaction: DELETE [type]/[id].',
      );
    }
    if (spot.index === undefined) removeMember(draft, spot.holder, spot.key);
    else removeItem(draft, spot.holder, spot.key, spot.index);
  },
  replace: (operation, draft, patch) => {
    const spot = theOne(operation, draft);
    if (spot.slot === undefined) {
      throw refuse(pathAt(operation), 'points at the resource itself.', 'Use the update interaction: PUT [type]/[id].');
    }
    const made = makeValue(spot.slot, operation.value!, spot.level, draft, patch);
    if (spot.index !== undefined) {
      replaceItem(draft, spot.holder, spot.key, spot.index, made);
      return;
    }
    if (made.key !== spot.key) removeMember(draft, spot.holder, spot.key);
    putMember(draft, spot.holder, made.key, made);
  },
  move: (operation, draft) => {
    const { spot, slot } = theList(operation, draft);
    const count = spot.object === undefined ? 0 : countMembers(spot.object, slot.key);
    if (operation.source! >= count) throw outside(operation, 'source', count, count - 1);
    if (operation.destination! >= count) throw outside(operation, 'destination', count, count - 1);
    if (operation.source === operation.destination) return;
    const moved = removeItem(draft, spot.object, slot.key, operation.source!);
    insertItem(draft, spot.object, slot.key, operation.destination!, moved);
  },
};

function theOne(operation: Operation, draft: Draft, path: string = operation.path): Spot {
  return single(find(operation, path, draft), operation, draft);
}

function single(places: readonly Place[], operation: Operation, draft: Draft): Spot {
  const [place] = places;
  if (place !== undefined && places.length === 1) return follow(place, operation, draft);
  const found = place === undefined ? 'selects no element' : `selects ${places.length} elements`;
  const hint =
    place === undefined ? 'A patch makes no parents: add them first.' : 'Narrow it, for example by [0] or where().';
  throw refuse(pathAt(operation), `(${operation.type}) ${found} of the resource; it must select one.`, hint);
}

/** The list that `insert` and `move` work on, found by its holder: an empty list selects nothing by itself. */
function theList(operation: Operation, draft: Draft): { spot: Spot; slot: Slot } {
  const split = told(operation, () => splitElement(operation.path));
  const noList = 'does not name a list.';
  const hint = 'End it with the name of a repeating element, for example `Patient.identifier`.';
  if (split === undefined) throw refuse(pathAt(operation), noList, hint);
  const spot = theOne(operation, draft, split.holder);
  const slot = elementOf(insideOf(spot, operation), split.name, pathAt(operation));
  if (!slot.many) throw refuse(pathAt(operation), noList, `\`${slot.name}\` does not repeat. ${hint}`);
  return { spot, slot };
}

function find(operation: Operation, path: string, draft: Draft): Place[] {
  return told(operation, () => locate(path, draft.root));
}

/** Says of a fault of the path in which part it stands. */
function told<T>(operation: Operation, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const { kind, text, hint } = error.findings[0]!;
    throw new Fault(kind, text, { expression: pathAt(operation), ...(hint ? { hint } : {}), cause: error.cause });
  }
}

/** Walks down the draft and the definitions together. */
function follow(place: Place, operation: Operation, draft: Draft): Spot {
  const root = draft.root;
  let spot: Spot = {
    holder: draft.top,
    key: ROOT,
    index: undefined,
    slot: undefined,
    inside: root?.resourceType,
    object: root,
    level: 1,
  };
  for (const { key, index } of place) {
    const holder = spot.object;
    const slot = elementAt(insideOf(spot, operation), key, pathAt(operation));
    const item = occurrence(holder, key, index);
    const object = typeof item === 'object' && item !== null ? item : occurrence(holder, `_${key}`, index);
    const inside = slot.isResource ? object?.resourceType : slot.inside;
    spot = { holder, key, index, slot, inside, object, level: spot.level + (index === undefined ? 1 : 2) };
  }
  return spot;
}

function occurrence(holder: any, key: string, index: number | undefined): any {
  const value = Object.hasOwn(holder, key) ? holder[key] : undefined;
  return (index === undefined ? value : value?.[index]) ?? undefined;
}

function insideOf(spot: Spot, operation: Operation): string {
  if (typeof spot.inside === 'string') return spot.inside;
  throw refuse(pathAt(operation), 'points at an element that has no children.');
}

/** The object that holds the children, made where a primitive has none beside it yet. */
function childrenOf(spot: Spot, draft: Draft): any {
  if (spot.object !== undefined) return spot.object;
  const made = {};
  const key = `_${spot.key}`;
  if (spot.index === undefined) {
    draft.put(spot.holder, key, { value: made });
    return made;
  }
  const count = countMembers(spot.holder, spot.key);
  if (!Array.isArray(spot.holder[key])) draft.put(spot.holder, key, { value: new Array(count).fill(null) });
  draft.put(spot.holder[key], spot.index, { value: made });
  return made;
}

function outside(operation: Operation, part: string, count: number, most: number): Fault {
  const items = count === 1 ? '1 item' : `${count} items`;
  const hint = most < 0 ? 'Use `add` for the first item.' : `It may be 0 to ${most}.`;
  return refuse(operation.places.get(part)!, `(${part}) is outside of the list, which has ${items}.`, hint);
}

function pathAt(operation: Operation): string {
  return operation.places.get('path')!;
}

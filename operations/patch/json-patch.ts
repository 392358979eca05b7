/**
 * JSON Patch (RFC 6902) with JSON Pointer (RFC 6901), numbers kept as written.
 * Written here because the libraries carry numbers as doubles and so lose digits. https://hl7.org/fhir/R4/http.html#patch
 */
import { Fault, type FaultKind } from '../../resources/index.ts';
import { type Content, Draft, type Entry, type PatchLimits, patchLimits, ROOT, writtenAt } from './draft.ts';
import { sameJson } from './equal.ts';

/**
 * Carries out the operations in order, all or none; neither argument is changed.
 * @throws Fault `invalid-request` (the patch is no JSON Patch, or points at what is not there), `conflict` (a `test` does
 * not hold), `too-costly`, `too-deep`; the text names the operation (`patch[2]`), `expression` the element.
 */
export function jsonPatch(resource: Content, patch: Content, limits: PatchLimits = patchLimits): Content {
  if (!Array.isArray(patch.value)) {
    throw new Fault('invalid-request', 'A JSON Patch is an array of operations.', {
      hint: 'Send for example [{"op": "replace", "path": "/gender", "value": "female"}].',
    });
  }
  if (patch.value.length > limits.operationsMax) {
    throw new Fault('too-costly', `A patch of ${patch.value.length} operations is too long.`, {
      hint: `At most ${limits.operationsMax} operations are taken. Send the whole resource with PUT.`,
    });
  }
  const draft = new Draft(resource, limits);
  for (let index = 0; index < patch.value.length; index++) {
    carryOut(readOperation(patch.value[index], index, resource.value?.resourceType), draft, patch);
  }
  return draft.finish();
}

type Tokens = readonly string[];

interface Operation {
  readonly op: string;
  readonly at: number;
  readonly path: Tokens;
  readonly from: Tokens;
  /** The operation as it stands in the patch: the holder of `value`. */
  readonly holder: object;
  readonly resourceType: string;
}

const hasValue = new Set(['add', 'replace', 'test']);
const hasFrom = new Set(['move', 'copy']);
const known = ['add', 'remove', 'replace', 'move', 'copy', 'test'];

function readOperation(operation: any, at: number, resourceType: string): Operation {
  const refuse = (text: string, hint: string) => new Fault('invalid-request', `patch[${at}] ${text}`, { hint });
  if (typeof operation !== 'object' || operation === null || Array.isArray(operation)) {
    throw refuse('is not an operation.', 'An operation is an object with `op` and `path`.');
  }
  const op = Object.hasOwn(operation, 'op') ? operation.op : undefined;
  if (typeof op !== 'string' || !known.includes(op)) {
    throw refuse('has no `op` that JSON Patch knows.', `The operations are ${known.join(', ')}.`);
  }
  if (hasValue.has(op) && !Object.hasOwn(operation, 'value')) {
    throw refuse(`(${op}) has no \`value\`.`, 'Give a `value`, or use the operation `remove`.');
  }
  const path = readPointer(operation, 'path', op, refuse);
  const from = hasFrom.has(op) ? readPointer(operation, 'from', op, refuse) : [];
  return { op, at, path, from, holder: operation, resourceType };
}

function readPointer(operation: any, name: string, op: string, refuse: (text: string, hint: string) => Fault): Tokens {
  const pointer = Object.hasOwn(operation, name) ? operation[name] : undefined;
  if (typeof pointer !== 'string') {
    throw refuse(`(${op}) has no \`${name}\`.`, `\`${name}\` is a JSON Pointer, for example \`/name/0/family\`.`);
  }
  if (pointer === '') return [];
  if (!pointer.startsWith('/')) {
    throw refuse(`(${op}): the \`${name}\` does not begin with a slash.`, `Did you mean \`/${short(pointer)}\`?`);
  }
  if (/~(?![01])/.test(pointer)) {
    throw refuse(
      `(${op}): the \`${name}\` has a lone \`~\`.`,
      'In a JSON Pointer `~` is written `~0` and `/` is written `~1`.',
    );
  }
  const tokens = pointer.slice(1).split('/');
  return pointer.includes('~') ? tokens.map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~')) : tokens;
}

function carryOut(operation: Operation, draft: Draft, patch: Content): void {
  if (operation.path.length >= draft.limits.depthMax) {
    const text = `the path goes deeper than ${draft.limits.depthMax} levels.`;
    throw fault('too-deep', operation, operation.path, text);
  }
  verbs[operation.op]!(operation, draft, patch);
}

const verbs: Readonly<Record<string, (operation: Operation, draft: Draft, patch: Content) => void>> = {
  add: (operation, draft, patch) => add(operation, draft, given(operation, draft, patch)),
  remove: (operation, draft) => remove(operation, operation.path, draft),
  replace: (operation, draft, patch) => {
    const [holder, key] = existing(operation, operation.path, draft);
    draft.put(holder, key, given(operation, draft, patch));
  },
  move: (operation, draft) => {
    const { from, path } = operation;
    const [holder, key] = existing(operation, from, draft);
    if (from.every((token, index) => token === path[index])) {
      if (from.length === path.length) return;
      throw fault('invalid-request', operation, from, 'a value cannot be moved into itself.');
    }
    draft.carry(holder[key], false);
    const entry = draft.copyOf(holder, key, levelOf(operation));
    remove(operation, from, draft);
    add(operation, draft, entry);
  },
  copy: (operation, draft) => {
    const [holder, key] = existing(operation, operation.from, draft);
    draft.carry(holder[key], true);
    add(operation, draft, draft.copyOf(holder, key, levelOf(operation)));
  },
  test,
};

function given(operation: Operation, draft: Draft, patch: Content): Entry {
  return draft.copyOf(operation.holder, 'value', levelOf(operation), patch.digits);
}

function levelOf(operation: Operation): number {
  return operation.path.length + 1;
}

function add(operation: Operation, draft: Draft, entry: Entry): void {
  const [holder, token] = holderOf(operation, operation.path, draft);
  if (!Array.isArray(holder)) {
    draft.put(holder, token, entry);
    return;
  }
  const index = token === '-' ? holder.length : listIndex(token);
  if (index === undefined || index > holder.length) {
    const hint = 'Use `-` to add at the end.';
    throw fault('invalid-request', operation, operation.path, `the list has ${count(holder)}.`, hint);
  }
  draft.insert(holder, index, entry);
}

function remove(operation: Operation, path: Tokens, draft: Draft): void {
  const [holder, key] = existing(operation, path, draft);
  if (path.length === 0) {
    const hint = 'Use the delete interaction: DELETE [type]/[id].';
    throw fault('invalid-request', operation, path, 'a patch cannot remove the resource itself.', hint);
  }
  draft.remove(holder, key);
}

/**
 * A test that fails is a 409: the patch is sound, but was made for another state of the resource (RFC 5789, 2.2,
 * "conflicting state"). 412 is left to If-Match and to criteria, so that a client can tell which of the two it lost by.
 */
function test(operation: Operation, draft: Draft, patch: Content): void {
  const [holder, key] = existing(operation, operation.path, draft, 'conflict');
  const expected = draft.read(holder, key);
  const wanted = {
    value: (operation.holder as any).value,
    written: writtenAt(patch.digits, operation.holder, 'value'),
  };
  if (sameJson(wanted, patch.digits, expected, draft.digits)) return;
  throw fault('conflict', operation, operation.path, 'the value there is another one.', 'Read the resource again.');
}

/** The holder and key of what stands at the path; the resource itself is a member of `draft.top`. */
function existing(
  operation: Operation,
  path: Tokens,
  draft: Draft,
  kind: FaultKind = 'invalid-request',
): [holder: any, key: string | number] {
  const [holder, token] = holderOf(operation, path, draft, kind);
  const key = Array.isArray(holder) ? listIndex(token) : token;
  if (key !== undefined && Object.hasOwn(holder, key)) return [holder, key];
  throw nothingThere(kind, operation, path, path.length, holder);
}

function holderOf(
  operation: Operation,
  path: Tokens,
  draft: Draft,
  kind: FaultKind = 'invalid-request',
): [holder: any, token: string] {
  if (path.length === 0) return [draft.top, ROOT];
  let holder: any = draft.root;
  for (let depth = 0; depth < path.length; depth++) {
    if (typeof holder !== 'object' || holder === null) throw nothingThere(kind, operation, path, depth, undefined);
    const token = path[depth]!;
    if (depth === path.length - 1) return [holder, token];
    const key = Array.isArray(holder) ? listIndex(token) : token;
    if (key === undefined || !Object.hasOwn(holder, key)) throw nothingThere(kind, operation, path, depth + 1, holder);
    holder = holder[key];
  }
  throw nothingThere(kind, operation, path, path.length, undefined);
}

function listIndex(token: string): number | undefined {
  return /^(0|[1-9]\d{0,9})$/.test(token) ? Number(token) : undefined;
}

function nothingThere(kind: FaultKind, operation: Operation, path: Tokens, depth: number, holder: unknown): Fault {
  const there = path.slice(0, depth);
  let hint = 'A patch makes no parents: add what holds the value first, then the value.';
  if (Array.isArray(holder)) hint = `The list has ${count(holder)}; the first is 0, and only \`add\` may use \`-\`.`;
  else if (holder === undefined) hint = 'It is a plain value, with nothing inside.';
  else if (depth === path.length) hint = 'Use `add` for a member that is not there yet.';
  const text = holder === undefined ? `${pointer(there)} holds nothing.` : `there is nothing at ${pointer(there)}.`;
  return fault(kind, operation, there, text, hint);
}

function fault(kind: FaultKind, operation: Operation, path: Tokens, text: string, hint?: string): Fault {
  const expression = toFhirPath(operation.resourceType, path);
  return new Fault(kind, `patch[${operation.at}] (${operation.op} ${pointer(operation.path)}): ${text}`, {
    ...(expression ? { expression } : {}),
    ...(hint ? { hint } : {}),
  });
}

/** `/name/0/family` → `Patient.name[0].family`; undefined where the pointer is none of an element. */
function toFhirPath(resourceType: unknown, path: Tokens): string | undefined {
  let expression = typeof resourceType === 'string' ? resourceType : '';
  for (const token of path) {
    if (/^[A-Za-z][A-Za-z0-9]{0,63}$/.test(token)) expression += `.${token}`;
    else if (listIndex(token) !== undefined) expression += `[${token}]`;
    else return undefined;
  }
  return expression || undefined;
}

function pointer(tokens: Tokens): string {
  return short(tokens.map((token) => `/${token.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')) || '(whole)';
}

function count(list: readonly unknown[]): string {
  return list.length === 1 ? '1 item' : `${list.length} items`;
}

function short(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

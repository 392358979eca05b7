/**
 * The FHIRPath of search parameters, taken apart. R4's own parameters use a small part of the language (paths, unions,
 * types, three kinds of filters), which can be compiled; everything else is for the engine in `fhirpath.ts`.
 * https://hl7.org/fhir/R4/searchparameter.html#expression
 */

/** One step of a path. */
export type Step =
  | { readonly kind: 'child'; readonly name: string }
  /** `ofType(A)`, `as A`: several when a union asks for the same element as different types. */
  | { readonly kind: 'types'; readonly types: readonly string[] }
  /** `where(system='phone')` */
  | { readonly kind: 'where'; readonly element: string; readonly equals: string }
  /** `[0]` */
  | { readonly kind: 'index'; readonly index: number }
  /** `extension('http://…')` */
  | { readonly kind: 'extension'; readonly url: string };

/** One branch of a union. */
export interface Alternative {
  /** What the path starts from: a resource type, `%resource`, or undefined for the element itself. */
  readonly head: string | undefined;
  readonly steps: readonly Step[];
  /** Target types of `where(resolve() is X)`. */
  readonly targets: readonly string[];
  /** `x.exists() and x != false`: the answer is whether the element stands there and is not false. */
  readonly stated: boolean;
}

/**
 * Takes an expression apart.
 * @returns undefined when it uses more of FHIRPath than can be compiled
 */
export function parseExpression(expression: string): readonly Alternative[] | undefined {
  const parts = splitUnion(expression);
  const alternatives = parts.map((part) => parseStated(part) ?? parsePath(part));
  if (alternatives.includes(undefined)) return undefined;
  return mergeTypes(alternatives as Alternative[]);
}

/** The path as text, normalised: what the name of a slot is made of. */
export function pathText(head: string, steps: readonly Step[]): string {
  return head + steps.map(stepText).join('');
}

function stepText(step: Step): string {
  switch (step.kind) {
    case 'child':
      return `.${step.name}`;
    case 'types':
      return `.ofType(${[...step.types].sort().join('|')})`;
    case 'where':
      return `.where(${step.element}='${step.equals}')`;
    case 'index':
      return `[${step.index}]`;
    case 'extension':
      return `.extension('${step.url}')`;
  }
}

/** Parts between `|` outside of brackets and quotes, with brackets around a whole part taken off. */
function splitUnion(expression: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let quoted = false;
  let from = 0;
  for (let at = 0; at < expression.length; at++) {
    const character = expression[at]!;
    if (character === "'") quoted = !quoted;
    if (quoted) continue;
    if (character === '(') depth++;
    else if (character === ')') depth--;
    else if (character === '|' && depth === 0) {
      parts.push(expression.slice(from, at));
      from = at + 1;
    }
  }
  parts.push(expression.slice(from));
  return parts.map((part) => part.trim());
}

function parseStated(text: string): Alternative | undefined {
  const match = /^([\w.]+)\.exists\(\) and \1 != false$/.exec(text);
  const path = match && parsePath(match[1]!);
  return path ? { ...path, stated: true } : undefined;
}

const tokens =
  /\s*(?:(\()|(\))|(?:\.\s*)?(?:ofType|as)\(\s*([\w.]+)\s*\)|as\s+([\w.]+)|(?:\.\s*)?where\(\s*resolve\(\)\s+is\s+(\w+)\s*\)|(?:\.\s*)?where\(\s*(\w+)\s*=\s*'([^']*)'\s*\)|(?:\.\s*)?extension\(\s*'([^']*)'\s*\)|\[(\d+)\]|(?:\.\s*)?(%?\w+)(?![\w(]))\s*/y;

function parsePath(text: string): Alternative | undefined {
  const steps: Step[] = [];
  const targets: string[] = [];
  let head: string | undefined;
  let first = true;
  let depth = 0;
  tokens.lastIndex = 0;
  while (tokens.lastIndex < text.length) {
    const match = tokens.exec(text);
    if (!match) return undefined;
    const [, open, close, ofType, as, target, element, equals, url, index, name] = match;
    if (open) depth++;
    else if (close) depth--;
    else if (ofType ?? as) steps.push({ kind: 'types', types: [typeName((ofType ?? as)!)] });
    else if (target) targets.push(target);
    else if (element) steps.push({ kind: 'where', element, equals: equals! });
    else if (url !== undefined) steps.push({ kind: 'extension', url });
    else if (index) steps.push({ kind: 'index', index: Number(index) });
    else if (first && /^(?:[A-Z]|%)/.test(name!)) head = name!;
    else steps.push({ kind: 'child', name: name! });
    if (!open) first = false;
  }
  return depth === 0 ? { head, steps, targets, stated: false } : undefined;
}

/** R4 writes `DateTime` once where it means the datatype, and `FHIR.` before some names. */
function typeName(written: string): string {
  const name = written.replace(/^FHIR\./, '');
  return name === 'DateTime' ? 'dateTime' : name;
}

/** `value as Quantity | value as Range` asks one element for either: one path. */
function mergeTypes(alternatives: readonly Alternative[]): Alternative[] {
  const merged = new Map<string, Alternative>();
  for (const alternative of alternatives) {
    const last = alternative.steps.at(-1);
    const before = last?.kind === 'types' ? alternative.steps.slice(0, -1) : alternative.steps;
    const key = `${pathText(alternative.head ?? '', before)} ${last?.kind} ${alternative.stated}`;
    const other = merged.get(key);
    if (other && last?.kind === 'types') {
      const types = [...(other.steps.at(-1) as { types: readonly string[] }).types, ...last.types];
      const targets = [...new Set([...other.targets, ...alternative.targets])];
      merged.set(key, { ...other, steps: [...before, { kind: 'types', types }], targets });
    } else if (!other) merged.set(key, alternative);
  }
  return [...merged.values()];
}

/**
 * FHIRPath compiled to JavaScript functions, for the part of the language in which conditions on resources are written.
 * What stands outside of it, or turns out to need calendars and units, is left to the engine (fhirpath.ts), which takes
 * a hundred times as long. https://hl7.org/fhirpath/N1/
 */
import { hasType } from '../definitions.ts';
import { type Around, type Code, fromMany, fromTruth, none, oncePer } from './code.ts';
import { functions } from './functions.ts';
import { addChildren, dataOf, Element, elsewhere, type Item, type Items, isKind } from './item.ts';
import { operators } from './operators.ts';
import { textFunctions } from './texts.ts';

/** A node of the syntax tree, as the engine's parser gives it. */
export interface Syntax {
  readonly type?: string;
  readonly text?: string;
  readonly children?: readonly Syntax[];
}

/** The code of a syntax tree; undefined where it uses what is not known here. */
export function codeOf(tree: Syntax): Code | undefined {
  try {
    return compile(tree, false);
  } catch (reason) {
    if (reason === elsewhere) return undefined;
    throw reason;
  }
}

const wrappers = new Set(['EntireExpression', 'TermExpression', 'ParenthesizedTerm', 'InvocationTerm', 'LiteralTerm']);

/** @param isArgument whether it stands in the argument of a function: names of types are no filters there */
function compile(node: Syntax, isArgument: boolean): Code {
  const children = node.children ?? [];
  if (wrappers.has(node.type ?? '') && children.length === 1) return compile(children[0]!, isArgument);
  switch (node.type) {
    case 'InvocationExpression':
      return invocation(compile(children[0]!, isArgument), children[1]!);
    case 'MemberInvocation':
      return start(identifier(node), isArgument);
    case 'FunctionInvocation':
      return call(self, node);
    case 'ThisInvocation':
      return self;
    case 'IndexerExpression':
      return indexer(compile(children[0]!, isArgument), compile(children[1]!, isArgument));
    case 'PolarityExpression':
      return polarity(node.text === '-' ? -1 : 1, compile(children[0]!, isArgument));
    case 'TypeExpression':
      return typed(node.text === 'is' ? 'is' : 'as', compile(children[0]!, isArgument), typeName(children[1]!));
    case 'ExternalConstantTerm':
      return external(node.text ?? '');
    case 'StringLiteral':
      return literal(unescaped(node.text!.slice(1, -1)));
    case 'NumberLiteral':
      // 1.50 has its digits in the engine only.
      if (String(Number(node.text)) !== node.text) throw elsewhere;
      return literal(Number(node.text));
    case 'BooleanLiteral':
      return literal(node.text === 'true');
    case 'NullLiteral':
      return fromMany(() => none, { constant: none });
    default: {
      const operator = operators[node.text ?? ''];
      if (children.length !== 2 || !node.type?.endsWith('Expression') || !operator) throw elsewhere;
      return operator(compile(children[0]!, isArgument), compile(children[1]!, isArgument));
    }
  }
}

const self: Code = fromMany((items) => items, { way: [] });

function invocation(input: Code, node: Syntax): Code {
  if (node.type === 'FunctionInvocation') return call(input, node);
  if (node.type !== 'MemberInvocation') throw elsewhere;
  const name = identifier(node);
  return member(input, name);
}

function member(input: Code, name: string): Code {
  if (/^[A-Z]/.test(name)) throw elsewhere;
  const { many, way, isFixed = false } = input;
  const children = (items: Items, around: Around): Items => {
    const found: Item[] = [];
    for (const item of many(items, around)) addChildren(item, name, found);
    return found;
  };
  if (way) return fromMany(children, { way: [...way, name] });
  return isFixed ? fromMany(oncePer(children), { isFixed }) : fromMany(children);
}

/** A name at the start of a way: a member, or the type of what the evaluation starts from. */
function start(name: string, isArgument: boolean): Code {
  if (!/^[A-Z]/.test(name)) return member(self, name);
  if (isArgument || !hasType(name)) throw elsewhere;
  return fromMany((items) => items.filter((item) => item instanceof Element && isKind(item.type, name)));
}

function call(input: Code, node: Syntax): Code {
  const name = node.text ?? '';
  const args = argumentsOf(node);
  if (name === 'is' || name === 'as' || name === 'ofType') {
    if (args.length !== 1) throw elsewhere;
    return typed(name, input, typeName(args[0]!));
  }
  const make = own(functions, name) ?? own(textFunctions, name);
  const made = make?.(
    input,
    args.map((argument) => compile(argument, true)),
  );
  if (!made) throw elsewhere;
  return made;
}

function own<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

function argumentsOf(node: Syntax): readonly Syntax[] {
  const functn = node.children?.[0];
  return functn?.children?.find((child) => child.type === 'ParamList')?.children ?? [];
}

function indexer(input: Code, index: Code): Code {
  return fromMany((items, around) => {
    const [wanted] = index.many(items, around);
    const found = wanted === undefined ? undefined : input.many(items, around)[dataOf(wanted)];
    return found === undefined ? none : [found];
  });
}

function polarity(sign: 1 | -1, input: Code): Code {
  return fromMany((items, around) => {
    const found = input.many(items, around);
    if (found.length !== 1 || typeof found[0] !== 'number') throw elsewhere;
    return [sign * found[0]];
  });
}

function literal(value: Item): Code {
  const constant: Items = Object.freeze([value]);
  if (typeof value === 'boolean') return { ...fromTruth(() => value), constant };
  return fromMany(() => constant, { constant });
}

function external(name: string): Code {
  const named: Record<string, (around: Around) => Items> = {
    resource: ({ resource }) => [resource],
    rootResource: ({ rootResource }) => [rootResource],
    context: ({ context }) => [context],
  };
  const find = own(named, name);
  if (find) return fromMany((_, around) => find(around), { isFixed: true });
  const system = own(systems, name);
  if (system === undefined) throw elsewhere;
  return literal(system);
}

const systems: Readonly<Record<string, string>> = {
  ucum: 'http://unitsofmeasure.org',
  sct: 'http://snomed.info/sct',
  loinc: 'http://loinc.org',
};

/** A type as FHIR names it; those of FHIRPath itself, as DateTime, are for values that were calculated. */
function typeName(node: Syntax): string {
  const text = node.text ?? node.children?.[0]?.text ?? leafText(node);
  const name = text.replaceAll('`', '').replace(/^FHIR\./, '');
  if (!hasType(name)) throw elsewhere;
  return name;
}

function leafText(node: Syntax): string {
  return node.text ?? (node.children ?? []).map(leafText).join('.');
}

function typed(how: 'is' | 'as' | 'ofType', input: Code, name: string): Code {
  const fits = (item: Item): boolean => {
    if (!(item instanceof Element)) throw elsewhere;
    return isKind(item.type, name);
  };
  if (how === 'ofType') return fromMany((items, around) => input.many(items, around).filter(fits));
  const only = (items: Items): Item | undefined => {
    if (items.length > 1) throw elsewhere;
    return items[0];
  };
  if (how === 'is') {
    return fromTruth((items, around) => {
      const item = only(input.many(items, around));
      return item === undefined ? undefined : fits(item);
    });
  }
  return fromMany((items, around) => {
    const item = only(input.many(items, around));
    return item !== undefined && fits(item) ? [item] : none;
  });
}

function identifier(node: Syntax): string {
  const text = node.text ?? '';
  return text.startsWith('`') ? unescaped(text.slice(1, -1)) : text;
}

function unescaped(text: string): string {
  return text.replace(/\\(u[0-9a-fA-F]{4}|.)/g, (_, escaped: string) => {
    if (escaped.length > 1) return String.fromCharCode(Number.parseInt(escaped.slice(1), 16));
    return { r: '\r', n: '\n', t: '\t', f: '\f' }[escaped] ?? escaped;
  });
}

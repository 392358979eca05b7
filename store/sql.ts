/**
 * SQL put together from fragments. What stands between `${` and `}` is either another fragment or a bind: no value can
 * become part of the text, whatever it holds.
 */
import type { Statement, Value } from './session.ts';

/** A piece of SQL with its binds. Only this file makes one. */
export class Sql {
  readonly strings: readonly string[];
  readonly parts: readonly (Sql | Value)[];

  constructor(strings: readonly string[], parts: readonly (Sql | Value)[]) {
    this.strings = strings;
    this.parts = parts;
  }
}

/** `` sql`o.id = ${id} AND ${other}` `` */
export function sql(strings: TemplateStringsArray, ...parts: (Sql | Value)[]): Sql {
  return new Sql(strings, parts);
}

/**
 * The name of a table, column or alias. For names of the program's own only.
 * @throws Error for anything but lower case letters, digits and underscores, with at most one dot between
 */
export function name(text: string): Sql {
  if (!/^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?$/.test(text)) throw new Error('This is no name for SQL.');
  return new Sql([text], []);
}

/** A whole number that stands in the text, so that the planner knows it: type and slot numbers. */
export function literal(number: number): Sql {
  if (!Number.isSafeInteger(number)) throw new Error('Only whole numbers may stand in the text of a statement.');
  return new Sql([number < 0 ? `(${number})` : String(number)], []);
}

/** Fragments with another between each two; `empty` when there are none. */
export function join(fragments: readonly Sql[], between: Sql, empty: Sql = sql``): Sql {
  if (fragments.length === 0) return empty;
  const parts: Sql[] = [];
  fragments.forEach((fragment, index) => {
    if (index > 0) parts.push(between);
    parts.push(fragment);
  });
  return new Sql(['', ...parts.map(() => '')], parts);
}

/** All of them hold; nothing to hold is true. */
export function all(conditions: readonly Sql[]): Sql {
  return conditions.length === 1 ? conditions[0]! : enclosed(conditions, sql` AND `, sql`true`);
}

/** One of them holds; nothing to choose from is false. */
export function any(conditions: readonly Sql[]): Sql {
  return conditions.length === 1 ? conditions[0]! : enclosed(conditions, sql` OR `, sql`false`);
}

/** A list for `IN (…)` and the like: `1, 2, 3`. */
export function list(fragments: readonly Sql[]): Sql {
  return join(fragments, sql`, `);
}

/** Text with `$1`, `$2` … and the values that they stand for. */
export function toStatement(fragment: Sql): Statement & { readonly values: Value[] } {
  const values: Value[] = [];
  const texts: string[] = [];
  write(fragment, texts, values);
  return {
    text: texts
      .join('')
      .replace(/\s*\n\s*/g, ' ')
      .trim(),
    values,
  };
}

function enclosed(conditions: readonly Sql[], between: Sql, empty: Sql): Sql {
  return conditions.length === 0 ? empty : sql`(${join(conditions, between)})`;
}

function write(fragment: Sql, texts: string[], values: Value[]): void {
  const { strings, parts } = fragment;
  for (let i = 0; i < strings.length; i++) {
    texts.push(strings[i]!);
    if (i >= parts.length) continue;
    const part = parts[i];
    if (part instanceof Sql) write(part, texts, values);
    else {
      values.push(part);
      texts.push(`$${values.length}`);
    }
  }
}

/** Tables in text: columns by tabs, bars or commas, with a header or without. */
import { broken } from './broken.ts';
import type { Line } from './lines.ts';

/** One row, its columns by their names. */
export interface Row {
  /** The value of a column, trimmed; '' where it is empty or where the table has no such column. */
  get(column: string): string;
  /** @throws Refusal where it is empty */
  need(column: string): string;
  readonly line: number;
}

export interface Layout {
  readonly separator: '\t' | '|' | ',' | ';';
  /** Whether values may stand in double quotes and go over several lines. */
  readonly isQuoted?: boolean;
  /** Names of the columns where the table has no header. */
  readonly columns?: readonly string[];
  /** Columns without which the table makes no sense. */
  readonly needed: readonly string[];
  /** Whether rows may be shorter or longer than the header: some publishers leave out empty columns at the end. */
  readonly isRagged?: boolean;
}

/**
 * The rows of a table, some at a time. Names of columns are compared without regard to case, their order is free.
 * @throws Refusal with file and line where a column is lacking or a row has another number of columns
 */
export async function* rowsOf(
  name: string,
  lines: AsyncIterable<readonly Line[]>,
  layout: Layout,
): AsyncGenerator<readonly Row[]> {
  let columns = layout.columns && placesOf(name, layout.columns, layout, 0);
  for await (const records of layout.isQuoted ? quotedRecords(name, lines, layout) : plainRecords(lines, layout)) {
    const rows: Row[] = [];
    for (const { values, line } of records) {
      if (values.length === 1 && values[0]!.trim() === '') continue;
      if (!columns) {
        columns = placesOf(name, values, layout, line);
        continue;
      }
      if (values.length !== columns.count && !layout.isRagged) {
        throw broken(name, line, `it has ${values.length} columns, and the header has ${columns.count}`);
      }
      rows.push(new TableRow(name, values, columns.places, line));
    }
    if (rows.length > 0) yield rows;
  }
  if (!columns) throw broken(name, 0, 'it is empty', 'Get the release once more.');
}

interface Record {
  readonly values: readonly string[];
  readonly line: number;
}

interface Columns {
  readonly places: ReadonlyMap<string, number>;
  readonly count: number;
}

class TableRow implements Row {
  readonly line: number;
  readonly #name: string;
  readonly #values: readonly string[];
  readonly #places: ReadonlyMap<string, number>;

  constructor(name: string, values: readonly string[], places: ReadonlyMap<string, number>, line: number) {
    this.#name = name;
    this.#values = values;
    this.#places = places;
    this.line = line;
  }

  get(column: string): string {
    const place = this.#places.get(column.toLowerCase());
    return place === undefined ? '' : (this.#values[place] ?? '').trim();
  }

  need(column: string): string {
    const value = this.get(column);
    if (value === '') throw broken(this.#name, this.line, `${column} is empty`);
    return value;
  }
}

function placesOf(name: string, header: readonly string[], { needed }: Layout, line: number): Columns {
  const places = new Map(header.map((column, place) => [column.trim().toLowerCase(), place]));
  const lacking = needed.filter((column) => !places.has(column.toLowerCase()));
  if (lacking.length > 0) {
    const there = header.map((column) => column.trim()).join(', ');
    throw broken(name, line, `there is no column ${lacking.join(', ')}`, `Its columns are: ${there.slice(0, 500)}`);
  }
  return { places, count: header.length };
}

async function* plainRecords(lines: AsyncIterable<readonly Line[]>, { separator }: Layout): AsyncGenerator<Record[]> {
  for await (const some of lines) {
    yield some.map(({ text, number }) => ({ values: text.split(separator), line: number }));
  }
}

/** https://www.rfc-editor.org/rfc/rfc4180 */
async function* quotedRecords(
  name: string,
  lines: AsyncIterable<readonly Line[]>,
  { separator }: Layout,
): AsyncGenerator<Record[]> {
  let pending = '';
  let startedAt = 0;
  for await (const some of lines) {
    const records: Record[] = [];
    for (const { text, number } of some) {
      const whole = startedAt > 0 ? `${pending}\n${text}` : text;
      const line = startedAt > 0 ? startedAt : number;
      const values = split(whole, separator);
      if (values) {
        records.push({ values, line });
        pending = '';
        startedAt = 0;
      } else if (whole.length > QUOTED_MAX) {
        throw broken(name, line, 'a quote is opened there and never closed');
      } else {
        pending = whole;
        startedAt = line;
      }
    }
    yield records;
  }
  if (startedAt > 0) throw broken(name, startedAt, 'a quote is opened there and never closed');
}

/** Characters of one row over several lines. */
const QUOTED_MAX = 200_000;

/** The values of a row; undefined where a quote is still open at its end. */
function split(text: string, separator: string): string[] | undefined {
  if (!text.includes('"')) return text.split(separator);
  const values: string[] = [];
  for (let at = 0; ; ) {
    if (text[at] === '"') {
      let value = '';
      let from = at + 1;
      for (;;) {
        const end = text.indexOf('"', from);
        if (end < 0) return undefined;
        value += text.slice(from, end);
        from = end + 1;
        if (text[from] !== '"') break;
        value += '"';
        from++;
      }
      const next = text.indexOf(separator, from);
      values.push(value + text.slice(from, next < 0 ? undefined : next).trimEnd());
      if (next < 0) return values;
      at = next + 1;
    } else {
      const next = text.indexOf(separator, at);
      values.push(text.slice(at, next < 0 ? undefined : next));
      if (next < 0) return values;
      at = next + 1;
    }
  }
}

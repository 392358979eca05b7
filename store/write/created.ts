/**
 * New resources of a large transaction, encoded one by one as they are prepared. What stays of each is bytes outside the
 * heap: kept as values until the last was prepared, they were carried along by every collection of garbage, which took
 * a third of the server's time.
 */
import { trimmed } from '../buffers.ts';
import type { Needed } from '../dictionary.ts';

import type { Parts } from '../parts.ts';
import type { Draft, Encoded, Encoder } from '../records.ts';
import type { IndexValues } from '../search/index-values.ts';
import type { Statement } from '../session.ts';
import type { TypePlace } from '../types.ts';
import { addContained } from './contained.ts';
import { prepare } from './jobs.ts';
import { RowSet } from './rows.ts';
import { createStatement } from './statements.ts';

/** What encoding needs of the store. */
export interface EncoderParts extends Pick<Parts, 'extractor' | 'now' | 'rowTypes'> {
  readonly place: (type: string) => TypePlace;
}

/** Resources, and characters of JSON, after which another statement begins. */
const ROWS_MAX = 500;
const TEXT_MAX = 2 ** 20;
/** About what a row takes beside its text, before there were any to go by. */
const ROW_BYTES = 700;

/**
 * Opens an encoder.
 * @param lastUpdated milliseconds since 1970, of all that is encoded
 */
export function openEncoder(parts: EncoderParts, lastUpdated: number): Encoder {
  return new CreatedRows(parts, lastUpdated);
}

/** The statements that store what was encoded, on whatever thread that was. */
export function encodedStatements({ statements, generation }: Encoded): Statement[] {
  return statements.map(({ sides, values, rows }) => ({
    text: createStatement(sides, 'all'),
    // What was a Buffer on another thread arrives as plain bytes. No identities are tried: the transaction holds them.
    values: values
      .map((bytes): Buffer | bigint[] => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length))
      .toSpliced(1, 0, [], generation as never)
      .concat(rows as never),
  }));
}

class CreatedRows implements Encoder {
  readonly #parts: EncoderParts;
  readonly #lastUpdated: number;
  readonly #statements: Encoded['statements'][number][] = [];
  readonly #news = new News();
  readonly #identities: Encoded['identities'][number][] = [];
  readonly #types = new Set<string>();
  #rows: RowSet | undefined;
  #text = 0;
  #generation = 0;
  #rowBytes = ROW_BYTES;

  constructor(parts: EncoderParts, lastUpdated: number) {
    this.#parts = parts;
    this.#lastUpdated = lastUpdated;
  }

  add(draft: Draft, textToCome: number): void {
    const content = prepare(this.#parts, draft);
    const { type, values, body } = content;
    // Where the set of parameters changes under way the earliest counts: the whole is refused then, and made again.
    this.#generation =
      this.#types.size === 0 ? (values.generation ?? 0) : Math.min(this.#generation, values.generation ?? 0);
    const { n } = this.#parts.place(type);
    this.#rows ??= new RowSet(this.#parts.rowTypes, this.#roomFor(textToCome, body.length));
    this.#rows.add(content, { typeNumber: n, version: 1, lastUpdated: this.#lastUpdated }, false);
    this.#rows.addSides(n, values);
    addContained(this.#rows, { typeNumber: n, id: content.id, rid: values.rid }, values, this.#parts.place);
    this.#types.add(type);
    this.#news.note(n, values);
    for (const one of values.contained ?? []) this.#news.note(this.#parts.place(one.type).n, one.values);
    if (values.locks.length > 0) this.#identities.push({ type, values: { locks: values.locks } });
    this.#text += body.length;
    if (this.#rows.resources.length >= ROWS_MAX || this.#text >= TEXT_MAX) this.#endStatement();
  }

  finish(): Encoded {
    this.#endStatement();
    return {
      types: [...this.#types],
      generation: this.#generation,
      statements: this.#statements,
      needs: this.#news.needs,
      identities: this.#identities,
    };
  }

  #endStatement(): void {
    if (!this.#rows) return;
    const [resources, , ...sides] = this.#rows.parameters() as Buffer<ArrayBuffer>[];
    const rows = this.#rows.resources.length;
    this.#rowBytes = Math.ceil((resources!.length - this.#text) / rows);
    this.#statements.push({ sides: this.#rows.inserts, values: [resources!, ...sides].map(trimmed), rows });
    this.#rows = undefined;
    this.#text = 0;
  }

  #roomFor(textToCome: number, textEach: number): number {
    const text = Math.min(textToCome, TEXT_MAX);
    return text + Math.min(ROWS_MAX, Math.ceil(text / textEach)) * this.#rowBytes;
  }
}

/** What the dictionaries must know of a set, each thing once. */
class News {
  readonly needs: { readonly type: number; readonly values: Needed }[] = [];
  readonly #told = new Map<number, Set<bigint | number | string>>();

  note(type: number, { sig, slots, ac, lv, sens, acTokens, dict, targets }: IndexValues): void {
    let told = this.#told.get(type);
    if (!told) {
      told = new Set();
      this.#told.set(type, told);
    }
    // Signatures and tokens are hashes of 64 bits, classes of access are numbers, targets are texts: they never meet.
    const before = told.size;
    told.add(sig);
    told.add(ac);
    const entries = newTo(told, dict, ({ tok }) => tok);
    const names = newTo(told, targets, (name) => name);
    if (told.size === before) return;
    this.needs.push({ type, values: { sig, slots, ac, lv, sens, acTokens, dict: entries, targets: names } });
  }
}

const NONE: readonly never[] = [];

/** Those that were not told yet; they are now. */
function newTo<T, K>(told: Set<K>, all: readonly T[], keyOf: (one: T) => K): T[] {
  let news: T[] | undefined;
  for (const one of all) {
    const key = keyOf(one);
    if (told.has(key)) continue;
    told.add(key);
    news ??= [];
    news.push(one);
  }
  return news ?? (NONE as unknown as T[]);
}

/**
 * The small dictionaries beside the index: which slots a signature means (`sig`), the distinct codes of each slot
 * (`dict`), the classes of access (`acl`), which types refer to which (`refers`). A row is written before the resource that needs it and outside its
 * transaction: unused rows are harmless, and inside, two writers of the same new code would wait for each other.
 */
import { nobody } from './database.ts';
import type { Lane } from './lane.ts';
import type { Referrers } from './referrers.ts';
import type { DictEntry, IndexValues } from './search/index-values.ts';
import type { Statement } from './session.ts';
import type { TypeNumbers } from './types.ts';

/** Entries remembered as written; when they are more, all are forgotten and told again as they come. */
const KNOWN_MAX = 200_000;

/** Of index values, what the dictionaries tell. */
export type Needed = Pick<IndexValues, 'sig' | 'slots' | 'ac' | 'lv' | 'sens' | 'acTokens' | 'dict' | 'targets'> &
  Partial<Pick<IndexValues, 'contained'>>;

interface Pending {
  readonly sigs: [type: number, values: Needed][];
  readonly acls: [type: number, values: Needed][];
  readonly entries: [type: number, entry: DictEntry][];
  readonly refers: [type: number, target: string][];
}

interface Known {
  readonly sigs: Set<bigint>;
  readonly acls: Set<number>;
  /** Tokens of codes, in which the slot is hashed along. */
  readonly entries: Set<bigint>;
  readonly refers: Set<string>;
}

export class Dictionary {
  readonly #lane: Lane;
  readonly #types: Pick<TypeNumbers, 'place'>;
  readonly #referrers: Referrers;
  readonly #known = new Map<number, Known>();
  #knownCount = 0;
  #pending: Pending = nothing();
  #next: Promise<void> | undefined;
  #writing: Promise<void> = Promise.resolve();

  /** @param referrers told of every pair that was written */
  constructor(lane: Lane, types: Pick<TypeNumbers, 'place'>, referrers: Referrers) {
    this.#lane = lane;
    this.#types = types;
    this.#referrers = referrers;
  }

  /**
   * Makes sure that what these values need stands in the dictionaries.
   * @returns undefined where all is known to be there (nearly always), else a promise of it
   * @throws Fault through the promise
   */
  ensure(type: number, values: Needed): Promise<void> | undefined {
    const known = this.#knownOf(type);
    let missing = false;
    if (!known.sigs.has(values.sig)) missing = this.#pending.sigs.push([type, values]) > 0;
    if (!known.acls.has(values.ac)) missing = this.#pending.acls.push([type, values]) > 0;
    for (const entry of values.dict) {
      if (!known.entries.has(entry.tok)) missing = this.#pending.entries.push([type, entry]) > 0;
    }
    for (const target of values.targets) {
      if (!known.refers.has(target)) missing = this.#pending.refers.push([type, target]) > 0;
    }
    let writing = missing ? this.#write() : undefined;
    for (const one of values.contained ?? [])
      writing = this.ensure(this.#types.place(one.type).n, one.values) ?? writing;
    return writing;
  }

  /** The same for codes alone, of resources that are there already. */
  ensureCodes(type: number, entries: readonly DictEntry[]): Promise<void> | undefined {
    const known = this.#knownOf(type).entries;
    const missing = entries.filter(({ tok }) => !known.has(tok));
    for (const entry of missing) this.#pending.entries.push([type, entry]);
    return missing.length > 0 ? this.#write() : undefined;
  }

  #knownOf(type: number): Known {
    let known = this.#known.get(type);
    if (!known) {
      known = { sigs: new Set(), acls: new Set(), entries: new Set(), refers: new Set() };
      this.#known.set(type, known);
    }
    return known;
  }

  /** All who ask in one turn, or while an earlier write is under way, share the next one. */
  #write(): Promise<void> {
    this.#next ??= this.#writing
      .catch(() => {})
      .then(async () => {
        const pending = this.#pending;
        this.#pending = nothing();
        this.#next = undefined;
        this.#writing = this.#insert(pending);
        await this.#writing;
      });
    return this.#next;
  }

  async #insert({ sigs, acls, entries, refers }: Pending): Promise<void> {
    const statements: Statement[] = [];
    if (sigs.length > 0) statements.push(sigStatement(sigs));
    if (acls.length > 0) statements.push(aclStatement(acls));
    if (entries.length > 0) statements.push(entryStatement(entries));
    const pairs = refers.map(([source, target]): [number, number] => [this.#types.place(target).n, source]);
    if (pairs.length > 0) statements.push(refersStatement(pairs));
    await this.#lane.run(statements, nobody);
    if (this.#knownCount > KNOWN_MAX) this.#forget();
    for (const [type, { sig }] of sigs) this.#known.get(type)?.sigs.add(sig);
    for (const [type, { ac }] of acls) this.#known.get(type)?.acls.add(ac);
    for (const [type, entry] of entries) this.#known.get(type)?.entries.add(entry.tok);
    for (const [type, target] of refers) this.#known.get(type)?.refers.add(target);
    for (const [target, source] of pairs) this.#referrers.learn(target, [source]);
    this.#knownCount += sigs.length + acls.length + entries.length;
  }

  #forget(): void {
    for (const known of this.#known.values()) {
      known.sigs.clear();
      known.acls.clear();
      known.entries.clear();
      known.refers.clear();
    }
    this.#knownCount = 0;
  }
}

function nothing(): Pending {
  return { sigs: [], acls: [], entries: [], refers: [] };
}

/*
 * Each statement inserts in the order of its key and does nothing for what is there: several processes that meet the
 * same new codes wait for each other in one order only.
 */
function sigStatement(rows: Pending['sigs']): Statement {
  return {
    text: `insert into sig (type, sig, slots)
      select distinct on (1, 2) t, g, string_to_array(s, ' ')::int[]
      from unnest($1::smallint[], $2::int8[], $3::text[]) r(t, g, s) order by 1, 2 on conflict do nothing`,
    values: [rows.map(([type]) => type), rows.map(([, { sig }]) => sig), rows.map(([, { slots }]) => slots.join(' '))],
  };
}

function refersStatement(pairs: readonly (readonly [target: number, source: number])[]): Statement {
  return {
    text: `insert into refers (target, source)
      select distinct t, s from unnest($1::smallint[], $2::smallint[]) r(t, s) order by 1, 2 on conflict do nothing`,
    values: [pairs.map(([target]) => target), pairs.map(([, source]) => source)],
  };
}

function aclStatement(rows: Pending['acls']): Statement {
  return {
    text: `insert into acl (type, ac, lv, sens, toks)
      select distinct on (1, 2) t, a, l, s, string_to_array(k, ' ')::int8[]
      from unnest($1::smallint[], $2::int[], $3::smallint[], $4::int[], $5::text[]) r(t, a, l, s, k)
      order by 1, 2 on conflict do nothing`,
    values: [
      rows.map(([type]) => type),
      rows.map(([, { ac }]) => ac),
      rows.map(([, { lv }]) => lv),
      rows.map(([, { sens }]) => sens),
      rows.map(([, { acTokens }]) => acTokens.join(' ')),
    ],
  };
}

function entryStatement(rows: Pending['entries']): Statement {
  return {
    text: `insert into dict (type, k, tok, v, norm)
      select distinct on (1, 2, 3) t, k, o, v, case when n = '' then null else n end
      from unnest($1::smallint[], $2::int[], $3::int8[], $4::text[], $5::text[]) r(t, k, o, v, n)
      order by 1, 2, 3 on conflict do nothing`,
    values: [
      rows.map(([type]) => type),
      rows.map(([, { k }]) => k),
      rows.map(([, { tok }]) => tok),
      rows.map(([, { v }]) => v),
      rows.map(([, { norm }]) => norm ?? ''),
    ],
  };
}

/**
 * Search parameters of type uri: addresses are compared as they are written, canonicals with and without their version.
 * https://hl7.org/fhir/R4/search.html#uri
 */
import { Fault, parseCanonical, type Slot, typeDef } from '../../resources/index.ts';
import { any, literal, name, type Sql, sql } from '../sql.ts';
import { ownCanonicals } from './canonical.ts';
import { type Condition, type PlanContext, RANK, type Where } from './condition.ts';
import { unescaped } from './escape.ts';
import type { DictEntry } from './index-values.ts';
import type { Memory } from './memory.ts';
import { likeText } from './patterns.ts';
import { inSlots } from './places.ts';
import type { Collect, Sink } from './sink.ts';

/**
 * Where addresses differ from resource to resource, so that a list of the distinct ones would be as long as the list of
 * resources: each stands in a row of its own instead.
 */
const UNLISTED: ReadonlySet<string> = new Set(['Resource.meta.source:uri']);

/** Characters of an address whose parents are asked for. */
const ABOVE_LENGTH_MAX = 2000;

interface Address {
  readonly token: bigint;
  readonly entry: DictEntry;
  stamp: number;
  /** The same without its version. */
  shorter: Address | undefined;
}

/** Writing side: the token of the address, and of the address with its version. */
export function collectUri(slot: Slot, fhirType: string, memory: Memory): Collect {
  if (UNLISTED.has(slot.name)) return collectUnlisted(slot);
  const known = memory.map<Address>();
  const learn = (text: string, sink: Sink): Address => {
    const token = sink.hasher.hash(addressText(slot, text));
    return { token, entry: { k: slot.k, tok: token, v: text, norm: null }, stamp: 0, shorter: undefined };
  };
  const find = (text: string, sink: Sink): Address => {
    let address = known.get(text);
    if (address === undefined) {
      address = learn(text, sink);
      const { url, version } = fhirType === 'canonical' ? parseCanonical(text) : { url: text };
      if (version !== undefined) address.shorter = find(url, sink);
      memory.grow();
      known.set(text, address);
    }
    return address;
  };
  const isOwn = isOwnUrl(slot);
  return (value, sink, holder) => {
    if (typeof value !== 'string') return;
    tell(find(fhirType === 'canonical' ? withoutFragment(value) : value, sink), sink);
    if (!isOwn) return;
    const version = typeof holder.version === 'string' ? holder.version : undefined;
    if (version !== undefined) tell(find(`${value}|${version}`, sink), sink);
    sink.tokens.push(...ownCanonicals(value, version, sink.hasher));
  };
}

/** Reading side: is; `:below` starts with, `:above` is the beginning of what is given. */
export const where: Where = ({ code, slots }, values, modifier, context) => {
  const texts = values.map(unescaped);
  if (modifier === undefined) {
    return tokenCondition(
      texts.flatMap((text) => slots.map((slot) => context.hash(addressText(slot, text)))),
      context,
    );
  }
  const urls = texts.filter((text) => !isName(text));
  const unlisted = slots.filter((slot) => UNLISTED.has(slot.name)).map(({ k }) => k);
  const isAny = (column: UriColumn) =>
    any(urls.map((url) => (modifier === 'below' ? isBelow(url, column) : isAbove(url, code, column))));
  if (urls.length === 0) return { filter: sql`false` };
  if (unlisted.length > 0) return inRows(unlisted, isAny(IN_ROWS), context);
  const matching = isAny(IN_DICT);
  const entries = sql`SELECT d.tok FROM dict d WHERE d.type = ${literal(context.typeNumber)}
    AND ${inSlots(
      'd.k',
      slots.map(({ k }) => k),
    )} AND (${matching})`;
  const among = sql`${name(`${context.alias}.h`)} && array(${entries})`;
  return { filter: sql`((${among}) IS TRUE)`, driver: { rank: RANK.token, where: among } };
};

/** Rows that have one of these tokens. */
export function tokenCondition(
  tokens: readonly bigint[],
  { alias, aside, rowsOf }: Pick<PlanContext, 'alias' | 'aside' | 'rowsOf'>,
): Condition {
  if (tokens.length === 0) return { filter: sql`false` };
  const among = sql`${name(`${alias}.h`)} && ${tokens}::int8[]`;
  if (aside) {
    const rids = sql`SELECT x.rid FROM x_tok x WHERE x.k = ${literal(aside.k)} AND x.c = any(${tokens}::int8[])`;
    return { filter: sql`((${among}) IS TRUE)`, driver: { rank: RANK.string, rids } };
  }
  const rows = tokens.reduce((sum, token) => sum + (rowsOf?.(token) ?? 0), 0);
  return { filter: sql`((${among}) IS TRUE)`, driver: { rank: RANK.token, where: among, ...(rows > 0 && { rows }) } };
}

/** What is hashed to the token of an address. */
export function addressText(slot: Slot, text: string): string {
  return `${slot.name}|u|${text}`;
}

function tell(address: Address, sink: Sink): void {
  if (address.stamp !== sink.serial) {
    address.stamp = sink.serial;
    sink.tokens.push(address.token);
    sink.dict.push(address.entry);
  }
  if (address.shorter !== undefined) tell(address.shorter, sink);
}

function withoutFragment(canonical: string): string {
  const at = canonical.indexOf('#');
  return at < 0 ? canonical : canonical.slice(0, at);
}

function collectUnlisted(slot: Slot): Collect {
  return (value, sink) => {
    if (typeof value !== 'string') return;
    sink.tokens.push(sink.hasher.hash(addressText(slot, value)));
    if (isName(value)) return;
    sink.strRows.push({ k: slot.k, el: 0, c: null, cs: null, v: value, raw: null });
  };
}

/** Names (urn:…) have no parts that contain each other. */
function isName(url: string): boolean {
  return /^urn:/i.test(url);
}

/** Where addresses stand as text, and how much of it its index knows. */
interface UriColumn {
  readonly text: Sql;
  readonly indexed: number;
}

const IN_DICT: UriColumn = { text: sql`d.v`, indexed: 300 };
const IN_ROWS: UriColumn = { text: sql`x.v`, indexed: 200 };

function inRows(slots: readonly number[], test: Sql, { alias }: PlanContext): Condition {
  const rows = sql`x_str x WHERE ${inSlots('x.k', slots)} AND ${test}`;
  return {
    filter: sql`((SELECT true FROM ${rows} AND x.rid = ${name(`${alias}.rid`)} LIMIT 1) IS TRUE)`,
    driver: { rank: RANK.string, rids: sql`SELECT x.rid FROM ${rows}` },
  };
}

/** The address of a definition itself, whose version stands beside it. */
function isOwnUrl({ head, steps }: Slot): boolean {
  const [step] = steps;
  if (steps.length !== 1 || step!.kind !== 'child' || step!.name !== 'url') return false;
  return typeDef(head).elements.some((element) => element.name === 'version');
}

/** With a version, its beginning up to a point: `|1` is above `|1.2`. */
function isBelow(url: string, { text, indexed }: UriColumn): Sql {
  const start = url.slice(0, indexed);
  const head = sql`left(${text}, ${literal(indexed)})`;
  const begins = sql`${head} >= ${start} AND ${head} <= ${`${start}\u{10ffff}`}`;
  const pattern = `${likeText(url)}${url.includes('|') ? '.' : ''}%`;
  return sql`(${begins} AND (${text} = ${url} OR ${text} LIKE ${pattern}) AND ${text} NOT ILIKE 'urn:%')`;
}

function isAbove(url: string, code: string, { text, indexed }: UriColumn): Sql {
  if (url.length > ABOVE_LENGTH_MAX) {
    throw new Fault('too-costly', `${code}:above takes addresses of at most ${ABOVE_LENGTH_MAX} characters.`, {
      expression: code,
    });
  }
  const beginnings = Array.from({ length: url.length }, (_, index) => url.slice(0, index + 1));
  const heads = [...new Set(beginnings.map((one) => one.slice(0, indexed)))];
  return sql`(left(${text}, ${literal(indexed)}) = any(${heads}::text[]) AND ${text} = any(${beginnings}::text[]))`;
}

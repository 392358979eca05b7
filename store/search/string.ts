/**
 * Search parameters of type string. The strings of a resource stand in one text, each marked with the tag of its slot,
 * `^tag:value^tag:value^`: one trigram index answers prefixes, parts and several slots at once.
 * https://hl7.org/fhir/R4/search.html#string
 */
import { Fault, type Slot } from '../../resources/index.ts';
import { all, any, literal, name, type Sql, sql } from '../sql.ts';
import { RANK, type Where } from './condition.ts';
import { unescaped } from './escape.ts';
import { normalise, unmarked } from './normal.ts';
import { likeText, regexText } from './patterns.ts';
import type { Collect } from './sink.ts';

/** Characters of a string that its resource is sorted by; a btree entry has to fit on a third of a page. */
const SORTED_MAX = 200;

/** Writing side. */
export function collectString(slot: Slot): Collect {
  const mark = `^${slot.tag}:`;
  const isMain = slot.hot === 's1';
  return (value, sink) => {
    if (typeof value !== 'string') return;
    const normal = normalise(value);
    const raw = unmarked(value);
    sink.str += mark + normal;
    sink.raw += mark + raw;
    if (raw !== normal) sink.rawDiffers = true;
    if (!isMain) return;
    const key = normal.slice(0, SORTED_MAX);
    if (sink.s1 === null) sink.s1 = key;
    else if (sink.s1 !== key) {
      sink.hasManyStrings = true;
      if (key < sink.s1) sink.s1 = key;
    }
  };
}

/** Reading side: starts with; `:contains`, `:exact`. */
export const where: Where = ({ code, slots }, values, modifier, { alias, aside }) => {
  const tags = [...new Set(slots.map((slot) => slot.tag!))];
  const tests = values.map((value) => testOf(unescaped(value), modifier, tags, alias, code));
  const test = any(tests);
  if (aside) {
    const rows = any(values.map((value) => rowTest(normalise(unescaped(value)), modifier)));
    const rids = sql`SELECT x.rid FROM x_str x WHERE x.k = ${literal(aside.k)} AND ${rows}`;
    return { filter: sql`(${test} IS TRUE)`, driver: { rank: RANK.string, rids } };
  }
  return { filter: sql`(${test} IS TRUE)`, driver: { rank: RANK.string, where: test } };
};

/** Starts with a text, among the strings that carry one of these tags. */
export function startsWith(tags: readonly string[], normal: string, alias: string): Sql {
  return any(tags.map((tag) => sql`${name(`${alias}.str`)} LIKE ${`%^${tag}:${likeText(normal)}%`}`));
}

/** The rows of `x_str` that an index finds; the filter decides. */
function rowTest(normal: string, modifier: string | undefined): Sql {
  if (modifier === 'contains') return sql`x.v LIKE ${`%${likeText(normal)}%`}`;
  const start = normal.slice(0, SORTED_MAX);
  return sql`(left(x.v, 200) >= ${start} AND left(x.v, 200) <= ${`${start}\u{10ffff}`})`;
}

function testOf(
  value: string,
  modifier: string | undefined,
  tags: readonly string[],
  alias: string,
  code: string,
): Sql {
  const normal = normalise(value);
  if (normal === '') {
    throw new Fault('invalid-value', `${code}=${value.slice(0, 80)} holds nothing to search for.`, {
      expression: code,
      hint: 'Give at least one letter or digit.',
    });
  }
  const str = name(`${alias}.str`);
  if (modifier === 'contains') return sql`${str} ~ ${`\\^(?:${tags.join('|')}):[^^]*${regexText(normal)}`}`;
  if (modifier !== 'exact') return startsWith(tags, normal, alias);
  const raw = sql`coalesce(${name(`${alias}.raw`)}, ${str})`;
  return any(
    tags.map((tag) =>
      all([
        sql`${str} LIKE ${`%^${tag}:${likeText(normal)}^%`}`,
        sql`${raw} LIKE ${`%^${tag}:${likeText(unmarked(value))}^%`}`,
      ]),
    ),
  );
}

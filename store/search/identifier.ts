/**
 * Identifiers and contact points: their exact text stands in `x_id`, since they are too many and too distinct for hashes
 * alone to decide. https://hl7.org/fhir/R4/search.html#token
 */
import { name, type Sql, sql } from '../sql.ts';
import { type Condition, type PlanContext, RANK } from './condition.ts';
import { inSlots } from './places.ts';
import type { Sink } from './sink.ts';

/** `el` is a smallint; which element it is matters for none of these rows. */
const ELEMENT_MAX = 32_767;

/** Which slot the rows of a value carry, and the name that its hashes do. */
export interface IdSlot {
  readonly k: number;
  readonly name: string;
}

/**
 * Writing side.
 * @param locks whether the identity is one that conditional writes wait for
 */
export function collectIdentifier(slot: IdSlot, locks: boolean): (value: any, sink: Sink) => void {
  return (identifier, sink) => {
    const { system, value, type } = identifier;
    const s = typeof system === 'string' ? system : null;
    if (s !== null) addSystem(slot, s, sink);
    if (typeof value !== 'string') return;
    const vh = sink.hasher.hash(valueText(value));
    addRow(slot, sink, vh, null, s, value);
    if (Array.isArray(type?.coding)) {
      for (const { system: typeSystem, code } of type.coding) {
        if (typeof code === 'string')
          addRow(slot, sink, vh, sink.hasher.hash(typeText(typeSystem ?? '', code)), s, value);
      }
    }
    if (locks) sink.locks.push(sink.hasher.hash(`lock|${sink.type}|${value}`));
  };
}

/** Writing side. The namespace of a telephone number is that it is one: `phone|+1…`. */
export function collectContactPoint(slot: IdSlot): (value: any, sink: Sink) => void {
  return (contact, sink) => {
    const s = typeof contact.system === 'string' ? contact.system : null;
    if (s !== null) addSystem(slot, s, sink);
    if (typeof contact.value !== 'string') return;
    const value = contactText(contact.value);
    addRow(slot, sink, sink.hasher.hash(valueText(value)), null, s, value);
  };
}

/**
 * The same for all ways to write a contact: telephone numbers without what only groups their digits, addresses in small
 * letters.
 */
export function contactText(value: string): string {
  return /[@:]/.test(value) ? value.trim().toLowerCase() : value.replace(/[\s().\-/]/g, '').toLowerCase();
}

/** A value asked for in `x_id`. */
export interface AskedId {
  readonly value: string;
  /** Undefined: in any system; null: in none. */
  readonly system: string | null | undefined;
  /** `:of-type`: system and code of Identifier.type. */
  readonly type?: { readonly system: string; readonly code: string };
}

/** Reading side: rows of these slots with this very text. */
export function idCondition(slots: readonly number[], asked: AskedId, { alias, hash }: PlanContext): Condition {
  const { value, system, type } = asked;
  const rows = sql`x_id x WHERE x.vh = ${hash(valueText(value))}::int8 AND ${inSlots('x.k', slots)} AND x.v = ${value}
    ${ofSystem(system)}${type ? sql` AND x.th = ${hash(typeText(type.system, type.code))}::int8` : sql``}`;
  return {
    filter: sql`((SELECT true FROM ${rows} AND x.rid = ${name(`${alias}.rid`)} LIMIT 1) IS TRUE)`,
    driver: { rank: RANK.identifier, rids: sql`SELECT x.rid FROM ${rows}` },
  };
}

/** What stands in `h` for any value of a system. */
export function systemText({ name: slotName }: Pick<IdSlot, 'name'>, system: string): string {
  return `${slotName}|s|${system}`;
}

function ofSystem(system: string | null | undefined): Sql {
  if (system === undefined) return sql``;
  return system === null ? sql` AND x.s IS NULL` : sql` AND x.s = ${system}`;
}

function addSystem(slot: IdSlot, system: string, sink: Sink): void {
  const token = sink.hasher.hash(systemText(slot, system));
  if (!sink.tokens.includes(token)) sink.tokens.push(token);
}

function addRow(slot: IdSlot, sink: Sink, vh: bigint, th: bigint | null, s: string | null, v: string): void {
  const { ids } = sink;
  const last = ids.at(-1);
  // A row with a type says all that one without it says.
  if (th !== null && last?.th === null && last.vh === vh && last.k === slot.k) last.th = th;
  else ids.push({ k: slot.k, el: Math.min(ids.length, ELEMENT_MAX), vh, th, s, v });
}

function valueText(value: string): string {
  return `id|${value}`;
}

function typeText(system: string, code: string): string {
  return `of-type|${JSON.stringify([system, code])}`;
}

/**
 * Identifiers and contact points: their exact text stands in `x_id`, since they are too many and too distinct for hashes
 * alone to decide. https://hl7.org/fhir/R4/search.html#token
 */
import { name, type Sql, sql } from '../sql.ts';
import { type Condition, type PlanContext, RANK } from './condition.ts';
import type { Memory } from './memory.ts';
import { inSlots } from './places.ts';
import type { Sink } from './sink.ts';

/** Which slot the rows of a value carry, and the name that its hashes do. */
export interface IdSlot {
  readonly k: number;
  readonly name: string;
}

/**
 * Writing side.
 * @param locks whether the identity is one that conditional writes wait for
 */
export function collectIdentifier(slot: IdSlot, memory: Memory, locks: boolean): (value: any, sink: Sink) => void {
  const addSystem = systemsOf(slot, memory);
  const types = memory.map<bigint>();
  const hashOfType = (text: string, sink: Sink): bigint => {
    let th = types.get(text);
    if (th === undefined) {
      th = sink.hasher.hash(text);
      memory.grow();
      types.set(text, th);
    }
    return th;
  };
  return (identifier, sink) => {
    const { system, value, type } = identifier;
    if (system !== undefined) addSystem(system, sink);
    if (value === undefined) return;
    const vh = sink.hasher.hash(valueText(value));
    addRow(slot, sink, vh, null, system, value);
    if (type?.coding !== undefined) {
      for (const { system: typeSystem = '', code } of type.coding) {
        if (code !== undefined) addRow(slot, sink, vh, hashOfType(typeText(typeSystem, code), sink), system, value);
      }
    }
    if (locks) sink.locks.push(sink.hasher.hash(`lock|${sink.type}|${value}`));
  };
}

/** Writing side. The namespace of a telephone number is that it is one: `phone|+1…`. */
export function collectContactPoint(slot: IdSlot, memory: Memory): (value: any, sink: Sink) => void {
  const addSystem = systemsOf(slot, memory);
  return (contact, sink) => {
    if (contact.system !== undefined) addSystem(contact.system, sink);
    if (contact.value === undefined) return;
    const value = contactText(contact.value);
    addRow(slot, sink, sink.hasher.hash(valueText(value)), null, contact.system, value);
  };
}

/**
 * The same for all ways to write a contact: telephone numbers without what only groups their digits, addresses in small
 * letters.
 */
export function contactText(value: string): string {
  const plain = /[@:]/.test(value) ? value.trim() : value.replace(/[\s().\-/]/g, '');
  return (plain || value).toLowerCase();
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

/** Tells that there is a value of a system, once. */
function systemsOf(slot: IdSlot, memory: Memory): (system: string, sink: Sink) => void {
  const known = memory.map<{ readonly token: bigint; stamp: number }>();
  return (system, sink) => {
    let found = known.get(system);
    if (found === undefined) {
      found = { token: sink.hasher.hash(systemText(slot, system)), stamp: 0 };
      memory.grow();
      known.set(system, found);
    }
    if (found.stamp === sink.serial) return;
    found.stamp = sink.serial;
    sink.tokens.push(found.token);
  };
}

function addRow(slot: IdSlot, sink: Sink, vh: bigint, th: bigint | null, system: string | undefined, v: string): void {
  const { ids } = sink;
  const last = ids.at(-1);
  // A row with a type says all that one without it says.
  if (th !== null && last?.th === null && last.vh === vh && last.k === slot.k) last.th = th;
  else ids.push({ k: slot.k, el: ids.length, vh, th, s: system ?? null, v });
}

function valueText(value: string): string {
  return `id|${value}`;
}

function typeText(system: string, code: string): string {
  return `of-type|${system}\u001e${code}`;
}

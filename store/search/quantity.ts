/** Search parameters of type quantity. https://hl7.org/fhir/R4/search.html#quantity */
import { type Digits, Fault, writtenNumber } from '../../resources/index.ts';
import { name, type Sql, any as someOf, sql } from '../sql.ts';
import type { Where } from './condition.ts';
import { add, compare, type Decimal, decimalText, multiply, parseDecimal } from './decimal.ts';
import { splitUnescaped, unescaped } from './escape.ts';
import { type Asked, END, type Measure, MINUS, PLUS, parseAsked, rangeMatches } from './measure.ts';
import { isClosed, measureCondition } from './number.ts';
import { placesOf } from './places.ts';
import { conversionOf, UCUM } from './unit.ts';

const CURRENCIES = 'urn:iso:std:iso:4217';

type Hash = (text: string) => bigint;

/** Writing side: the range of one element of type Quantity (Age, Duration, Count …), Money, Range or SampledData. */
export function quantityMeasure(
  value: any,
  fhirType: string,
  digits: Digits | undefined,
  hash: Hash,
): Measure | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (fhirType === 'Range') return rangeMeasure(value, digits, hash);
  if (fhirType === 'SampledData') return sampledMeasure(value, digits, hash);
  const number = numberOf(value, digits);
  if (!number) return undefined;
  const unit = fhirType === 'Money' ? unitOf({ system: CURRENCIES, code: value.currency }, hash) : unitOf(value, hash);
  const below = value.comparator === '<' || value.comparator === '<=';
  const above = value.comparator === '>' || value.comparator === '>=';
  const open = value.comparator === '<' ? END.hiOpen : value.comparator === '>' ? END.loOpen : 0;
  return toMeasure(below ? undefined : number, above ? undefined : number, open, unit);
}

/** Reading side. */
export const where: Where = (parameter, values, _modifier, context) => {
  const { alias, hash } = context;
  const asked = values.map((value) => parseQuantity(value, parameter.code));
  const ofRow = { lo: 'x.lo', hi: 'x.hi', clo: 'x.clo', chi: 'x.chi', cu: 'x.cu', uu: 'x.uu', uc: 'x.uc', ends: 'x.s' };
  return measureCondition(placesOf(parameter), alias, {
    inColumn: (of) => someOf(asked.map((one) => quantityMatches(one, columnNames(of), hash))),
    inRow: someOf(asked.map((one) => quantityMatches(one, ofRow, hash))),
    isClosed: asked.every(({ number }) => isClosed(number)),
  });
};

/** `5.4|http://unitsofmeasure.org|mg`, `5.4||mg`, `5.4` */
export interface AskedQuantity {
  readonly number: Asked;
  readonly system: string;
  readonly code: string;
}

/** @throws Fault `invalid-value` */
export function parseQuantity(text: string, parameter: string): AskedQuantity {
  const parts = splitUnescaped(text, '|').map(unescaped);
  const [number = '', system = '', code = ''] = parts;
  if (parts.length > 3 || (parts.length > 1 && code === '')) {
    throw new Fault('invalid-value', `${parameter}=${text.slice(0, 80)} is not a quantity.`, {
      expression: parameter,
      hint: 'Write 5.4, 5.4||mg for any system, or 5.4|http://unitsofmeasure.org|mg.',
    });
  }
  return { number: parseAsked(number, parameter), system, code };
}

/** Names of the columns that hold one quantity, in `x_num` or in `res`. */
export interface QuantityColumns {
  readonly lo: string;
  readonly hi: string;
  readonly clo: string;
  readonly chi: string;
  readonly cu: string;
  readonly uu: string;
  readonly uc: string;
  readonly ends?: string;
}

/** Whether the quantity in these columns is what is asked for. */
export function quantityMatches({ number, system, code }: AskedQuantity, columns: QuantityColumns, hash: Hash): Sql {
  const { lo, hi, clo, chi, ends } = columns;
  if (code === '') return rangeMatches(number, { lo, hi, ends }, asWritten);
  if (system === '') {
    const unit = hash(unitText(code));
    return sql`((${name(columns.uc)} = ${unit}::int8 OR ${name(columns.uu)} = ${unit}::int8) AND ${rangeMatches(number, { lo, hi, ends }, asWritten)})`;
  }
  const { cu, convert } = unitOf({ system, code }, hash);
  return sql`(${name(columns.cu)} = ${cu}::int8 AND ${rangeMatches(number, { lo: clo, hi: chi, ends }, convert)})`;
}

function columnNames(alias: string): QuantityColumns {
  const column = (text: string) => `${alias}.${text}`;
  const [num, canonical] = [column('num'), column('num_c')];
  return { lo: num, hi: num, clo: canonical, chi: canonical, cu: column('cu'), uu: column('uu'), uc: column('uc') };
}

interface Unit {
  readonly system: string | undefined;
  readonly code: string | undefined;
  readonly text: string | undefined;
  readonly us: bigint | null;
  readonly uc: bigint | null;
  readonly uu: bigint | null;
  readonly cu: bigint;
  convert(value: Decimal): Decimal;
}

/** What is known of a unit by its system, code and text. Units of other systems than UCUM compare with themselves. */
function unitOf(quantity: { system?: unknown; code?: unknown; unit?: unknown }, hash: Hash): Unit {
  const system = textOf(quantity.system);
  const code = textOf(quantity.code);
  const text = textOf(quantity.unit);
  let known = units.get(hash);
  if (!known) {
    known = new Map();
    units.set(hash, known);
  }
  const key = code ?? text ?? '';
  let same = known.get(key);
  if (!same) {
    if (known.size >= UNITS_MAX) known.clear();
    same = [];
    known.set(key, same);
  }
  for (const one of same) if (one.system === system && one.code === code && one.text === text) return one;
  const unit = toUnit(system, code, text, hash);
  if (same.length < ALIKE_MAX) same.push(unit);
  return unit;
}

/** Units remembered for each key of a database, and how many of one code: whoever invents more gets them made each time. */
const units = new WeakMap<Hash, Map<string, Unit[]>>();
const UNITS_MAX = 2000;
const ALIKE_MAX = 8;

function toUnit(system: string | undefined, code: string | undefined, text: string | undefined, hash: Hash): Unit {
  const own = { system, code, text, uu: text === undefined ? null : hash(unitText(text)) };
  if (code === undefined) return { ...own, us: null, uc: null, cu: 0n, convert: asWritten };
  const uc = hash(unitText(code));
  if (system === undefined) return { ...own, us: null, uc, cu: 0n, convert: asWritten };
  const us = hash(`unit|${system}|${code}`);
  const conversion = system === UCUM ? conversionOf(code) : undefined;
  if (!conversion) return { ...own, us, uc, cu: us, convert: asWritten };
  return { ...own, us, uc, cu: hash(`unit|${UCUM}|canonical|${conversion.kind}`), convert: conversion.convert };
}

function unitText(text: string): string {
  return `unit||${text}`;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

const asWritten = (value: Decimal) => value;

function numberOf(holder: any, digits: Digits | undefined, key = 'value'): Decimal | undefined {
  return typeof holder?.[key] === 'number' ? parseDecimal(writtenNumber(holder, key, digits)) : undefined;
}

function toMeasure(lo: Decimal | undefined, hi: Decimal | undefined, open: number, unit: Unit): Measure {
  const { convert, us, uc, uu, cu } = unit;
  const low = lo ? decimalText(lo) : MINUS;
  const canonicalLow = lo ? canonicalText(lo, low, convert) : MINUS;
  // Nearly always a point: its texts are made once.
  if (lo === hi && lo) return { lo: low, hi: low, open, us, uc, uu, cu, clo: canonicalLow, chi: canonicalLow };
  const high = hi ? decimalText(hi) : PLUS;
  const canonicalHigh = hi ? canonicalText(hi, high, convert) : PLUS;
  return { lo: low, hi: high, open, us, uc, uu, cu, clo: canonicalLow, chi: canonicalHigh };
}

function canonicalText(value: Decimal, text: string, convert: Unit['convert']): string {
  return convert === asWritten ? text : decimalText(convert(value));
}

/** A Range without a low or high end goes on without end. Both ends have one unit (R4, rng-2 and the text). */
function rangeMeasure(range: any, digits: Digits | undefined, hash: Hash): Measure | undefined {
  const low = numberOf(range.low, digits);
  const high = numberOf(range.high, digits);
  if (!low && !high) return undefined;
  const unit = unitOf(textOf(range.low?.code ?? range.low?.unit) ? range.low : (range.high ?? range.low), hash);
  return toMeasure(low, high, 0, unit);
}

/** A series is searched by the bounds of its values, as the definition of value-quantity says. */
function sampledMeasure(sampled: any, digits: Digits | undefined, hash: Hash): Measure | undefined {
  const origin = numberOf(sampled.origin, digits);
  if (!origin || typeof sampled.data !== 'string') return undefined;
  const factor = numberOf(sampled, digits, 'factor') ?? { digits: 1n, scale: 0 };
  let lo: Decimal | undefined;
  let hi: Decimal | undefined;
  let open = { lo: false, hi: false };
  for (const point of sampled.data.split(' ')) {
    if (point === 'L' || point === 'U') open = { lo: open.lo || point === 'L', hi: open.hi || point === 'U' };
    const number = parseDecimal(point);
    if (!number) continue;
    const value = add(origin, multiply(number, factor));
    if (!lo || compare(value, lo) < 0) lo = value;
    if (!hi || compare(value, hi) > 0) hi = value;
  }
  if (!lo && !open.lo && !open.hi) return undefined;
  // Points beyond a limit of detection lie anywhere beyond it.
  return toMeasure(open.lo ? undefined : lo, open.hi ? undefined : hi, 0, unitOf(sampled.origin, hash));
}

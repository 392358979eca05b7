/**
 * Units of measure in a canonical form, so that 5.4 g equals 5400 mg. https://ucum.org, https://hl7.org/fhir/R4/search.html#quantity
 * The library of the NLM knows the units; the arithmetic is done here, on decimals.
 */
import { createRequire } from 'node:module';
import { add, type Decimal, multiply, parseDecimal, round } from './decimal.ts';

export const UCUM = 'http://unitsofmeasure.org';

/** How values of one unit become values of the canonical unit of its kind. */
export interface Conversion {
  /** Names the canonical unit: equal exactly for units that convert into each other. */
  readonly kind: string;
  convert(value: Decimal): Decimal;
}

/** The parts of the library's unit that are read here. */
interface LibraryUnit {
  readonly magnitude_: number;
  readonly dim_: { readonly dimVec_: readonly number[] | null } | null;
  readonly cnv_: string | null;
  readonly cnvPfx_: number;
  readonly isArbitrary_: boolean;
  readonly moleExp_: number;
  readonly equivalentExp_: number;
}
interface Library {
  getSpecifiedUnit(code: string, mode: 'validate'): { unit: LibraryUnit | null };
}

let library: Library | undefined;
const known = new Map<string, Conversion | undefined>();
/** Codes come from clients; whoever invents many gets them worked out each time. */
const KNOWN_MAX = 2000;
const CODE_LENGTH_MAX = 80;

/** How to convert from a UCUM code; undefined where the code is none, or its scale is not linear (pH, decibel). */
export function conversionOf(code: string): Conversion | undefined {
  if (known.has(code)) return known.get(code);
  const conversion = findConversion(code);
  if (known.size < KNOWN_MAX) known.set(code, conversion);
  return conversion;
}

function findConversion(code: string): Conversion | undefined {
  if (code === '' || code.length > CODE_LENGTH_MAX || /\s/.test(code)) return undefined;
  const unit = unitOf(code);
  const dimensions = unit?.dim_?.dimVec_;
  if (!unit || !dimensions) return undefined;
  // Arbitrary units (IU, CFU) compare with themselves only; and nobody means moles where he counts cells per litre.
  const atoms = unit.isArbitrary_ ? (code.match(/\[[^\]]*\]/g) ?? [code]).sort().join('') : '';
  const kind = `${dimensions.join(',')}|${unit.moleExp_ || 0}|${unit.equivalentExp_ || 0}|${atoms}`;
  if (unit.cnv_ === null) return scaled(kind, unit.magnitude_);
  const temperature = TEMPERATURES[unit.cnv_];
  if (!temperature || unit.cnvPfx_ !== 1 || code !== temperature.code) return undefined;
  return { kind, convert: temperature.toKelvin };
}

function scaled(kind: string, magnitude: number): Conversion | undefined {
  // The library multiplies floats (an inch is 0.025400000000000002 m); 15 digits are what they are good for.
  const factor = parseDecimal(String(Number(magnitude.toPrecision(15))));
  if (!factor || factor.digits === 0n) return undefined;
  // 1/60 has no end: then 120 /min must still be 2 /s, whichever of the two was stored.
  const isExact = String(factor.digits).replace(/0+$/, '').length <= EXACT_DIGITS_MAX;
  return {
    kind,
    convert: (value) => (isExact ? multiply(value, factor) : round(multiply(value, factor), ROUNDED_DIGITS)),
  };
}

const EXACT_DIGITS_MAX = 13;
const ROUNDED_DIGITS = 12;

const ZERO_CELSIUS: Decimal = { digits: 27315n, scale: 2 };
const ZERO_FAHRENHEIT: Decimal = { digits: 45967n, scale: 2 };

const TEMPERATURES: Readonly<Record<string, { code: string; toKelvin(value: Decimal): Decimal }>> = {
  Cel: { code: 'Cel', toKelvin: (value) => add(value, ZERO_CELSIUS) },
  degF: { code: '[degF]', toKelvin: (value) => fiveNinths(add(value, ZERO_FAHRENHEIT)) },
};

function fiveNinths({ digits, scale }: Decimal): Decimal {
  const more = 20;
  return round({ digits: (digits * 5n * 10n ** BigInt(more)) / 9n, scale: scale + more }, ROUNDED_DIGITS);
}

function unitOf(code: string): LibraryUnit | undefined {
  // 40 ms and 9 MB, which a process that sees no quantities need not spend.
  library ??= createRequire(import.meta.url)('@lhncbc/ucum-lhc').UcumLhcUtils.getInstance() as Library;
  try {
    return library.getSpecifiedUnit(code, 'validate').unit ?? undefined;
  } catch {
    return undefined;
  }
}

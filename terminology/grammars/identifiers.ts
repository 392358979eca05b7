/** Media types, URIs, units and time zones: what the internet's own registries say of a code's form. */
import { createRequire } from 'node:module';
import type { Grammar } from './grammar.ts';

/** https://www.rfc-editor.org/info/bcp13: `type/subtype`, with parameters as RFC 2045 has them. */
export const MEDIA_TYPES: Grammar = {
  url: 'urn:ietf:bcp:13',
  name: 'BCP13',
  title: 'Media Type Specifications and Registration Procedures',
  caseSensitive: false,
  find: (code) => (MEDIA_TYPE.test(code) ? { code, display: code } : undefined),
};

const MEDIA_TYPE =
  /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}(?:\s*;\s*[a-z0-9!#$&^_.+-]+=(?:[^\s";]+|"[^"]*"))*$/i;

/** https://www.rfc-editor.org/rfc/rfc3986: absolute URIs, `urn:oid:` and `urn:uuid:` among them. */
export const URIS: Grammar = {
  url: 'urn:ietf:rfc:3986',
  name: 'URI',
  title: 'Uniform Resource Identifier',
  caseSensitive: true,
  find: (code) => (/^[a-z][a-z0-9+.-]*:[^\s<>"{}|\\^`]+$/i.test(code) ? { code, display: code } : undefined),
};

/** https://ucum.org: case-sensitive units, annotations included. */
export const UNITS: Grammar = {
  url: 'http://unitsofmeasure.org',
  name: 'UCUM',
  title: 'Unified Code for Units of Measure',
  caseSensitive: true,
  find(code) {
    const known = units.get(code);
    if (known !== undefined) return known ?? undefined;
    const found = unitOf(code);
    if (units.size < UNITS_MAX) units.set(code, found ?? null);
    return found;
  },
};

/** Units that were asked for: parsing one takes 20 µs. Whoever invents many gets them parsed each time. */
const units = new Map<string, { code: string; display: string } | null>();
const UNITS_MAX = 5_000;
const UNIT_LENGTH_MAX = 80;

interface UnitLibrary {
  getSpecifiedUnit(code: string, mode: 'validate'): { unit: { name_?: string } | null; origString?: string };
}
let library: UnitLibrary | undefined;

function unitOf(code: string): { code: string; display: string } | undefined {
  // The library tells the console of blanks, and corrects what looks like a slip: neither is a code.
  if (code === '' || code.length > UNIT_LENGTH_MAX || /\s/.test(code)) return undefined;
  // 40 ms and 9 MB, which a process that sees no units need not spend.
  library ??= createRequire(import.meta.url)('@lhncbc/ucum-lhc').UcumLhcUtils.getInstance() as UnitLibrary;
  try {
    const { unit, origString } = library.getSpecifiedUnit(code, 'validate');
    if (!unit || (origString !== undefined && origString !== code)) return undefined;
    return { code, display: unit.name_ || code };
  } catch {
    return undefined;
  }
}

/** https://www.iana.org/time-zones: as ICU knows them, links included. */
export const TIME_ZONES: Grammar = {
  url: 'https://www.iana.org/time-zones',
  name: 'IANATimezones',
  title: 'IANA Time Zone Database',
  caseSensitive: false,
  find(code) {
    if (!/^[a-z][a-z0-9_+/-]*$/i.test(code)) return undefined;
    try {
      new Intl.DateTimeFormat('en', { timeZone: code });
    } catch {
      return undefined;
    }
    zones ??= new Map(Intl.supportedValuesOf('timeZone').map((one) => [one.toLowerCase(), one]));
    const written = zones.get(code.toLowerCase()) ?? code;
    return { code: written, display: written };
  },
  list: () => Intl.supportedValuesOf('timeZone'),
};

/** Zones as the database writes them, by their small letters. */
let zones: ReadonlyMap<string, string> | undefined;

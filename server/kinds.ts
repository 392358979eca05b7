/** Kinds of settings: what a value must look like, said in words, and the value made of its text. */
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { isResourceType } from '../resources/index.ts';

export interface Kind<T> {
  /** Completes "must be …". */
  readonly says: string;
  /** Undefined where the text is none of this kind. */
  parse(text: string): T | undefined;
}

/** The path of a folder, from where the command is started. */
export const folder: Kind<string> = { says: 'the path of a folder', parse: (value) => value };

/** One of these words. */
export function oneOf<const W extends string>(...words: readonly W[]): Kind<W> {
  return {
    says: words.map((word) => `\`${word}\``).join(' or '),
    parse: (value) => words.find((word) => word === value),
  };
}

/** A whole number in a range. */
export function whole(least: number, most: number): Kind<number> {
  return {
    says: `a whole number from ${grouped(least)} to ${grouped(most)}`,
    parse(value) {
      const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
      return number >= least && number <= most ? number : undefined;
    },
  };
}

const MAGNITUDES: Record<string, number> = { '': 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 };

/** A size: `104857600`, `100MB`. */
export function size(least: number, most: number): Kind<number> {
  return {
    says: `a size from ${sized(least)} to ${sized(most)}, such as 16MB or a number of bytes`,
    parse(value) {
      const [, digits, unit] = /^(\d{1,15}) ?([kmg]b|)$/i.exec(value) ?? [];
      const bytes = Number(digits) * (MAGNITUDES[unit?.toLowerCase() ?? ''] ?? Number.NaN);
      return bytes >= least && bytes <= most ? bytes : undefined;
    },
  };
}

/** An address or name to listen on. */
export const host: Kind<string> = {
  says: 'a host name or an IP address, such as 127.0.0.1',
  parse: (value) => (isIP(value) || /^[a-z0-9]([a-z0-9.-]{0,252})$/i.test(value) ? value : undefined),
};

/** The public FHIR base; without a trailing slash, which links add. */
export const baseUrl: Kind<string> = {
  says: 'an http or https address without query or fragment that ends in /fhir, such as https://records.example.org/fhir',
  parse(value) {
    const url = URL.canParse(value) ? new URL(value) : undefined;
    if (!url || !/^https?:$/.test(url.protocol) || url.search || url.hash || url.username || url.password)
      return undefined;
    const whole = url.href.replace(/\/+$/, '');
    return whole.endsWith('/fhir') ? whole : undefined;
  },
};

/** Another FHIR server; without a trailing slash. */
export const serverUrl: Kind<string> = {
  says: 'an http or https address without query or fragment, such as https://terminology.example.org/r4',
  parse(value) {
    const url = URL.canParse(value) ? new URL(value) : undefined;
    if (!url || !/^https?:$/.test(url.protocol) || url.search || url.hash || url.username || url.password)
      return undefined;
    return url.href.replace(/\/+$/, '');
  },
};

/** A database in the words of libpq, whose host may be missing: `postgres://vesta@/vesta?host=/run/postgresql`. */
export const databaseUrl: Kind<string> = {
  says: 'the address of a Postgres, such as postgres://user:password@host:5432/database',
  parse: (value) => (/^postgres(ql)?:\/\/[^\s/]*\/[^\s/?]+(\?\S*)?$/.test(value) ? value : undefined),
};

/** Names of resource types, separated by commas. */
export const typeNames: Kind<readonly string[]> = {
  says: 'resource types of R4 separated by commas, such as Patient,Claim',
  parse(value) {
    const list = value.split(',').map((it) => it.trim());
    return list.every(isResourceType) ? Object.freeze([...new Set(list)]) : undefined;
  },
};

/** Addresses and ranges, separated by commas. */
export const ranges: Kind<readonly string[]> = {
  says: 'IP addresses or ranges separated by commas, such as 10.0.0.0/8,fd00::/8',
  parse(value) {
    const list = value.split(',').map((it) => it.trim());
    return list.every(isRange) ? Object.freeze(list) : undefined;
  },
};

/** A file whose content is a secret; the value is what is in it. */
export const secretFile: Kind<string> = {
  says: 'a readable file that holds a token of at least 16 characters',
  parse(value) {
    try {
      const token = readFileSync(value, 'utf8').trim();
      return token.length >= 16 ? token : undefined;
    } catch {
      return undefined;
    }
  },
};

/** `104857600` → `100MB`. */
export function sized(bytes: number): string {
  const unit = ['gb', 'mb', 'kb'].find((it) => bytes >= MAGNITUDES[it]! && bytes % MAGNITUDES[it]! === 0);
  return unit ? `${bytes / MAGNITUDES[unit]!}${unit.toUpperCase()}` : String(bytes);
}

function isRange(range: string): boolean {
  const [address = '', bits, ...rest] = range.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

function grouped(value: number): string {
  return value.toLocaleString('en-US').replaceAll(',', ' ');
}

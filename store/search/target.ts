/** What references lead to, worked out once for each text. */
import { parseReference } from '../../resources/index.ts';
import type { Hasher } from '../hash.ts';

/** A literal reference by what the index keeps of it. */
export interface Target {
  readonly text: string;
  /** Type and id of a resource of this server; undefined for anything elsewhere. */
  readonly local:
    | { readonly type: string; readonly id: string; readonly low: number; readonly high: number }
    | undefined;
  /** The type of what is referred to, as far as the text tells. */
  readonly type: string | undefined;
  /** The text to be found by, in place of a rid or, for a version, beside it. */
  readonly url: string | undefined;
  /** For a version elsewhere: the address without it. */
  readonly unversioned: string | undefined;
}

/** References remembered: those of one resource come twice, those of one patient's records again and again. */
const REMEMBERED = 256;

/** Reads references; a small table spares doing it twice. */
export class Targets {
  readonly #hasher: Hasher;
  readonly #bases: readonly string[];
  readonly #known: (Target | undefined)[] = new Array(REMEMBERED).fill(undefined);

  /** @param bases own FHIR bases without a slash at the end: absolute references below them are local */
  constructor(hasher: Hasher, bases: readonly string[]) {
    this.#hasher = hasher;
    this.#bases = bases;
  }

  of(text: string): Target {
    const { length } = text;
    const place =
      (length * 31 + text.charCodeAt(length - 1) * 7 + text.charCodeAt(length - 3) * 13 + text.charCodeAt(length - 7)) &
      (REMEMBERED - 1);
    const known = this.#known[place];
    if (known?.text === text) return known;
    const target = this.#read(text);
    this.#known[place] = target;
    return target;
  }

  #read(text: string): Target {
    const base = this.#bases.find((one) => text.startsWith(`${one}/`));
    const reference = parseReference(text, base);
    switch (reference.kind) {
      case 'local': {
        const { type, id, version } = reference;
        this.#hasher.digest(`rid|${type}/${id}`);
        const local = { type, id, low: this.#hasher.low, high: this.#hasher.high };
        const url = version === undefined ? undefined : `${type}/${id}/_history/${version}`;
        return { text, local, type, url, unversioned: undefined };
      }
      case 'absolute': {
        const { type, url, version } = reference;
        const unversioned = version === undefined ? undefined : url.slice(0, url.lastIndexOf('/_history/'));
        return { text, local: undefined, type, url, unversioned };
      }
      case 'fragment':
        return { text, local: undefined, type: undefined, url: undefined, unversioned: undefined };
      default:
        return { text, local: undefined, type: undefined, url: text, unversioned: undefined };
    }
  }
}

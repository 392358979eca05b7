/**
 * One pass over JSON text for what `JSON.parse` does not tell: doubled keys, depth, numbers that a double would not
 * write back as they were written, and where the top-level members stand.
 * Syntax is left to `JSON.parse`: on broken text the pass stops early and tells nothing wrong.
 */

import { backslashKey, doubledKey, numberTooLong, prototypeKey, stringTooLong, tooDeep } from './json-faults.ts';
import { type JsonLimits, jsonLimits } from './json-limits.ts';
import { decodeKey, plainDigits } from './json-literals.ts';
import { pathStep } from './path.ts';

/** `[start, end)` in the text of whole top-level members, key and value; undefined where the object has no such member. */
export interface TopMembers {
  resourceType: readonly [number, number] | undefined;
  id: readonly [number, number] | undefined;
  meta: readonly [number, number] | undefined;
}

/** A number that must be kept as it was written, and the way to it from the top. */
export interface WrittenNumber {
  readonly path: readonly (string | number)[];
  readonly source: string;
}

/** Of a meta object the two members that the server owns can be found as well. */
export interface Members extends TopMembers {
  versionId: readonly [number, number] | undefined;
  lastUpdated: readonly [number, number] | undefined;
}

export interface Scan {
  readonly members: Members;
  readonly numbers: readonly WrittenNumber[];
}

/**
 * Scans JSON text.
 * @throws Fault invalid-json (doubled key), invalid-structure (`__proto__`), too-deep, too-large, invalid-value (number too long)
 */
export function scanJson(text: string, limits: JsonLimits = jsonLimits): Scan {
  return new Scanner(text, limits, false).run() ?? new Scanner(text, limits, true).run()!;
}

const memberOfLength: readonly (keyof Members | undefined)[] = Object.assign(Array<undefined>(13).fill(undefined), {
  2: 'id',
  4: 'meta',
  9: 'versionId',
  11: 'lastUpdated',
  12: 'resourceType',
} as const);

// Objects with more members than this keep their keys in a Set: comparing each with each would cost the square.
const FEW = 32;
const none: readonly WrittenNumber[] = Object.freeze([]);

// Shared by all scans, which never wait and so never meet. Keys of all open objects, as a stack:
const DEPTH = 256;
const keySigns = new Int32Array(DEPTH * FEW);
const keyStarts = new Int32Array(DEPTH * FEW);
// and per depth: index in an array or -1 in an object, where the current key stands, where the object's keys begin.
const index = new Int32Array(DEPTH);
const keyFrom = new Int32Array(DEPTH);
const keyTo = new Int32Array(DEPTH);
const keyBase = new Int32Array(DEPTH);
index[0] = -1;

// The part of the text that is being scanned, as numbers: reading these takes half the time of charCodeAt.
const SHORT = 40;
const window = new Uint16Array(32768);
const windowBytes = Buffer.from(window.buffer);

class Scanner {
  readonly text: string;
  readonly limits: JsonLimits;
  /** Keys are decoded before they are compared: asked for once a key with an escape was met. */
  readonly exact: boolean;
  readonly members: Members = {
    resourceType: undefined,
    id: undefined,
    meta: undefined,
    versionId: undefined,
    lastUpdated: undefined,
  };
  numbers: WrittenNumber[] | undefined;
  depth = 0;
  keyCount = 0;
  /** Per depth: the keys of an object of many members. */
  readonly many: (Set<string> | undefined)[] = [];
  /** The top-level member whose value is being passed. */
  member: keyof Members | undefined;

  constructor(text: string, limits: JsonLimits, exact: boolean) {
    this.text = text;
    this.limits = limits;
    this.exact = exact;
    if (limits.depthMax >= DEPTH) throw new RangeError(`depthMax must be less than ${DEPTH}`);
  }

  /** The findings, or undefined when a key with an escape asks for an exact scan. */
  run(): Scan | undefined {
    const { text } = this;
    const length = text.length;
    const units = window;
    let origin = 0;
    let reload = 0;
    let stringStart = 0;
    let stringStop = 0;
    let plain = true;
    let sign = 0;
    for (let at = 0; at < length; ) {
      if (at >= reload) {
        loadWindow(text, at);
        origin = at;
        // A short string fits into the margin, so its characters need no look at the border of the window.
        reload = at + units.length - SHORT - 1;
      }
      let code = units[at++ - origin]!;
      if (code === 0x22) {
        // Most strings are short, and for them a call of indexOf costs more than looking at each character.
        const near = at + SHORT;
        stringStart = at;
        code = units[at - origin]!;
        while (code !== 0x22 && code !== 0x5c && at < near) code = units[++at - origin]!;
        plain = code === 0x22;
        if (plain) {
          const first = stringStart - origin;
          const last = at - origin - 1;
          sign = ((at - stringStart) << 21) ^ (units[first]! << 14) ^ (units[(first + last) >> 1]! << 7) ^ units[last]!;
        } else {
          at = this.stringEnd(stringStart, at);
          if (at < 0) break;
          sign = -1;
        }
        stringStop = at++;
        if (plain && units[at - origin] === 0x3a) {
          at++;
          this.key(stringStart, stringStop, sign);
        }
      } else if (code === 0x3a) {
        if (!plain && !this.exact && text.slice(stringStart, stringStop).includes('\\')) return undefined;
        this.key(stringStart, stringStop, sign);
      } else if (code === 0x2c) {
        if (this.member !== undefined && this.depth === 1) this.closeMember(at - 1);
        if (index[this.depth]! >= 0) index[this.depth]!++;
      } else if (code === 0x7b || code === 0x5b) {
        this.open(code === 0x7b);
      } else if (code === 0x7d || code === 0x5d) {
        if (this.member !== undefined && this.depth === 1) this.closeMember(at - 1);
        if (this.depth === 0) break;
        this.keyCount = keyBase[this.depth--]!;
      } else if (code === 0x2d || (code >= 0x30 && code <= 0x39)) {
        at = this.number(at - 1);
      }
    }
    return { members: this.members, numbers: this.numbers ?? none };
  }

  open(isObject: boolean): void {
    const depth = ++this.depth;
    if (depth > this.limits.depthMax) {
      throw tooDeep(this.limits);
    }
    index[depth] = isObject ? -1 : 0;
    keyBase[depth] = this.keyCount;
    if (this.many.length > depth) this.many[depth] = undefined;
  }

  /** The offset of the closing quote of the string that begins at `start`, looked for from `at` on; -1 when there is none. */
  stringEnd(start: number, at: number): number {
    const { text } = this;
    let end = text.indexOf('"', at);
    for (; end >= 0; end = text.indexOf('"', end + 1)) {
      let slashes = end - 1;
      while (slashes >= start && text.charCodeAt(slashes) === 0x5c) slashes--;
      if ((end - slashes) % 2 === 1) break;
    }
    if (end - start > this.limits.stringLengthMax) {
      throw stringTooLong(this.limits, this.pathText());
    }
    return end;
  }

  /** Notes a key and compares it with those before it in the same object. */
  key(start: number, end: number, sign: number): void {
    const { text, depth } = this;
    const length = end - start;
    keyFrom[depth] = start;
    keyTo[depth] = end;
    const base = keyBase[depth]!;
    const count = this.keyCount;
    if (this.exact || count - base >= FEW) {
      this.keyAmongMany(start, end);
    } else {
      for (let i = base; i < count; i++) {
        if (keySigns[i] === sign && text.startsWith(text.slice(start, end + 1), keyStarts[i])) this.refuseDouble();
      }
      keySigns[count] = sign;
      keyStarts[count] = start;
      this.keyCount = count + 1;
      if (length === 9 && text.startsWith('__proto__', start)) this.refusePrototype();
    }
    if (depth === 1) this.openMember(start, end);
  }

  keyAmongMany(start: number, end: number): void {
    const { text, depth } = this;
    let keys = this.many[depth];
    if (!keys) {
      keys = new Set();
      this.many[depth] = keys;
      for (let i = keyBase[depth]!; i < this.keyCount; i++)
        keys.add(text.slice(keyStarts[i]!, text.indexOf('"', keyStarts[i]!)));
    }
    const key = decodeKey(text.slice(start, end));
    if (keys.has(key)) this.refuseDouble();
    if (key === '__proto__') this.refusePrototype();
    // V8 14.6 takes `"\"…"` for the key `\` when it has met that one before.
    if (key.includes('\\')) throw backslashKey(key, this.pathText(this.depth - 1));
    keys.add(key);
  }

  openMember(start: number, end: number): void {
    const { text } = this;
    if (this.exact) {
      const name = decodeKey(text.slice(start, end));
      if (name in this.members) this.member = name as keyof Members;
    } else {
      const name = memberOfLength[end - start];
      if (name !== undefined && text.startsWith(name, start)) this.member = name;
    }
  }

  /** A comma or the closing brace of the top-level object stands at `at`. */
  closeMember(at: number): void {
    if (this.member === undefined) return;
    let end = at;
    while (this.text.charCodeAt(end - 1) <= 0x20) end--;
    this.members[this.member] = [keyFrom[1]! - 1, end];
    this.member = undefined;
  }

  /** Passes the number at `start` and keeps it when a double would not write it back the same. */
  number(start: number): number {
    const { text } = this;
    let at = start;
    let point = -1;
    let exponent = -1;
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code >= 0x30 && code <= 0x39) continue;
      if (code === 0x2e) point = at;
      else if (code === 0x65 || code === 0x45) exponent = at;
      else if (code !== 0x2d && code !== 0x2b) break;
    }
    // 15 digits always survive a double, and without an exponent only 0.0000001 and less gets one.
    const plain = exponent < 0 && at - start <= 15 && text.charCodeAt(start) !== 0x2d;
    if (plain && (point < 0 || (text.charCodeAt(at - 1) !== 0x30 && !text.startsWith('0.00000', start)))) return at;
    this.keepNumber(text.slice(start, at));
    return at;
  }

  keepNumber(source: string): void {
    if (plainDigits(source) > this.limits.digitsMax) {
      throw numberTooLong(this.limits, this.pathText());
    }
    if (String(Number(source)) === source) return;
    this.numbers ??= [];
    this.numbers.push({ path: this.path(), source });
  }

  refuseDouble(): never {
    throw doubledKey(this.segment(this.depth), this.pathText());
  }

  refusePrototype(): never {
    throw prototypeKey(this.pathText(this.depth - 1));
  }

  segment(depth: number): string | number {
    const position = index[depth]!;
    return position >= 0 ? position : decodeKey(this.text.slice(keyFrom[depth], keyTo[depth]));
  }

  path(depth: number = this.depth): (string | number)[] {
    return Array.from({ length: depth }, (_, i) => this.segment(i + 1));
  }

  /** The way to where the scan stands as FHIRPath; only as sure of the type at the top as the text read so far. */
  pathText(depth: number = this.depth): string {
    const type = this.members.resourceType;
    const root = type && /"([A-Za-z]+)"$/.exec(this.text.slice(...type))?.[1];
    return this.path(depth).reduce<string>((way, part) => way + pathStep(part), root ?? 'Resource');
  }
}

function loadWindow(text: string, at: number): void {
  const units = windowBytes.write(at === 0 ? text : text.slice(at, at + window.length), 'utf16le') >> 1;
  // What is left of the text before must not be taken for the end of this one.
  window.fill(0, units, units + SHORT + 2);
}

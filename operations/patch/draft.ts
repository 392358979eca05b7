/**
 * The working copy that a patch is carried out on: a copy of the resource's JSON in which each number keeps the digits
 * that it was written with, wherever an operation carries it. Neither the resource nor the patch is ever changed.
 */
import { type Digits, Fault, keepDigits } from '../../resources/index.ts';

/** A JSON value with the digits of its numbers as written. */
export interface Content {
  readonly value: any;
  readonly digits: Digits | undefined;
}

/** One value on its way from place to place; `written` when it is a number that prints otherwise than it was written. */
export interface Entry {
  readonly value: any;
  readonly written?: string | undefined;
}

/** What a patch may ask for. */
export interface PatchLimits {
  readonly operationsMax: number;
  /** Nesting of the result, as for every resource that is sent. */
  readonly depthMax: number;
  /** Values that `copy` and `move` carry, and characters that `copy` makes again: copies of copies double each time. */
  readonly carriedMax: number;
}

export const patchLimits: PatchLimits = { operationsMax: 10_000, depthMax: 100, carriedMax: 5_000_000 };

/** The digits that a number was written with, where they are not what it prints. */
export function writtenAt(digits: Digits | undefined, holder: any, key: string | number): string | undefined {
  const kept = typeof holder[key] === 'number' ? digits?.get(holder) : undefined;
  return kept && Object.hasOwn(kept, key) ? kept[key] : undefined;
}

/** The member of `Draft.top` that holds the resource. */
export const ROOT = 'resource';

export class Draft {
  /** Holds the whole resource under ROOT, so that it can be replaced like any member. */
  readonly top: { [ROOT]: any };
  readonly limits: PatchLimits;
  readonly #digits: Digits = new Map();
  readonly #emptied = new Set<object>();
  #carried = 0;

  constructor(resource: Content, limits: PatchLimits) {
    this.limits = limits;
    this.top = { [ROOT]: this.#copy(resource.value, resource.digits, 1) };
  }

  get root(): any {
    return this.top[ROOT];
  }

  get digits(): Digits {
    return this.#digits;
  }

  /** What the draft holds under a key of its own, digits included, without copying. */
  read(holder: any, key: string | number): Entry {
    return { value: holder[key], written: writtenAt(this.#digits, holder, key) };
  }

  /**
   * A copy of `holder[key]`, ready to be put in at this nesting level (1: the resource itself).
   * @param digits of the document that the holder belongs to; of the draft when left out.
   * @throws Fault `too-deep`
   */
  copyOf(holder: any, key: string | number, level: number, digits: Digits | undefined = this.#digits): Entry {
    return { value: this.#copy(holder[key], digits, level), written: writtenAt(digits, holder, key) };
  }

  /** Puts a value where an object's member or a list's item is, or will be. */
  put(holder: any, key: string | number, entry: Entry): void {
    // Assigning to `__proto__` would replace the prototype in place of making a member.
    if (key === '__proto__') {
      Object.defineProperty(holder, key, { value: entry.value, writable: true, enumerable: true, configurable: true });
    } else holder[key] = entry.value;
    this.#write(holder, key, entry.written);
  }

  /** Puts a value into a list; what stands there and behind moves up. */
  insert(list: any[], index: number, entry: Entry): void {
    list.splice(index, 0, entry.value);
    this.#shift(list, index, 1);
    this.#write(list, index, entry.written);
  }

  /** Takes a member or an item out; what stands behind an item moves down. */
  remove(holder: any, key: string | number): Entry {
    const entry = this.read(holder, key);
    if (Array.isArray(holder)) {
      holder.splice(Number(key), 1);
      this.#shift(holder, Number(key), -1);
    } else {
      delete holder[key];
      this.#write(holder, key, undefined);
    }
    this.markEmptied(holder);
    return entry;
  }

  /** Says that the patch took something out of this object or list: should it end up empty, `finish` removes it. */
  markEmptied(holder: object): void {
    this.#emptied.add(holder);
  }

  /**
   * Counts what an operation carries from one place of the resource to another.
   * @param again whether it stays where it was, too
   * @throws Fault `too-costly`
   */
  carry(value: unknown, again: boolean): void {
    const open: unknown[] = [value];
    while (open.length > 0) {
      const next = open.pop();
      this.#carried += again && typeof next === 'string' ? 1 + next.length : 1;
      if (this.#carried > this.limits.carriedMax) {
        throw new Fault('too-costly', 'The copies and moves of this patch carry too much data.', {
          hint: `Together they may carry ${this.limits.carriedMax} values and characters. Send the resource with PUT.`,
        });
      }
      if (typeof next === 'object' && next !== null) for (const member of Object.values(next)) open.push(member);
    }
  }

  /**
   * The result. FHIR knows no empty list or object (https://hl7.org/fhir/R4/json.html), so whatever the patch emptied
   * goes too, holders that only held that included; something empty that the patch put in stays, to be refused.
   */
  finish(): Content {
    for (const holder of this.#emptied) {
      if (Object.keys(holder).length === 0) {
        this.#prune(this.root);
        break;
      }
    }
    return { value: this.root, digits: this.#digits };
  }

  #copy(value: any, digits: Digits | undefined, level: number): any {
    if (typeof value !== 'object' || value === null) return value;
    if (level > this.limits.depthMax) {
      throw new Fault('too-deep', `The result would be nested deeper than ${this.limits.depthMax} levels.`);
    }
    const written = digits?.get(value);
    let copy: any;
    if (Array.isArray(value)) copy = value.map((item) => this.#copy(item, digits, level + 1));
    else {
      copy = {};
      for (const key of Object.keys(value)) {
        const member = this.#copy(value[key], digits, level + 1);
        if (key === '__proto__') this.put(copy, key, { value: member });
        else copy[key] = member;
      }
    }
    if (written) this.#digits.set(copy, Object.assign(noDigits(), written));
    return copy;
  }

  #write(holder: object, key: string | number, written: string | undefined): void {
    if (written !== undefined) keepDigits(this.#digits, holder, key, written);
    else delete this.#digits.get(holder)?.[key];
  }

  #shift(list: any[], from: number, by: 1 | -1): void {
    const kept = this.#digits.get(list);
    if (!kept) return;
    const shifted = noDigits();
    for (const [key, written] of Object.entries(kept)) {
      const index = Number(key);
      if (index < from) shifted[key] = written;
      else if (by === 1 || index > from) shifted[index + by] = written;
    }
    this.#digits.set(list, shifted);
  }

  /** Depth first; answers whether the value has become empty by the patch. */
  #prune(value: any): boolean {
    if (typeof value !== 'object' || value === null) return false;
    if (Array.isArray(value)) {
      for (let index = value.length - 1; index >= 0; index--) if (this.#prune(value[index])) this.remove(value, index);
    } else {
      for (const key of Object.keys(value)) {
        const extras = key.startsWith('_') && Array.isArray(value[key]) ? value[key] : undefined;
        if (extras ? this.#pruneExtras(extras) : this.#prune(value[key])) this.remove(value, key);
      }
    }
    return this.#emptied.has(value) && Object.keys(value).length === 0;
  }

  /** The list beside a list of primitives keeps its length: an emptied item becomes null, a list of nulls goes. */
  #pruneExtras(extras: any[]): boolean {
    let emptied = this.#emptied.has(extras);
    for (const [index, extra] of extras.entries()) {
      if (!this.#prune(extra)) continue;
      extras[index] = null;
      emptied = true;
    }
    return emptied && extras.every((extra) => extra === null);
  }
}

function noDigits(): Record<string, string> {
  return Object.create(null);
}

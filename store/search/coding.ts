/** Codes, the writing side: what the index keeps of codings, concepts and plain codes. */
import { numberOf, type Slot } from '../../resources/index.ts';
import type { Hasher } from '../hash.ts';
import { systemText } from './identifier.ts';
import type { DictEntry } from './index-values.ts';
import type { Memory } from './memory.ts';
import { normalise } from './normal.ts';
import type { ClassToken, Collect, Sink } from './sink.ts';

/** A token, and the number of the resource that was told it last. */
interface Token {
  readonly token: bigint;
  stamp: number;
}

/** All that is known of one code of a slot. */
interface Known {
  readonly code: Token;
  readonly codings: Coding[];
}

interface Coding extends ClassToken {
  readonly system: string | undefined;
  readonly token: bigint;
  readonly any: Token | undefined;
  readonly entry: DictEntry;
  stamp: number;
  /** The display that it was seen with first, and what is kept of that. */
  display: string | undefined;
  text: Display | undefined;
}

/** A display as it is compared: shared by all codes that have it. */
interface Display extends Token {
  readonly entry: DictEntry;
}

let nth = 0;

/** Codings of one slot. */
export class CodingCollector {
  readonly #slot: Slot;
  readonly #memory: Memory;
  readonly #known: Map<string, Known>;
  readonly #systems: Map<string, Token>;
  readonly #displays: Map<string, Display>;
  readonly #isHot: boolean;
  readonly #isClass: boolean;
  readonly #textMark: string;

  /** @param isClass whether scopes may name the codes of this slot */
  constructor(slot: Slot, memory: Memory, isClass: boolean) {
    this.#slot = slot;
    this.#memory = memory;
    this.#known = memory.map();
    this.#systems = memory.map();
    this.#displays = memory.map();
    this.#isHot = slot.hot === 'code1';
    this.#isClass = isClass;
    this.#textMark = `^${textTag(slot)}:`;
  }

  /** CodeableConcept: its codings, and its text where no coding says the same. */
  readonly concept: Collect = (concept, sink) => {
    const { coding, text } = concept;
    let isSaid = typeof text !== 'string';
    if (coding !== undefined) {
      for (const one of coding) {
        this.#add(one, sink);
        if (!isSaid && (one.display === text || isSame(one.display, text))) isSaid = true;
      }
    }
    if (!isSaid) sink.str += this.#textMark + normalise(text);
  };

  readonly coding: Collect = (coding, sink) => this.#add(coding, sink);

  #add({ system, code, display }: { system?: string; code?: string; display?: string }, sink: Sink): void {
    if (code === undefined) {
      if (system !== undefined) tell(this.#anyOf(system, sink.hasher), sink);
      // Nothing stands for it among the distinct codes, so its text stands in the resource's own.
      if (display !== undefined) sink.str += this.#textMark + normalise(display);
      return;
    }
    const coding = this.#find(system, code, sink);
    if (coding.stamp !== sink.serial) {
      coding.stamp = sink.serial;
      sink.tokens.push(coding.token);
      if (coding.any !== undefined) tell(coding.any, sink);
      sink.dict.push(coding.entry);
      if (this.#isHot) addHot(coding.token, this.#slot.k, sink);
      if (this.#isClass) sink.classes.push(coding);
    }
    if (display !== undefined) this.#addDisplay(coding, display, sink);
  }

  #find(system: string | undefined, code: string, sink: Sink): Coding {
    let known = this.#known.get(code);
    if (known === undefined) {
      known = { code: { token: sink.hasher.hash(codeText(this.#slot, code)), stamp: 0 }, codings: [] };
      this.#memory.grow();
      this.#known.set(code, known);
    }
    tell(known.code, sink);
    const { codings } = known;
    for (let at = 0; at < codings.length; at++) if (codings[at]!.system === system) return codings[at]!;
    const coding = this.#learn(system, code, known.code.token, sink.hasher);
    // Whoever invents systems gets them worked out each time.
    if (codings.length < SYSTEMS_MAX) codings.push(coding);
    return coding;
  }

  #learn(system: string | undefined, code: string, codeToken: bigint, hasher: Hasher): Coding {
    const token = hasher.hash(codingText(this.#slot, system, code));
    return {
      system,
      token,
      any: system === undefined ? undefined : this.#anyOf(system, hasher),
      entry: { k: this.#slot.k, tok: token, v: `${system ?? ''}|${code}`, norm: null },
      nth: nth++,
      tokens: [codeToken, token],
      stamp: 0,
      display: undefined,
      text: undefined,
    };
  }

  #anyOf(system: string, hasher: Hasher): Token {
    let any = this.#systems.get(system);
    if (any === undefined) {
      any = { token: hasher.hash(systemText(this.#slot, system)), stamp: 0 };
      this.#memory.grow();
      this.#systems.set(system, any);
    }
    return any;
  }

  #addDisplay(coding: Coding, display: string, sink: Sink): void {
    if (coding.display === undefined) {
      coding.display = display;
      coding.text = this.#textOf(display, sink.hasher);
    }
    const text = coding.display === display ? coding.text! : this.#textOf(display, sink.hasher);
    if (text.stamp === sink.serial) return;
    tell(text, sink);
    sink.dict.push(text.entry);
  }

  #textOf(display: string, hasher: Hasher): Display {
    const normal = normalise(display);
    let text = this.#displays.get(normal);
    if (text === undefined) {
      text = toDisplay(this.#slot, normal, hasher);
      this.#memory.grow();
      this.#displays.set(normal, text);
    }
    return text;
  }
}

/** Systems remembered for one code. */
const SYSTEMS_MAX = 20;

/** Plain codes and booleans: one token each, since their system is that of the element. */
export function collectCode(slot: Slot, memory: Memory): Collect {
  const known = memory.map<Token & { readonly entry: DictEntry }>();
  return (value, sink) => {
    const code = String(value);
    let found = known.get(code);
    if (found === undefined) {
      const token = sink.hasher.hash(codeText(slot, code));
      found = { token, entry: { k: slot.k, tok: token, v: code, norm: null }, stamp: 0 };
      memory.grow();
      known.set(code, found);
    }
    if (found.stamp === sink.serial) return;
    tell(found, sink);
    sink.dict.push(found.entry);
  };
}

/** Texts that stand for a code, as displays do. */
export function collectDisplay(slot: Slot, memory: Memory): (text: string, sink: Sink) => void {
  const known = memory.map<Display>();
  return (text, sink) => {
    const normal = normalise(text);
    let display = known.get(normal);
    if (display === undefined) {
      display = toDisplay(slot, normal, sink.hasher);
      memory.grow();
      known.set(normal, display);
    }
    if (display.stamp === sink.serial) return;
    tell(display, sink);
    sink.dict.push(display.entry);
  };
}

/**
 * Ids, strings and addresses as tokens: too many different ones to be remembered or listed. Strings are the same in any
 * case. https://hl7.org/fhir/R4/search.html#token
 */
export function collectText(slot: Slot, fhirType: string): Collect {
  const isString = fhirType === 'string';
  return (value, sink) => {
    sink.addToken(sink.hasher.hash(codeText(slot, isString ? value.toLowerCase() : value)));
  };
}

export function codeText({ name }: Slot, code: string): string {
  return `${name}|c|${code}`;
}

/** With a separator that neither a system nor a code may hold. */
export function codingText({ name }: Slot, system: string | undefined, code: string): string {
  const folded = system !== undefined && isCaseless(system) ? code.toLowerCase() : code;
  return `${name}|sc|${system ?? ''}\u001e${folded}`;
}

/** What stands for a code in any of the systems in which case says nothing; nothing for codes without letters. */
export function caselessTexts(slot: Slot, code: string): string[] {
  return code.toLowerCase() === code.toUpperCase() ? [] : [...CASELESS].map((system) => codingText(slot, system, code));
}

/** Whether case says nothing in the codes of a system, whatever is stored of it. */
export function isCaseless(system: string): boolean {
  return CASELESS.has(system);
}

/** Where the displays of a slot's codes stand in `dict`. */
export function textSlot({ name }: Pick<Slot, 'name'>): number {
  return numberOf(`${name}.display`);
}

/** What marks texts of concepts in `res.str`; tags of strings never begin so. */
export function textTag({ k }: Slot): string {
  return `~${(k % 46_656).toString(36)}`;
}

/** Code systems in which case says nothing: languages, media types, countries. */
const CASELESS: ReadonlySet<string> = new Set(['urn:ietf:bcp:47', 'urn:ietf:bcp:13', 'urn:iso:std:iso:3166']);

function toDisplay(slot: Slot, normal: string, hasher: Hasher): Display {
  const token = hasher.hash(`${slot.name}|t|${normal}`);
  return { token, entry: { k: textSlot(slot), tok: token, v: '', norm: normal }, stamp: 0 };
}

function tell(token: Token, sink: Sink): void {
  if (token.stamp === sink.serial) return;
  token.stamp = sink.serial;
  sink.tokens.push(token.token);
}

function addHot(token: bigint, k: number, sink: Sink): void {
  if (sink.code1 === null) sink.code1 = token;
  else {
    sink.codes.push(token);
    sink.codeSlot = k;
  }
}

function isSame(display: string | undefined, text: string): boolean {
  return display !== undefined && display.length === text.length && normalise(display) === normalise(text);
}

/**
 * What is asked of `_text` and `_content` → a tsquery. R4 leaves the grammar to the server; its own example is
 * `(bone OR liver) and metastases`. https://hl7.org/fhir/R4/search.html#content
 *
 * Words side by side must all be there; `OR`; `NOT` or a `-` before; brackets; "a phrase"; `begin*`. Whatever else is
 * written separates words: no text is an error, but one that holds no word asks for nothing.
 */
import { Fault } from '../../resources/index.ts';
import { wordsIn } from './text-words.ts';

/** A query, taken apart. */
export type TextQuery =
  /** Words that follow each other; of the last one the beginning may suffice. */
  | { readonly kind: 'words'; readonly words: readonly string[]; readonly begins: boolean }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly TextQuery[] }
  | { readonly kind: 'not'; readonly part: TextQuery };

/** Words that one value may have, and brackets inside each other: a statement must not be longer than what it finds. */
const WORDS_MAX = 100;
const DEPTH_MAX = 20;

/**
 * Takes a value apart.
 * @param code the parameter, for faults
 * @throws Fault `invalid-value` where there is no word, `too-costly` where there are too many
 */
export function parseText(value: string, code: string): TextQuery {
  const reader = new Reader(tokensOf(value), code);
  const query = reader.read();
  if (query) return query;
  throw new Fault('invalid-value', `${code}=${value.slice(0, 80)} holds nothing to search for.`, {
    expression: code,
    hint: 'Give at least one letter or digit.',
  });
}

/**
 * The text of a tsquery. It holds nothing of what was asked but letters and digits.
 * @param weight where the words must stand: A in the narrative, '' anywhere
 */
export function toTsquery(query: TextQuery, weight: 'A' | ''): string {
  switch (query.kind) {
    case 'words': {
      const last = query.words.length - 1;
      const suffix = (index: number) => `${query.begins && index === last ? '*' : ''}${weight}`;
      const texts = query.words.map((word, index) => `'${word}'${suffix(index) === '' ? '' : `:${suffix(index)}`}`);
      return last === 0 ? texts[0]! : `(${texts.join(' <-> ')})`;
    }
    case 'not':
      return `!(${toTsquery(query.part, weight)})`;
    default:
      return `(${query.parts.map((part) => toTsquery(part, weight)).join(query.kind === 'and' ? ' & ' : ' | ')})`;
  }
}

/** Whether each match holds a word of the query, so that the words find it. `-aspirin` matches what holds none. */
export function findsByWords(query: TextQuery): boolean {
  if (query.kind === 'words') return true;
  if (query.kind === 'not') return false;
  return query.kind === 'and' ? query.parts.some(findsByWords) : query.parts.every(findsByWords);
}

type Token = { readonly kind: '(' | ')' | 'or' | 'and' | 'not' } | Extract<TextQuery, { kind: 'words' }>;

// A phrase ends with the text at the latest; a minus is a sign only where a word begins.
const lexeme = /"([^"]*)"?|([()])|(?<![^\s(])(-)(?=[^\s)])|[^\s()"]+/gu;

function tokensOf(value: string): Token[] {
  const tokens: Token[] = [];
  for (const [text, phrase, bracket, sign] of value.matchAll(lexeme)) {
    if (bracket !== undefined) tokens.push({ kind: bracket as '(' | ')' });
    else if (sign !== undefined || text === 'NOT') tokens.push({ kind: 'not' });
    else if (text === 'OR') tokens.push({ kind: 'or' });
    else if (/^and$/i.test(text)) tokens.push({ kind: 'and' });
    else {
      const words = wordsIn(phrase ?? text);
      if (words.length > 0) tokens.push({ kind: 'words', words, begins: phrase === undefined && text.endsWith('*') });
    }
  }
  return tokens;
}

/** Reads tokens by descent. What stands where it cannot is passed over. */
class Reader {
  readonly #tokens: readonly Token[];
  readonly #code: string;
  #at = 0;

  constructor(tokens: readonly Token[], code: string) {
    const count = tokens.reduce((sum, token) => sum + (token.kind === 'words' ? token.words.length : 0), 0);
    if (count > WORDS_MAX) throw tooCostly(code, `has ${count} words; ${WORDS_MAX} are possible`);
    this.#tokens = tokens;
    this.#code = code;
  }

  /** The whole: brackets that were never opened are closed here, and what follows belongs to it too. */
  read(): TextQuery | undefined {
    const parts: TextQuery[] = [];
    while (this.#at < this.#tokens.length) {
      const part = this.#either(0);
      if (part) parts.push(part);
      this.#at++;
    }
    return together('and', parts);
  }

  #either(depth: number): TextQuery | undefined {
    if (depth > DEPTH_MAX) throw tooCostly(this.#code, `has more than ${DEPTH_MAX} brackets inside each other`);
    const parts: TextQuery[] = [];
    for (;;) {
      const part = this.#each(depth);
      if (part) parts.push(part);
      if (this.#tokens[this.#at]?.kind !== 'or') return together('or', parts);
      this.#at++;
    }
  }

  #each(depth: number): TextQuery | undefined {
    const parts: TextQuery[] = [];
    for (;;) {
      const token = this.#tokens[this.#at];
      if (!token || token.kind === ')' || token.kind === 'or') return together('and', parts);
      this.#at++;
      if (token.kind === 'and') continue;
      const part = this.#one(token, depth);
      if (part) parts.push(part);
    }
  }

  #one(token: Token, depth: number): TextQuery | undefined {
    let isNot = false;
    let operand: Token | undefined = token;
    while (operand?.kind === 'not') {
      isNot = !isNot;
      operand = this.#tokens[this.#at];
      // A sign before nothing says nothing.
      if (!operand || operand.kind === ')' || operand.kind === 'or') return undefined;
      this.#at++;
    }
    const part = operand?.kind === '(' ? this.#bracket(depth) : operand?.kind === 'words' ? operand : undefined;
    return part && isNot ? { kind: 'not', part } : part;
  }

  #bracket(depth: number): TextQuery | undefined {
    const inner = this.#either(depth + 1);
    if (this.#tokens[this.#at]?.kind === ')') this.#at++;
    return inner;
  }
}

function together(kind: 'and' | 'or', parts: readonly TextQuery[]): TextQuery | undefined {
  return parts.length > 1 ? { kind, parts } : parts[0];
}

function tooCostly(code: string, text: string): Fault {
  return new Fault('too-costly', `${code} ${text}.`, { expression: code });
}

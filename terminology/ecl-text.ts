/** Text of the Expression Constraint Language as it is read: what comes next, and where it stands. */

/** What was written is not understood. */
export class Misunderstood extends Error {
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

/** Reads from left to right; blanks and comments are passed over. */
export class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Where it stands. */
  get at(): number {
    return this.#at;
  }

  /** The text from the next sign on. */
  rest(): string {
    const [blank] = /^(?:\s|\/\*.*?\*\/)*/s.exec(this.#text.slice(this.#at))!;
    this.#at += blank.length;
    return this.#text.slice(this.#at);
  }

  /** Goes on behind the next `length` signs. */
  skip(length: number): void {
    this.#at += length;
  }

  /** Whether these signs come next; they are passed over. */
  take(signs: string): boolean {
    if (!this.rest().startsWith(signs)) return false;
    this.#at += signs.length;
    return true;
  }

  /** @throws Misunderstood where these signs do not come next */
  need(signs: string): void {
    if (!this.take(signs)) this.fail(`${signs} is expected`);
  }

  /** The first of these words, in capitals, where it comes next in letters of any size; it is passed over. */
  word(words: readonly string[]): string | undefined {
    const [, word] = /^([A-Za-z]+)/.exec(this.rest()) ?? [];
    const known = words.find((one) => one === word?.toUpperCase());
    if (known !== undefined) this.#at += known.length;
    return known;
  }

  /** The identifier of a concept, whose name may stand behind it. @throws Misunderstood where there is none */
  concept(): string {
    const [, code] = /^(\d{6,18})(?!\d)/.exec(this.rest()) ?? [];
    if (code === undefined) this.fail('the identifier of a concept is expected, or *, or a bracket');
    this.#at += code.length;
    if (this.take('|')) {
      const end = this.#text.indexOf('|', this.#at);
      if (end < 0) this.fail('the name of the concept does not end with |');
      this.#at = end + 1;
    }
    return code;
  }

  /** @throws Misunderstood always */
  fail(message: string): never {
    throw new Misunderstood(message, this.#at);
  }
}

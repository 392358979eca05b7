/**
 * Where the resources of a Bundle stand in its text: each is cut out as it was written, so that its digits and its
 * order of members are kept and each is parsed once only.
 */

/** `[start, end)` of a JSON value in a text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Slices {
  /** By entry index; undefined where the entry has no resource object. */
  readonly resources: readonly (Span | undefined)[];
  /** The Bundle's text with each resource replaced by a small stand-in, so that the rest can be parsed and judged alone. */
  readonly skeleton: string;
}

/** What stands in the skeleton for a resource: the smallest one that is valid anywhere. */
const STAND_IN = '{"resourceType":"Parameters"}';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/**
 * Cuts a Bundle's text. Undefined where the text is not JSON of the expected shape: parsing it whole then tells why.
 * It looks at structure only and skips over values, so broken JSON inside a value is found later, by the parser.
 */
export function sliceBundle(text: string): Slices | undefined {
  const spans: (Span | undefined)[] = [];
  const top = members(text, skipSpace(text, 0), (key, at) =>
    key === 'entry' ? elements(text, at) : skipValue(text, at),
  );
  if (top < 0 || skipSpace(text, top) !== text.length) return undefined;
  let skeleton = '';
  let from = 0;
  for (const span of spans) {
    if (!span) continue;
    skeleton += text.slice(from, span.start) + STAND_IN;
    from = span.end;
  }
  return { resources: spans, skeleton: skeleton + text.slice(from) };

  function elements(within: string, at: number): number {
    if (within.charCodeAt(at) !== OPEN_BRACKET) return skipValue(within, at);
    let i = skipSpace(within, at + 1);
    if (within.charCodeAt(i) === CLOSE_BRACKET) return i + 1;
    for (;;) {
      i = entry(within, i);
      if (i < 0) return -1;
      i = skipSpace(within, i);
      const code = within.charCodeAt(i);
      if (code === CLOSE_BRACKET) return i + 1;
      if (code !== COMMA) return -1;
      i = skipSpace(within, i + 1);
    }
  }

  function entry(within: string, at: number): number {
    const index = spans.push(undefined) - 1;
    if (within.charCodeAt(at) !== OPEN_BRACE) return skipValue(within, at);
    return members(within, at, (key, value) => {
      const end = skipValue(within, value);
      if (key === 'resource' && within.charCodeAt(value) === OPEN_BRACE && end > 0)
        spans[index] = { start: value, end };
      return end;
    });
  }
}

/** Walks the members of the object at `at`; `visit` returns where the value ends. Returns the end of the object, or -1. */
function members(text: string, at: number, visit: (key: string, value: number) => number): number {
  if (text.charCodeAt(at) !== OPEN_BRACE) return -1;
  let i = skipSpace(text, at + 1);
  if (text.charCodeAt(i) === CLOSE_BRACE) return i + 1;
  for (;;) {
    if (text.charCodeAt(i) !== QUOTE) return -1;
    const keyEnd = skipString(text, i);
    if (keyEnd < 0) return -1;
    const key = text.slice(i + 1, keyEnd - 1);
    i = skipSpace(text, keyEnd);
    if (text.charCodeAt(i) !== COLON) return -1;
    i = visit(key, skipSpace(text, i + 1));
    if (i < 0) return -1;
    i = skipSpace(text, i);
    const code = text.charCodeAt(i);
    if (code === CLOSE_BRACE) return i + 1;
    if (code !== COMMA) return -1;
    i = skipSpace(text, i + 1);
  }
}

/** End of the value at `at`, or -1 where the text ends before it does. */
function skipValue(text: string, at: number): number {
  const first = text.charCodeAt(at);
  if (first === QUOTE) return skipString(text, at);
  if (first !== OPEN_BRACE && first !== OPEN_BRACKET) return skipWord(text, at);
  let depth = 0;
  for (let i = at; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) {
      i = skipString(text, i) - 1;
      if (i < 0) return -1;
    } else if (code === OPEN_BRACE || code === OPEN_BRACKET) depth++;
    else if ((code === CLOSE_BRACE || code === CLOSE_BRACKET) && --depth === 0) return i + 1;
  }
  return -1;
}

/** End of the string whose opening quotation mark is at `at`, or -1. */
function skipString(text: string, at: number): number {
  for (let i = text.indexOf('"', at + 1); i >= 0; i = text.indexOf('"', i + 1)) {
    let slashes = 0;
    while (text.charCodeAt(i - 1 - slashes) === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return i + 1;
  }
  return -1;
}

/** End of a number, true, false or null. */
function skipWord(text: string, at: number): number {
  let i = at;
  while (i < text.length && !',]} \t\r\n'.includes(text[i]!)) i++;
  return i > at ? i : -1;
}

function skipSpace(text: string, at: number): number {
  let i = at;
  for (; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) break;
  }
  return i;
}

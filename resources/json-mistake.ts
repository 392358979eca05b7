/** Where broken JSON is broken: V8's message often has no position, and never one that a person can look up. */

/** What is wrong, and at which offset. */
export interface Mistake {
  readonly offset: number;
  readonly expected: string;
}

/** A place in a text, both counted from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** The line and column of an offset. */
export function lineAndColumn(text: string, offset: number): Place {
  let line = 1;
  let start = 0;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) {
    line++;
    start = at + 1;
  }
  return { line, column: offset - start + 1 };
}

/**
 * Finds the first character that cannot stand where it stands.
 * @param text that JSON.parse refused
 * @returns its offset (the length of the text when it ends too early) and what is wrong, to follow a colon
 */
export function findMistake(text: string): Mistake {
  const closers: string[] = [];
  let at = skipSpace(text, 0);
  // What may come next; JSON needs no more memory than this and the stack of open brackets.
  let next: 'value' | 'first-value' | 'key' | 'first-key' | 'after' = 'value';
  for (;;) {
    if (next === 'after' && closers.length === 0)
      return { offset: at, expected: `${shown(text, at)} after the end of the JSON` };
    const char = text[at];
    if (next === 'after') {
      if (char === ',') {
        next = closers.at(-1) === '}' ? 'key' : 'value';
        at++;
      } else if (char === closers.at(-1)) {
        closers.pop();
        at++;
      } else return { offset: at, expected: `${shown(text, at)} where \`,\` or \`${closers.at(-1)}\` was expected` };
    } else if ((next === 'first-value' || next === 'first-key') && char === closers.at(-1)) {
      closers.pop();
      next = 'after';
      at++;
    } else if (next === 'key' || next === 'first-key') {
      if (char !== '"')
        return { offset: at, expected: `${shown(text, at)} where a member name in double quotes was expected` };
      const end = passString(text, at);
      if (typeof end !== 'number') return end;
      at = skipSpace(text, end);
      if (text[at] !== ':') return { offset: at, expected: `${shown(text, at)} where \`:\` was expected` };
      at++;
      next = 'value';
    } else if (char === '{' || char === '[') {
      closers.push(char === '{' ? '}' : ']');
      next = char === '{' ? 'first-key' : 'first-value';
      at++;
    } else {
      const end = passScalar(text, at);
      if (typeof end !== 'number') return end;
      at = end;
      next = 'after';
    }
    at = skipSpace(text, at);
  }
}

const space = /[ \t\r\n]*/y;
const scalar = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON strings end at them
const plainCharacters = /[^"\\\u0000-\u001f]*/y;
const escapes = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

function skipSpace(text: string, at: number): number {
  space.lastIndex = at;
  space.test(text);
  return space.lastIndex;
}

function passScalar(text: string, at: number): number | Mistake {
  if (text[at] === '"') return passString(text, at);
  scalar.lastIndex = at;
  if (!scalar.test(text)) return { offset: at, expected: `${shown(text, at)} where a value was expected` };
  return scalar.lastIndex;
}

function passString(text: string, start: number): number | Mistake {
  for (let at = start + 1; ; ) {
    plainCharacters.lastIndex = at;
    plainCharacters.test(text);
    at = plainCharacters.lastIndex;
    if (text[at] === '"') return at + 1;
    if (at >= text.length) return { offset: start, expected: 'a string that is never closed' };
    if (text[at] !== '\\')
      return { offset: at, expected: 'a control character inside a string, which must be escaped' };
    escapes.lastIndex = at;
    if (!escapes.test(text)) return { offset: at, expected: 'an escape that JSON does not have' };
    at = escapes.lastIndex;
  }
}

function shown(text: string, at: number): string {
  if (at >= text.length) return 'the end of the text';
  const point = text.codePointAt(at)!;
  // What cannot be seen is named: a byte order mark, a no-break space.
  if (point <= 0x20 || (point >= 0x7f && point < 0xa1) || point === 0xfeff || (point >= 0x2000 && point < 0x2030)) {
    return `the character U+${point.toString(16).toUpperCase().padStart(4, '0')}`;
  }
  return `\`${String.fromCodePoint(point)}\``;
}

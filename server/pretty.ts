/** `_pretty=true`: JSON text made easy to read without being parsed, so that each number stays as it was written. */

const INDENT = '  ';

/**
 * The same JSON with line breaks and indentation; whitespace outside strings is laid out anew, everything else is kept
 * character by character. `text` must be well-formed JSON.
 */
export function indentJson(text: string): string {
  const parts: string[] = [];
  let depth = 0;
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === OPEN_OBJECT || code === OPEN_ARRAY) {
      const next = skipSpace(text, at + 1);
      const closing = text.charCodeAt(next);
      if (closing === CLOSE_OBJECT || closing === CLOSE_ARRAY) {
        parts.push(text[at]!, text[next]!);
        at = next + 1;
        continue;
      }
      depth += 1;
      parts.push(text[at]!, newline(depth));
      at = next;
    } else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) {
      depth -= 1;
      parts.push(newline(depth), text[at]!);
      at += 1;
    } else if (code === COMMA) {
      parts.push(',', newline(depth));
      at += 1;
    } else if (code === COLON) {
      parts.push(': ');
      at += 1;
    } else if (isSpace(code)) {
      at += 1;
    } else {
      const end = code === QUOTE ? stringEnd(text, at) : scalarEnd(text, at);
      parts.push(text.slice(at, end));
      at = end;
    }
  }
  return parts.join('');
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

const newlines: string[] = [];

function newline(depth: number): string {
  newlines[depth] ??= `\n${INDENT.repeat(depth)}`;
  return newlines[depth];
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (isSpace(text.charCodeAt(at))) at += 1;
  return at;
}

/** Position after the closing quotation mark: one that an even number of backslashes precedes. */
function stringEnd(text: string, start: number): number {
  let end = start;
  do {
    end = text.indexOf('"', end + 1);
    if (end < 0) return text.length;
  } while (escaped(text, end));
  return end + 1;
}

function escaped(text: string, quote: number): boolean {
  let at = quote - 1;
  while (text.charCodeAt(at) === BACKSLASH) at -= 1;
  return (quote - at) % 2 === 0;
}

function scalarEnd(text: string, start: number): number {
  let at = start;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === COMMA || code === CLOSE_OBJECT || code === CLOSE_ARRAY || isSpace(code)) break;
  }
  return at;
}

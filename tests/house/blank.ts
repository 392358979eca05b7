/**
 * A light reader of TypeScript: enough to tell code from comments, strings, templates and patterns. TypeScript 7 has no
 * interface for other programs to ask.
 */

/** The text with comments and the contents of strings, templates and patterns replaced by blanks; line breaks stay. */
export function blank(text: string): string {
  const out = text.split('');
  /** Depth of braces at which each open `${` ends. */
  const templates: number[] = [];
  let depth = 0;
  let at = 0;
  const wipe = (from: number, to: number) => {
    for (let i = from; i < to; i++) if (out[i] !== '\n') out[i] = ' ';
  };
  while (at < text.length) {
    const one = text[at]!;
    const plain = endOfPlain(text, at);
    if (plain) {
      wipe(at + plain.keep, plain.end - plain.keep);
      at = plain.end;
      continue;
    }
    const resumes = one === '}' && templates.at(-1) === depth - 1;
    if (one === '}') depth--;
    if (one === '{') depth++;
    if (one !== '`' && !resumes) {
      at++;
      continue;
    }
    if (resumes) templates.pop();
    const end = endOfTemplate(text, at + 1);
    const opens = text[end - 1] === '{';
    wipe(at + 1, end - (opens ? 2 : 1));
    if (opens) templates.push(depth++);
    at = end;
  }
  return out.join('');
}

/** Places of text in code where a template begins, with what it says up to its end or first `${`. */
export function templatesOf(text: string, code: string): { at: number; says: string }[] {
  const found: { at: number; says: string }[] = [];
  for (let at = 0; at < text.length; at++) {
    // In blanked code only the two ends of a string remain.
    const quote = code[at]!;
    if (quote !== '`' && quote !== "'" && quote !== '"') continue;
    const end = quote === '`' ? endOfTemplate(text, at + 1) : closing(text, quote, at + 1);
    found.push({ at, says: text.slice(at + 1, end - 1) });
    at = end - 1;
  }
  return found;
}

/** The end of a comment, string or pattern that begins here, and how many characters of its ends stay. */
function endOfPlain(text: string, at: number): { end: number; keep: number } | undefined {
  const one = text[at]!;
  if (text.startsWith('//', at)) return { end: indexOrEnd(text, '\n', at), keep: 0 };
  if (text.startsWith('/*', at)) return { end: indexOrEnd(text, '*/', at + 2) + 2, keep: 0 };
  if (one === "'" || one === '"') return { end: closing(text, one, at + 1), keep: 1 };
  if (one === '/' && startsPattern(text, at)) return { end: endOfPattern(text, at + 1), keep: 1 };
  return undefined;
}

function indexOrEnd(text: string, wanted: string, from: number): number {
  const at = text.indexOf(wanted, from);
  return at < 0 ? text.length : at;
}

function closing(text: string, quote: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== quote && text[at] !== '\n') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

/** After the closing backtick, or after the brace of `${`. */
function endOfTemplate(text: string, from: number): number {
  let at = from;
  while (at < text.length) {
    if (text[at] === '\\') at += 2;
    else if (text[at] === '`') return at + 1;
    else if (text[at] === '$' && text[at + 1] === '{') return at + 2;
    else at++;
  }
  return at;
}

// A slash divides after a value and begins a pattern anywhere else.
function startsPattern(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - 40), at).trimEnd();
  const last = before.at(-1);
  if (last === undefined || '(,=:[!&|?{};+*%~^<>'.includes(last)) return true;
  return /\b(return|typeof|case|in|of|yield|await|void|else)$/.test(before);
}

function endOfPattern(text: string, from: number): number {
  let inClass = false;
  for (let at = from; at < text.length && text[at] !== '\n'; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '[') inClass = true;
    else if (text[at] === ']') inClass = false;
    else if (text[at] === '/' && !inClass) return at + 1;
  }
  return from;
}

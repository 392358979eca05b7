/** The functions in blanked code: where each begins, and over how many lines it goes. */
export function functionsOf(code: string): { line: number; lines: number }[] {
  const found: { line: number; lines: number }[] = [];
  for (const { 0: head, index } of code.matchAll(HEADS)) {
    const open = bodyOf(code, index + head.length);
    if (open === undefined) continue;
    const first = lineAt(code, index);
    found.push({ line: first, lines: lineAt(code, closingBrace(code, open)) - first + 1 });
  }
  return found;
}

/** `function name`, a method or constructor at the beginning of a line, and `=> {`. */
const HEADS =
  /\bfunction\b\s*\*?\s*\w*|^[ \t]+(?:(?:static|async|private|public|override|get|set)\s+)*[#\w]+(?=\s*(?:<[^>\n]*>)?\([^;]*?\)\s*(?::[^;={]*?)?\{)|=>\s*(?=\{)/gm;

const NO_METHOD = /^\s*(if|for|while|switch|catch|return|function|else|do|await|typeof)$/;

function bodyOf(code: string, from: number): number | undefined {
  const line = code.slice(code.lastIndexOf('\n', from - 1) + 1, from);
  if (NO_METHOD.test(line)) return undefined;
  let round = 0;
  for (let at = from; at < code.length; at++) {
    const one = code[at]!;
    if (one === '(' || one === '[') round++;
    else if (one === ')' || one === ']') round--;
    else if (round > 0) continue;
    else if (one === ';') return undefined;
    // A brace after `:`, `|`, `&`, `<` or `,` belongs to a type and not to the body.
    else if (one === '{' && /[:|&<,]\s*$/.test(code.slice(Math.max(0, at - 20), at))) at = closingBrace(code, at);
    else if (one === '{') return at;
  }
  return undefined;
}

function closingBrace(code: string, open: number): number {
  let depth = 0;
  for (let at = open; at < code.length; at++) {
    if (code[at] === '{') depth++;
    else if (code[at] === '}' && --depth === 0) return at;
  }
  return code.length;
}

function lineAt(code: string, at: number): number {
  return code.slice(0, at).split('\n').length;
}

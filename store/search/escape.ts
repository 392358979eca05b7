/** Escapes in search values: `\,` `\|` `\$` `\\`. https://hl7.org/fhir/R4/search.html#escaping */

/** Parts between separators that are not escaped; escapes stay in the parts. */
export function splitUnescaped(text: string, separator: ',' | '|' | '$'): string[] {
  if (!text.includes('\\')) return text.split(separator);
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === separator) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  parts.push(text.slice(from));
  return parts;
}

/** The text that was meant: a backslash stands for the character after it, before any other it is itself. */
export function unescaped(text: string): string {
  return text.includes('\\') ? text.replace(/\\([,|$\\])/g, '$1') : text;
}

/** Strings as they are compared: without case, accents and doubled spaces. https://hl7.org/fhir/R4/search.html#string */

/**
 * Letters without case (full folding: ß as ss) and without combining marks, spaces collapsed.
 * `Müller-Lüdenscheidt ` and `muller-ludenscheidt` become the same.
 */
export function normalise(text: string): string {
  if (plain.test(text)) return text.toLowerCase();
  const folded = text
    .normalize('NFD')
    .replace(marks, '')
    .toUpperCase()
    .toLowerCase()
    .normalize('NFD')
    .replace(marks, '');
  // The only letter whose small form depends on what follows.
  return unmarked(folded.replace(/ς/g, 'σ').replace(/\s+/g, ' ').trim());
}

/** The text with the separator of `res.str` replaced: a control character that no FHIR string may hold stands for it. */
export function unmarked(text: string): string {
  return text.includes('^') ? text.replaceAll('^', '\u001e') : text;
}

/** ASCII that needs nothing but its case changed: one blank at a time, none at the ends, no separator. */
const plain = /^[!-\]_-~]+(?: [!-\]_-~]+)*$/;
const marks = /\p{M}+/gu;

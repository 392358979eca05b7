/** Which languages a caller wants to read. https://hl7.org/fhir/R4/languages.html, https://www.rfc-editor.org/rfc/rfc9110#field.accept-language */
import { Fault } from '../resources/index.ts';

export interface Languages {
  /** As the caller wrote them. */
  readonly text: string;
  /** The wanted ones, best first. */
  readonly wanted: readonly string[];
  /** Whether the display that a system gives by itself will do where there is none in a wanted language. */
  readonly takesOthers: boolean;
}

/**
 * Reads `de-CH, de;q=0.9, *;q=0`.
 * @throws Fault `invalid-value` for what is no list of languages
 */
export function parseLanguages(text: string, expression = 'displayLanguage'): Languages {
  const parts = text.split(',').map((part) => {
    const [, tag, q] =
      /^\s*(\*|[a-z]{1,8}(?:-[a-z0-9]{1,8})*)\s*(?:;\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?\s*$/i.exec(part) ??
      [];
    if (tag === undefined) {
      throw new Fault('invalid-value', `Invalid displayLanguage: '${text.slice(0, 100)}'`, {
        findings: [
          {
            kind: 'invalid-value',
            text: `Invalid displayLanguage: '${text.slice(0, 100)}'`,
            expression,
            issue: 'processing',
            rule: 'INVALID_DISPLAY_NAME',
            hint: 'Write languages as in Accept-Language: de-CH, de;q=0.9.',
          },
        ],
      });
    }
    return { tag, q: q === undefined ? 1 : Number(q) };
  });
  const wanted = parts.filter(({ tag, q }) => tag !== '*' && q > 0).toSorted((a, b) => b.q - a.q);
  return {
    text,
    wanted: wanted.map(({ tag }) => tag),
    takesOthers: !parts.some(({ tag, q }) => tag === '*' && q === 0),
  };
}

/**
 * How well a language fits: the lower the better; undefined where it does not.
 * `de` fits `de-CH` (any German will do), and `de-CH` takes `de` where there is nothing nearer.
 */
export function closeness({ wanted }: Languages, language: string): number | undefined {
  for (const [index, tag] of wanted.entries()) {
    const [asked, given] = [tag.toLowerCase(), language.toLowerCase()];
    if (asked === given) return index * 3;
    if (given.startsWith(`${asked}-`)) return index * 3 + 1;
    if (asked.startsWith(`${given}-`)) return index * 3 + 2;
  }
  return undefined;
}

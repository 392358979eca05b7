/** A code system whose codes follow rules instead of standing in a list, or that the runtime knows by itself. */
export interface Grammar {
  readonly url: string;
  /** As CodeSystem.name tells it. */
  readonly name: string;
  readonly title: string;
  readonly caseSensitive: boolean;
  /** The code as the system writes it, and what it is called; undefined for what is no code of it. */
  find(code: string): { readonly code: string; readonly display: string } | undefined;
  /** Every code, where there is an end to them. */
  list?(): readonly string[];
}

/** The names that ICU has for things of a kind, in English; undefined for what it does not know. */
export function namesOf(type: 'language' | 'region' | 'script' | 'currency'): (code: string) => string | undefined {
  // 1 ms to open and some memory: not for whoever never asks.
  let names: Intl.DisplayNames | undefined;
  return (code) => {
    names ??= new Intl.DisplayNames(['en'], { type, fallback: 'none' });
    try {
      return names.of(code);
    } catch {
      return undefined;
    }
  };
}

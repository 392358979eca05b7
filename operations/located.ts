/** Findings with the line and column at which their elements stand in what was sent. */
import { Fault, type Finding, placesOf } from '../resources/index.ts';

/**
 * The findings, each with its line and column in the text, where that is not too long.
 * @param offset where the resource begins in the text, whose element paths the findings tell
 */
export function located(findings: readonly Finding[], text: string, offset = 0): Finding[] {
  if (text.length > TEXT_MAX) return [...findings];
  const placed = findings.filter(({ expression }) => expression !== undefined && ELEMENT.test(expression));
  if (placed.length === 0) return [...findings];
  const places = placesOf(
    text,
    placed.map(({ expression }) => expression!),
    offset,
  );
  const byFinding = new Map(placed.map((finding, i) => [finding, places[i]!]));
  return findings.map((finding) => ({ ...finding, ...byFinding.get(finding) }));
}

/** Looking through a longer text would hold up others; nobody counts the lines of one. */
const TEXT_MAX = 4 * 2 ** 20;

/** Names of parameters and headers stand in no text. */
const ELEMENT = /^(?:[A-Z]|resourceType$)/;

/** The same fault with the places of its findings; anything else as it is. */
export function locatedFault(error: unknown, text: string): unknown {
  if (!(error instanceof Fault)) return error;
  const { kind, message, headers, about, cause } = error;
  return new Fault(kind, message, { findings: located(error.findings, text), headers: { ...headers }, about, cause });
}

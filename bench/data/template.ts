/**
 * Resources as text with holes. Building a resource costs more than sending it: the driver builds each once, before the
 * clock runs, and then only joins strings, so that its own work stays small beside the server's.
 */

/** What differs from one sending of a template to the next. Private-use characters, which no record holds otherwise. */
export const HOLES = {
  /** Makes identifiers unique. */
  serial: '\uE000',
  /** Digits that an update changes (a telephone extension, a note). */
  change: '\uE001',
  /** A decimal that an update changes; in quotes in the template, a bare number with two decimals when filled. */
  amount: '\uE002',
  /** The id of a resource to refer to. */
  Patient: '\uE010',
  Encounter: '\uE011',
  Practitioner: '\uE012',
  Organization: '\uE013',
  Location: '\uE014',
  Claim: '\uE015',
} as const;

export type Hole = keyof typeof HOLES;
/** The text for each hole; a template that has a hole with no text here is refused when it is filled. */
export type Filling = Partial<Record<Hole, string>>;

/** Text between holes, and the hole after each text but the last. */
export interface Template {
  readonly type: string;
  readonly parts: readonly string[];
  readonly holes: readonly Hole[];
}

const BY_CHARACTER = new Map<string, Hole>(Object.entries(HOLES).map(([name, text]) => [text, name as Hole]));

/** A value that JSON writes as a string; typed as the number that it becomes when the template is filled. */
export function amountHole(): number {
  return HOLES.amount as unknown as number;
}

/** A number with its digits as written: `decimal('5.40')` is sent as 5.40. */
export function decimal(digits: string): number {
  return raw(digits) as number;
}

/** A resource (or Bundle) with holes → its template. `type` is only a label. */
export function toTemplate(type: string, resource: object): Template {
  const parts: string[] = [];
  const holes: Hole[] = [];
  const text = JSON.stringify(resource);
  let from = 0;
  for (const match of text.matchAll(/"\uE002"|[\uE000-\uE0FF]/g)) {
    parts.push(text.slice(from, match.index));
    holes.push(BY_CHARACTER.get(match[0].length === 3 ? HOLES.amount : match[0])!);
    from = match.index + match[0].length;
  }
  parts.push(text.slice(from));
  return { type, parts, holes };
}

/** The text of one resource; throws where `filling` lacks a hole of the template. */
export function fill(template: Template, filling: Filling): string {
  let text = template.parts[0]!;
  for (let n = 0; n < template.holes.length; n++) {
    const value = filling[template.holes[n]!];
    if (value === undefined) throw new Error(`A ${template.type} template needs a value for ${template.holes[n]}.`);
    text += value + template.parts[n + 1]!;
  }
  return text;
}

/** What the holes `change` and `amount` hold after `count` changes: never the same twice in a row. */
export function changed(count: number): { change: string; amount: string } {
  return { change: String(1000 + (count % 9000)), amount: `${60 + (count % 90)}.${(count * 7) % 10}0` };
}

// JSON.rawJSON is in Node 26 and not yet in TypeScript's library.
const raw = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON;

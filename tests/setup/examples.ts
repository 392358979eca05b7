/** The examples of a page of docs/: requests and what is promised of their answers. */
import { readFileSync } from 'node:fs';

export interface Example {
  readonly line: number;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers: Record<string, string>;
    readonly body: string | undefined;
  };
  readonly response: { readonly status: number; readonly headers: Record<string, string>; readonly body: unknown };
}

/** Values of `{names}` that earlier answers of a page told. */
export type Captured = Map<string, string>;

const BLOCK = /```http (request|response)\n(.*?)\n```/gs;

/** The examples of a page, in order. @throws Error for a request without a response or the other way round */
export function readExamples(file: URL): Example[] {
  const text = readFileSync(file, 'utf8');
  const blocks = [...text.matchAll(BLOCK)].map((match) => ({
    kind: match[1]!,
    text: match[2]!,
    line: text.slice(0, match.index).split('\n').length,
  }));
  const examples: Example[] = [];
  for (let i = 0; i < blocks.length; i += 2) {
    const [asked, told] = [blocks[i]!, blocks[i + 1]];
    if (asked.kind !== 'request' || told?.kind !== 'response')
      throw new Error(`Line ${asked.line}: a request needs its response right after it.`);
    examples.push({ line: asked.line, request: readRequest(asked.text), response: readResponse(told.text) });
  }
  return examples;
}

/** The text with each `{name}` that is known replaced. */
export function fill(text: string, captured: Captured): string {
  return text.replace(/\{([a-z]+)\}/g, (whole, name: string) => captured.get(name) ?? whole);
}

/**
 * What of `promised` does not hold of `actual`: members not promised may be there, `…` stands for anything, `{name}` for
 * a value that is the same wherever the page names it.
 */
export function differences(promised: unknown, actual: unknown, captured: Captured, place = 'body'): string[] {
  if (promised === '…') return actual === undefined ? [`${place} is missing`] : [];
  if (typeof promised === 'string' && typeof actual === 'string')
    return textMatches(promised, actual, captured)
      ? []
      : [`${place} is ${JSON.stringify(actual)}, not ${JSON.stringify(promised)}`];
  if (Array.isArray(promised)) {
    if (!Array.isArray(actual) || actual.length !== promised.length)
      return [`${place} is ${JSON.stringify(actual)?.slice(0, 300)}, not ${promised.length} items`];
    return promised.flatMap((item, i) => differences(item, actual[i], captured, `${place}[${i}]`));
  }
  if (typeof promised === 'object' && promised !== null) {
    if (typeof actual !== 'object' || actual === null) return [`${place} is ${JSON.stringify(actual)}`];
    return Object.entries(promised).flatMap(([key, value]) =>
      differences(value, (actual as any)[key], captured, `${place}.${key}`),
    );
  }
  return Object.is(promised, actual) ? [] : [`${place} is ${JSON.stringify(actual)}, not ${JSON.stringify(promised)}`];
}

function textMatches(promised: string, actual: string, captured: Captured): boolean {
  const names: string[] = [];
  const pattern = fill(promised, captured)
    .split(/(\{[a-z]+\})/)
    .map((part) => {
      if (!/^\{[a-z]+\}$/.test(part)) return RegExp.escape(part);
      names.push(part.slice(1, -1));
      return '([A-Za-z0-9.-]+)';
    })
    .join('');
  const match = new RegExp(`^${pattern}$`, 's').exec(actual);
  if (!match) return false;
  for (const [i, name] of names.entries()) captured.set(name, match[i + 1]!);
  return true;
}

function readRequest(text: string): Example['request'] {
  const { first, headers, body } = readMessage(text);
  const [method = '', path = ''] = first.split(' ');
  return { method, path, headers, body };
}

function readResponse(text: string): Example['response'] {
  const { first, headers, body } = readMessage(text);
  return { status: Number.parseInt(first, 10), headers, body: body === undefined ? undefined : JSON.parse(body) };
}

function readMessage(text: string): { first: string; headers: Record<string, string>; body: string | undefined } {
  const [head = '', ...rest] = text.split('\n\n');
  const [first = '', ...lines] = head.split('\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  return { first, headers, body: rest.length > 0 ? rest.join('\n\n') : undefined };
}

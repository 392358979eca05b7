/** Files of any length, line by line. */
import { isUtf8 } from 'node:buffer';
import { broken } from './broken.ts';

export interface Line {
  readonly text: string;
  /** From 1. */
  readonly number: number;
}

/** How the bytes of a file are to be read: some publishers mix UTF-8 with Windows-1252. */
export type Encoding = 'utf-8' | 'utf-8 or windows-1252';

/** Bytes of one line; a release with a longer one is none. */
export const LINE_BYTES_MAX = 1_000_000;

const NEWLINE = 0x0a;
const MARK = '\uFEFF';

/**
 * @param chunks the content of the file `name`
 * @throws Refusal with the line that is too long, or that is no text
 */
export async function* linesOf(
  name: string,
  chunks: AsyncIterable<Buffer>,
  encoding: Encoding = 'utf-8',
): AsyncGenerator<readonly Line[]> {
  let number = 0;
  let rest: Buffer = Buffer.alloc(0);
  const lineOf = (bytes: Buffer): Line => {
    number++;
    if (bytes.length > LINE_BYTES_MAX) throw broken(name, number, `it has more than ${LINE_BYTES_MAX} bytes`);
    const text = decoded(name, number, bytes, encoding).replace(/\r$/, '');
    return { text: number === 1 && text.startsWith(MARK) ? text.slice(1) : text, number };
  };
  for await (const chunk of chunks) {
    const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    const lines: Line[] = [];
    let from = 0;
    for (let to = bytes.indexOf(NEWLINE); to >= 0; to = bytes.indexOf(NEWLINE, from)) {
      lines.push(lineOf(bytes.subarray(from, to)));
      from = to + 1;
    }
    rest = bytes.subarray(from);
    if (rest.length > LINE_BYTES_MAX) throw broken(name, number + 1, `it has more than ${LINE_BYTES_MAX} bytes`);
    if (lines.length > 0) yield lines;
  }
  if (rest.length > 0) yield [lineOf(rest)];
}

function decoded(name: string, line: number, bytes: Buffer, encoding: Encoding): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  if (encoding === 'utf-8') throw broken(name, line, 'it is not UTF-8 text', 'Save the file as UTF-8.');
  return windows.decode(bytes);
}

const windows = new TextDecoder('windows-1252');

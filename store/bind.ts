/**
 * The message that gives a statement its values, in pieces: what is long goes to the socket as it is. The driver copies
 * each value twice, into buffers that grow half again whenever they are full; of a large transaction that left 60 MB behind.
 * https://www.postgresql.org/docs/current/protocol-message-formats.html#PROTOCOL-MESSAGE-FORMATS-BIND
 */

/** A value as it travels: text, or binary where it is bytes. */
export type WireValue = string | Buffer | null;

/** From this length on another write to the socket costs less than a copy. */
const LONG = 16 * 1024;

/** Whether a statement has a value that is worth a message in pieces. */
export function hasLong(values: readonly WireValue[]): boolean {
  return values.some((value) => Buffer.isBuffer(value) && value.length >= LONG);
}

/**
 * The Bind message for the unnamed portal, results in text form. Pure.
 * @param statement name of the prepared statement, ASCII
 * @returns pieces to be written one after the other; long values are among them, not copied
 */
export function bindMessage(statement: string, values: readonly WireValue[]): Buffer[] {
  const bytes = values.map((value) => (typeof value === 'string' ? Buffer.from(value) : value));
  const head = Buffer.allocUnsafe(1 + 4 + 1 + statement.length + 1 + 2 + 2 * values.length + 2);
  let at = 5;
  at = head.writeUInt8(0, at);
  at += head.write(statement, at, 'latin1');
  at = head.writeUInt8(0, at);
  at = head.writeInt16BE(values.length, at);
  for (const value of values) at = head.writeInt16BE(Buffer.isBuffer(value) ? 1 : 0, at);
  head.writeInt16BE(values.length, at);
  const pieces: Buffer[] = [head];
  let short: Buffer[] = [];
  for (const value of bytes) {
    const length = Buffer.allocUnsafe(4);
    length.writeInt32BE(value?.length ?? -1);
    short.push(length);
    if (value && value.length < LONG) short.push(value);
    if (!value || value.length < LONG) continue;
    pieces.push(Buffer.concat(short), value);
    short = [];
  }
  pieces.push(Buffer.concat([...short, RESULTS_AS_TEXT]));
  head.write('B', 0, 'latin1');
  head.writeInt32BE(pieces.reduce((sum, { length }) => sum + length, 0) - 1, 1);
  return pieces;
}

/** One format code for all columns of the results: 0, text. */
const RESULTS_AS_TEXT = Buffer.from([0, 1, 0, 0]);

/**
 * Bodies: received with a limit, inflated with the same limit, decoded as UTF-8 and nothing else.
 * https://hl7.org/fhir/R4/http.html#mime-type (UTF-8), RFC 9110, 8.4 (Content-Encoding)
 */
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import { Fault } from '../resources/index.ts';

/** Memory that the bodies of all requests under way share. */
export interface BodyRoom {
  readonly bytesMax: number;
  held: number;
}

/** Thrown where the client went away: there is nobody left to answer. */
export class HangUp extends Error {
  override readonly name = 'HangUp';
}

/** Whether a request brings a body at all. RFC 9112, 6: it does where one of these two headers is there. */
export function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length'];
  return (length !== undefined && length !== '0') || headers['transfer-encoding'] !== undefined;
}

/** How long a body may be, and what is told where it is longer. */
export interface BodyLimit {
  /** Counts what was inflated. */
  readonly bytesMax: number;
  readonly tooLarge: (bytesMax: number) => Fault;
}

/**
 * The body as it is, inflated.
 * @param hold is told of each piece that is kept, and may refuse it by throwing
 * @throws Fault `too-large`, `throttled`, `unsupported-media-type` for an unknown Content-Encoding, `invalid-request` for
 * broken compression; HangUp where the client leaves before the end
 */
export async function receiveBody(
  request: IncomingMessage,
  response: ServerResponse,
  limit: BodyLimit,
  hold: (bytes: number) => void,
): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > limit.bytesMax) throw limit.tooLarge(limit.bytesMax);
  const inflate = inflater(request.headers['content-encoding']);
  // The client waits for this word where it sent Expect: 100-continue.
  if (request.headers.expect !== undefined) response.writeContinue();
  const chunks = await collect(request, inflate, limit, hold);
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
}

/** The text of a body, without a byte order mark. @throws Fault `invalid-request` for what is not UTF-8 */
export function decodeBody(bytes: Buffer): string {
  if (!isUtf8(bytes)) {
    throw new Fault('invalid-request', `The body is not UTF-8: byte ${firstBadByte(bytes)} cannot stand there.`, {
      hint: 'Encode the text in UTF-8; FHIR allows no other encoding.',
    });
  }
  return bytes.toString('utf8', bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0);
}

/** What is told of a body that is too long to be taken. */
export function bodyTooLarge(bytesMax: number): Fault {
  return new Fault('too-large', `The body is longer than ${bytesMax} bytes.`, {
    hint: 'Send it in several parts, or raise VESTA_LIMIT_BODY_BYTES.',
  });
}

/** Takes room for a piece of a body. @throws Fault `throttled` where the bodies of all requests together need too much */
export function holdRoom(room: BodyRoom, bytes: number): void {
  if (room.held + bytes > room.bytesMax) {
    throw new Fault('throttled', 'Too many large bodies are being received at this moment.', {
      hint: 'Send it again in a few seconds.',
      headers: { 'Retry-After': '5' },
    });
  }
  room.held += bytes;
}

type Inflater = Readable & NodeJS.WritableStream;

const inflaters: Readonly<Record<string, () => Inflater>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
};

function inflater(encoding: string | undefined): Inflater | undefined {
  const name = encoding?.trim().toLowerCase() ?? '';
  if (name === '' || name === 'identity') return undefined;
  if (Object.hasOwn(inflaters, name)) return inflaters[name]!();
  throw new Fault(
    'unsupported-media-type',
    `A body with Content-Encoding ${JSON.stringify(name.slice(0, 40))} cannot be read.`,
    {
      hint: 'Send it plain, or with one of gzip, deflate, br, zstd.',
      // RFC 9110, 15.5.16: tells that the encoding, not the type, was the reason.
      headers: { 'Accept-Encoding': 'gzip, deflate, br, zstd' },
    },
  );
}

function collect(
  request: IncomingMessage,
  inflate: Inflater | undefined,
  { bytesMax, tooLarge }: BodyLimit,
  hold: (bytes: number) => void,
): Promise<Buffer[]> {
  return new Promise((resolve, reject) => {
    const source: Readable = inflate ?? request;
    const chunks: Buffer[] = [];
    let bytes = 0;
    source.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      try {
        if (bytes > bytesMax) throw tooLarge(bytesMax);
        hold(chunk.length);
        chunks.push(chunk);
      } catch (error) {
        stop(error);
      }
    });
    source.on('end', () => resolve(chunks));
    // Comes after an abort too; without a listener for it, Node keeps the error of the connection to itself.
    request.on('close', () => {
      if (!request.complete) stop(new HangUp('The client left while it sent the body.'));
    });
    if (inflate) {
      inflate.once('error', (cause) => stop(badEncoding(request.headers['content-encoding']!, cause)));
      request.pipe(inflate);
    }

    function stop(error: unknown): void {
      source.removeAllListeners('data');
      chunks.length = 0;
      if (inflate) {
        request.unpipe(inflate);
        inflate.destroy();
      }
      // What is still on its way is let through unseen, so that the client can read the answer.
      request.resume();
      reject(error);
    }
  });
}

/** Decoding replaces what is bad, so the first difference after encoding again is the place. */
function firstBadByte(bytes: Buffer): number {
  const mended = Buffer.from(bytes.toString('utf8'), 'utf8');
  let at = 0;
  while (at < bytes.length && bytes[at] === mended[at]) at += 1;
  return at;
}

function badEncoding(encoding: string, cause: unknown): Fault {
  return new Fault('invalid-request', `The body is not what Content-Encoding says (${encoding.slice(0, 40)}).`, {
    cause,
  });
}

/** What is said on a connection whose bytes are no HTTP request, before it ends. */
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type FaultKind, toOutcome } from '../resources/index.ts';

/**
 * Answers a fault of the HTTP parser or of its timers with an OperationOutcome and ends the connection. Nothing is
 * said where the connection is gone, or where an answer has begun: a second one would be taken for part of the first.
 */
export function answerConnectionFault(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable || hasBegun(socket)) {
    socket.destroy();
    return;
  }
  const [status, kind, text, hint] = faults[error.code ?? ''] ?? MALFORMED;
  const body = JSON.stringify(toOutcome([{ kind, text, hint }]));
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/fhir+json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

type Row = readonly [status: number, kind: FaultKind, text: string, hint: string];

const MALFORMED: Row = [
  400,
  'invalid-request',
  'What was sent is not an HTTP request.',
  'Send HTTP/1.1; TLS (https) is not spoken on this port.',
];

const faults: Readonly<Record<string, Row>> = {
  HPE_HEADER_OVERFLOW: [
    431,
    'too-large',
    'The URL and the headers of the request are too long together.',
    'Search by POST to [type]/_search, with the parameters in the body as a form.',
  ],
  ERR_HTTP_REQUEST_TIMEOUT: [
    408,
    'timeout',
    'The request did not arrive in time.',
    'Send it again over a faster connection.',
  ],
};

/** Node keeps the answer under way in `_httpMessage`; there is no public way to ask. */
function hasBegun(socket: Duplex): boolean {
  const message = (socket as Duplex & { _httpMessage?: { headersSent?: boolean } })._httpMessage;
  return message?.headersSent === true;
}

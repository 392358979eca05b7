/** One client of the closed loop: a connection of its own, one request at a time. */
import { Client } from 'undici';

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly etag: string | undefined;
  readonly location: string | undefined;
  readonly body: string;
}

export interface Line {
  send(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: string, prefer?: string): Promise<Answer>;
  close(): Promise<void>;
}

/** Opens a line to `origin` (http://127.0.0.1:8080). Requests that take longer than a minute fail. */
export function openLine(origin: string): Line {
  const client = new Client(origin, {
    pipelining: 1,
    headersTimeout: 60_000,
    bodyTimeout: 60_000,
    keepAliveTimeout: 600_000,
    keepAliveMaxTimeout: 600_000,
  });
  return {
    send(method, path, body, prefer) {
      const headers: Record<string, string> = { accept: 'application/fhir+json' };
      if (body !== undefined) headers['content-type'] = 'application/fhir+json';
      if (prefer !== undefined) headers.prefer = prefer;
      return new Promise((resolve, reject) => {
        // dispatch instead of request: no stream object per answer, which halves the driver's own work.
        client.dispatch({ method, path, headers, body: body ?? null }, gather(resolve, reject));
      });
    },
    close: () => client.close(),
  };
}

function gather(resolve: (answer: Answer) => void, reject: (error: Error) => void) {
  let status = 0;
  let etag: string | undefined;
  let location: string | undefined;
  const chunks: Buffer[] = [];
  return {
    onRequestStart() {},
    onResponseStart(_controller: unknown, statusCode: number, headers: Record<string, string | string[] | undefined>) {
      status = statusCode;
      etag = headers.etag as string | undefined;
      location = headers.location as string | undefined;
    },
    onResponseData(_controller: unknown, chunk: Buffer) {
      chunks.push(chunk);
    },
    onResponseEnd() {
      const body = chunks.length === 1 ? chunks[0]!.toString() : Buffer.concat(chunks).toString();
      resolve({ status, etag, location, body });
    },
    onResponseError(_controller: unknown, error: Error) {
      reject(error);
    },
  };
}

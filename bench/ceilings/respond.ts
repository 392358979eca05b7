/** How the ceilings answer, and the few lines that two of them share. */
import type { FastifyReply } from 'fastify';

export const MIME = 'application/fhir+json; charset=utf-8';

/** Sends one resource text with the headers that FHIR asks of a version. */
export function sendVersion(
  reply: FastifyReply,
  status: number,
  version: number,
  updated: Date,
  text: string,
): FastifyReply {
  return reply
    .code(status)
    .header('content-type', MIME)
    .header('etag', `W/"${version}"`)
    .header('last-modified', updated.toUTCString())
    .send(text);
}

/** Sends a refusal as an OperationOutcome. */
export function refuse(reply: FastifyReply, status: number, code: string, text: string): FastifyReply {
  const outcome = { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code, details: { text } }] };
  return reply.code(status).header('content-type', MIME).send(JSON.stringify(outcome));
}

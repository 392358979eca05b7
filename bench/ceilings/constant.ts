/** Ceiling 1: Fastify that answers every read with the same text. No server on Fastify can be faster than this. */
import type { FastifyInstance } from 'fastify';
import { MIME } from './respond.ts';

const ID = '019f0000-0000-7000-8000-000000000000';
const PATIENT = JSON.stringify({
  resourceType: 'Patient',
  id: ID,
  meta: { versionId: '1', lastUpdated: '2026-01-05T09:30:00.000Z' },
  identifier: [{ system: 'http://hospital.example.org/mrn', value: 'MR-4711' }],
  name: [{ use: 'official', family: 'Cormier', given: ['Grace', 'Hanna'] }],
  text: { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml">${'A constant. '.repeat(110)}</div>` },
});

/** Adds the constant read to `app`. */
export function serveConstant(app: FastifyInstance): void {
  app.get('/fhir/:type/:id', (_request, reply) => {
    reply.header('content-type', MIME).header('etag', 'W/"1"').send(PATIENT);
  });
}

/** Ceiling 3: Fastify, JSON.parse, id and meta stamped, and one statement that writes the current and the history row. */
import { randomUUIDv7 } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { Pool } from 'pg';
import { refuse, sendVersion } from './respond.ts';
import type { Statements } from './tables.ts';

type Typed = { Params: { type: string }; Body: string };
type Keyed = { Params: { type: string; id: string }; Body: string };

/** Adds create, update and delete to `app`. No check, no search index: that is what makes it a ceiling. */
export function serveWrite(app: FastifyInstance, pool: Pool, sql: Statements): void {
  app.post<Typed>('/fhir/:type', async (request, reply) => {
    const updated = new Date();
    const id = randomUUIDv7();
    const { type } = request.params;
    const text = stamp(request.body, id, '1', updated);
    await pool.query({ name: 'create', text: sql.create, values: [type, id, updated, text] });
    reply.header('location', `${type}/${id}/_history/1`);
    return sendVersion(reply, 201, 1, updated, text);
  });
  app.put<Keyed>('/fhir/:type/:id', async (request, reply) => {
    const { type, id } = request.params;
    const updated = new Date();
    const text = stamp(request.body, id, UNKNOWN_VERSION, updated);
    const found = await pool.query({ name: 'update', text: sql.update, values: [type, id, updated, text] });
    const version = found.rows[0]?.version;
    if (version === undefined) return refuse(reply, 404, 'not-found', `There is no ${type}/${id} to update.`);
    const answer = text.replace(`"versionId":"${UNKNOWN_VERSION}"`, `"versionId":"${version}"`);
    return sendVersion(reply, 200, version, updated, answer);
  });
  app.delete<Keyed>('/fhir/:type/:id', async (request, reply) => {
    const { type, id } = request.params;
    await pool.query({ name: 'delete', text: sql.delete, values: [type, id, new Date()] });
    return reply.code(204).send();
  });
}

// Stands in the answer until Postgres has told the version.
const UNKNOWN_VERSION = '?';

function stamp(body: string, id: string, version: string, updated: Date): string {
  const resource = JSON.parse(body);
  resource.id = id;
  resource.meta = { ...resource.meta, versionId: version, lastUpdated: updated.toISOString() };
  return JSON.stringify(resource);
}

/** Ceiling 2: Fastify and one prepared select by primary key; the versions of one resource by the same key. */
import type { FastifyInstance } from 'fastify';
import type { Pool } from 'pg';
import { MIME, refuse, sendVersion } from './respond.ts';
import type { Statements } from './tables.ts';

interface Row {
  version: number;
  updated: Date;
  method: string;
  text: string | null;
}
type Keyed = { Params: { type: string; id: string } };

/** Adds read and instance history to `app`. */
export function serveSelect(app: FastifyInstance, pool: Pool, sql: Statements): void {
  app.get<Keyed>('/fhir/:type/:id', async (request, reply) => {
    const { type, id } = request.params;
    const row = (await pool.query<Row>({ name: 'read', text: sql.read, values: [type, id] })).rows[0];
    if (row === undefined) return refuse(reply, 404, 'not-found', `There is no ${type}/${id}.`);
    if (row.text === null) return refuse(reply, 410, 'deleted', `${type}/${id} was deleted.`);
    return sendVersion(reply, 200, row.version, row.updated, row.text);
  });
  app.get<Keyed>('/fhir/:type/:id/_history', async (request, reply) => {
    const { type, id } = request.params;
    const { rows } = await pool.query<Row>({ name: 'history', text: sql.history, values: [type, id] });
    if (rows.length === 0) return refuse(reply, 404, 'not-found', `There is no ${type}/${id}.`);
    return reply.header('content-type', MIME).send(toBundle(type, id, rows));
  });
}

function toBundle(type: string, id: string, rows: Row[]): string {
  const entries = rows.map((row) => {
    const resource = row.text === null ? '' : `"resource":${row.text},`;
    const request = `"request":{"method":"${row.method}","url":"${type}/${id}"}`;
    return `{"fullUrl":"${type}/${id}",${resource}${request},"response":{"status":"200","etag":"W/\\"${row.version}\\""}}`;
  });
  return `{"resourceType":"Bundle","type":"history","total":${rows.length},"entry":[${entries.join(',')}]}`;
}

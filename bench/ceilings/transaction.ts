/** Ceiling 4: Fastify, JSON.parse, ids assigned, and all rows of a transaction Bundle inserted by one statement. */
import { randomUUIDv7 } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { Pool } from 'pg';
import { MIME } from './respond.ts';
import type { Statements } from './tables.ts';

/** Adds the transaction of POST entries to `app`. References between the entries stay as they were sent. */
export function serveTransaction(app: FastifyInstance, pool: Pool, sql: Statements): void {
  app.post<{ Body: string }>('/fhir', async (request, reply) => {
    const updated = new Date();
    const lastUpdated = updated.toISOString();
    const bundle = JSON.parse(request.body);
    const resources = bundle.entry.map((entry: { resource: any }) => {
      const { resource } = entry;
      resource.id = randomUUIDv7();
      resource.meta = { ...resource.meta, versionId: '1', lastUpdated };
      return resource;
    });
    await pool.query({ name: 'transaction', text: sql.transaction, values: [JSON.stringify(resources), updated] });
    const entry = resources.map((resource: { resourceType: string; id: string }) => ({
      response: {
        status: '201 Created',
        location: `${resource.resourceType}/${resource.id}/_history/1`,
        etag: 'W/"1"',
        lastModified: lastUpdated,
      },
    }));
    return reply
      .header('content-type', MIME)
      .send(JSON.stringify({ resourceType: 'Bundle', type: 'transaction-response', entry }));
  });
}

/**
 * One ceiling as a process of its own:
 *   node bench/ceilings/main.ts --port N --serve constant
 *   node bench/ceilings/main.ts --port N --serve bare --database URL --layout twice
 */
import { parseArgs } from 'node:util';
import { fastify } from 'fastify';
import pg from 'pg';
import { serveConstant } from './constant.ts';
import { serveSelect } from './select.ts';
import { type Layout, statements, TABLES } from './tables.ts';
import { serveTransaction } from './transaction.ts';
import { serveWrite } from './write.ts';

const POOL_SIZE = 8;
const BODY_BYTES_MAX = 100 * 1024 * 1024;

const { values } = parseArgs({
  options: {
    port: { type: 'string' },
    serve: { type: 'string' },
    database: { type: 'string' },
    layout: { type: 'string', default: 'once' },
  },
});
const app = fastify({ bodyLimit: BODY_BYTES_MAX });
const passText = (_request: unknown, body: string | Buffer, done: (error: null, body: string | Buffer) => void): void =>
  done(null, body);
app.addContentTypeParser('application/fhir+json', { parseAs: 'string' }, passText);
app.get('/readyz', (_request, reply) => reply.send('ready'));

if (values.serve === 'constant') serveConstant(app);
else await serveBare(values.database!, values.layout as Layout);

process.once('SIGTERM', () => {
  app.close().then(() => process.exit(0));
});
await app.listen({ port: Number(values.port), host: '127.0.0.1' });

async function serveBare(database: string, layout: Layout): Promise<void> {
  // Statements by key have one plan; without this, Postgres plans an update again at every execution.
  const options = '-c plan_cache_mode=force_generic_plan -c timezone=UTC';
  const pool = new pg.Pool({
    connectionString: database,
    max: POOL_SIZE,
    min: POOL_SIZE,
    idleTimeoutMillis: 0,
    options,
  });
  await pool.query(TABLES);
  app.addHook('onClose', () => pool.end());
  const sql = statements(layout);
  serveSelect(app, pool, sql);
  serveWrite(app, pool, sql);
  serveTransaction(app, pool, sql);
}

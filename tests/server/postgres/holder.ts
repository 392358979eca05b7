/** A process of its own that opens a data folder and holds it until it is killed: what a running server is. */
import { openPostgres } from '../../../server/postgres/index.ts';

const [folder = ''] = process.argv.slice(2);
const postgres = await openPostgres({ folder, purpose: 'npm start', say: () => {}, durable: true });
process.stdout.write(`${JSON.stringify(postgres.connection)}\n`);
process.once('SIGTERM', () => postgres.close().then(() => process.exit(0)));
setInterval(() => {}, 60_000);

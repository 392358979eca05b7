/** Run by metrics.test.ts as a process of its own: two workers count, one of them is asked for the page. */
import cluster from 'node:cluster';
import { openMetrics, shareClusterMetrics } from '../../server/metrics.ts';

if (cluster.isPrimary) {
  shareClusterMetrics();
  const pages = [3, 4].map((reads) => forkWith(reads)).map((worker) => untilCounted(worker));
  const [first] = await Promise.all(pages);
  first!.send('page');
  first!.on('message', (message: { page?: string }) => {
    if (typeof message.page !== 'string' || 'kind' in message) return;
    process.stdout.write(message.page, () => process.exit(0));
  });
} else {
  const metrics = openMetrics({ inFlight: () => 1, pools: () => [] });
  for (let read = 0; read < Number(process.argv[2]); read += 1) metrics.request('read', 200, 0.001);
  process.on('message', async (message) => {
    if (message === 'page') process.send!({ page: await metrics.page() });
  });
  process.send!('counted');
}

function forkWith(reads: number): ReturnType<typeof cluster.fork> {
  cluster.setupPrimary({ args: [`${reads}`] });
  return cluster.fork();
}

function untilCounted(worker: ReturnType<typeof cluster.fork>): Promise<typeof worker> {
  return new Promise((resolve) => {
    worker.on('message', (message) => {
      if (message === 'counted') resolve(worker);
    });
  });
}

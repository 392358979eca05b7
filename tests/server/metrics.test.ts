import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { openMetrics } from '../../server/metrics.ts';
import { openTestDoor } from './door.ts';

describe('openMetrics', () => {
  it('counts requests by interaction and status, with their times', async () => {
    const metrics = openMetrics({ inFlight: () => 4, pools: () => [] });
    metrics.request('read', 200, 0.003);
    metrics.request('read', 200, 0.2);
    metrics.request('create', 422, 0.01);
    metrics.bug();
    const page = await metrics.page();
    expect(page).toContain('vesta_requests_total{interaction="read",status="200"} 2');
    expect(page).toContain('vesta_requests_total{interaction="create",status="422"} 1');
    expect(page).toContain('vesta_request_seconds_bucket{le="0.005",interaction="read"} 1');
    expect(page).toContain('vesta_request_seconds_count{interaction="read"} 2');
    expect(page).toContain('vesta_requests_in_flight 4');
    expect(page).toContain('vesta_bugs_total 1');
  });

  it('tells the connections of each pool and the lag of the event loop', async () => {
    const page = await openMetrics({
      inFlight: () => 0,
      pools: () => [{ name: 'readers', total: 8, idle: 5, waiting: 2 }],
    }).page();
    expect(page).toContain('vesta_database_connections{pool="readers",state="idle"} 5');
    expect(page).toContain('vesta_database_connections{pool="readers",state="busy"} 3');
    expect(page).toContain('vesta_database_connections{pool="readers",state="waiting"} 2');
    expect(page).toContain('nodejs_eventloop_lag_p99_seconds');
  });
});

describe('shareClusterMetrics', () => {
  it('adds the figures of all workers together, whichever of them is asked', async () => {
    const script = fileURLToPath(new URL('./metrics-workers.ts', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [script]);
    expect(stdout).toContain('vesta_requests_total{interaction="read",status="200"} 7');
    expect(stdout).toContain('vesta_requests_in_flight 2');
  });
});

describe('/metrics', () => {
  it('tells what the door was asked', async () => {
    const door = await openTestDoor();
    await fetch(`${door.base}/Patient/pat-1`);
    await fetch(`${door.base}/nonsense`);
    const page = await (await fetch(`${door.origin}/metrics`)).text();
    expect(page).toContain('vesta_requests_total{interaction="read",status="200"} 1');
    expect(page).toContain('vesta_requests_total{interaction="none",status="404"} 1');
  });
});

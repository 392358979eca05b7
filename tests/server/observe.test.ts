import { describe, expect, it } from 'vitest';
import { openLog } from '../../server/observe.ts';
import { openTestDoor } from './door.ts';

describe('the log', () => {
  it('has one line for each request: id, method, shape of the URL, interaction, type, status, ms, trips', async () => {
    const door = await openTestDoor({
      perform(_request, context) {
        context.observe({ kind: 'trip' });
        context.observe({ kind: 'trip' });
        return { status: 200, body: '{"resourceType":"Patient"}' };
      },
    });
    await fetch(`${door.base}/Patient/pat-1`, { headers: { 'X-Request-Id': 'ward-7' } });
    expect(door.lines).toHaveLength(1);
    expect(door.lines[0]).toMatchObject({
      level: 30,
      id: 'ward-7',
      method: 'GET',
      route: '[type]/[id]',
      interaction: 'read',
      type: 'Patient',
      status: 200,
      trips: 2,
      msg: 'request',
    });
    expect(door.lines[0].ms).toBeTypeOf('number');
    expect(new Date(door.lines[0].time).toISOString()).toBe(door.lines[0].time);
  });

  it('tells refusals too, also of what was never understood', async () => {
    const door = await openTestDoor();
    await fetch(`${door.base}/patient/pat-1`);
    await fetch(`${door.base}/Patient/pat-1?_format=xml`);
    expect(door.lines.map(({ interaction, status }) => [interaction, status])).toEqual([
      ['none', 404],
      ['none', 406],
    ]);
  });

  it('never holds ids of records, values of a query, or content', async () => {
    const door = await openTestDoor();
    await fetch(`${door.base}/Patient/secret-4711?_elements=name`);
    await fetch(`${door.base}/Patient?family=Kowalska&identifier=85010112345`);
    await fetch(`${door.base}/Patient/_search`, {
      method: 'POST',
      body: 'birthdate=1985-01-01',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    });
    expect(door.lines).toHaveLength(3);
    expect(JSON.stringify(door.lines)).not.toMatch(/4711|Kowalska|85010112345|1985-01-01|Müller/);
  });

  it('writes no line of a request where the level says so', async () => {
    const written: string[] = [];
    const log = openLog('warn', { write: (line) => void written.push(line) });
    const door = await openTestDoor({ parts: { log } });
    await fetch(`${door.base}/Patient/pat-1`);
    expect(written).toEqual([]);
  });
});

describe('Server-Timing', () => {
  it('tells the stages that were observed, the whole and the trips', async () => {
    const door = await openTestDoor({
      perform(_request, context) {
        context.observe({ kind: 'trip' });
        context.observe({ kind: 'stage', name: 'store', ms: 1.23456 });
        return { status: 201 };
      },
    });
    const response = await fetch(`${door.base}/Patient`, {
      method: 'POST',
      body: '{}',
      headers: { 'Content-Type': 'application/json' },
    });
    expect(response.headers.get('server-timing')).toMatch(
      /^receive;dur=[\d.]+, store;dur=1\.235, perform;dur=[\d.]+, total;dur=[\d.]+, trips;desc="1"$/,
    );
  });
});

describe('a fault that an operation only reports', () => {
  it('is logged with the id of the request', async () => {
    const door = await openTestDoor({
      perform(_request, context) {
        context.observe({ kind: 'bug', error: new Error('an entry failed') });
        return { status: 200, body: '{"resourceType":"Bundle"}' };
      },
    });
    await fetch(`${door.base}/Patient/pat-1`, { headers: { 'X-Request-Id': 'batch-9' } });
    expect(door.lines.find(({ level }) => level === 50)).toMatchObject({
      id: 'batch-9',
      err: { message: 'an entry failed' },
    });
  });
});

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { banner } from '../../server/main.ts';
import { settingsPage } from '../../server/settings.ts';
import { temporaryFolder } from './postgres/folder.ts';
import { baseOf, eventually, isRunning, startMain } from './running.ts';

const folder = join(temporaryFolder(), 'data');
const postmaster = () => Number(readFileSync(join(folder, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);

describe('npm start', () => {
  it('prints where it is, serves, and stops everything when it is asked to', async () => {
    const server = startMain({ VESTA_DATA_DIR: folder });
    const base = await baseOf(server);
    expect((await fetch(new URL('/readyz', base))).status).toBe(200);
    expect(await (await fetch(`${base}/metadata`)).json()).toMatchObject({ resourceType: 'CapabilityStatement' });
    const pid = postmaster();
    server.process.kill('SIGTERM');
    expect(await server.ended).toBe(0);
    expect(isRunning(pid)).toBe(false);
    expect(existsSync(join(folder, 'lock.sock'))).toBe(false);
    expect(server.said()).toMatch(/Stopped\.\n$/);
  });

  it('keeps the records from one start to the next', async () => {
    const first = startMain({ VESTA_DATA_DIR: folder });
    const ward = { resourceType: 'Location', id: 'ward-3', status: 'active', name: 'Cardiology' };
    const put = { method: 'PUT', headers: { 'Content-Type': 'application/fhir+json' }, body: JSON.stringify(ward) };
    expect((await fetch(`${await baseOf(first)}/Location/ward-3`, put)).status).toBe(201);
    first.process.kill('SIGINT');
    await first.ended;
    const second = startMain({ VESTA_DATA_DIR: folder });
    expect(await (await fetch(`${await baseOf(second)}/Location/ward-3`)).json()).toMatchObject(ward);
  });

  it('recovers by itself after it was killed', async () => {
    const first = startMain({ VESTA_DATA_DIR: folder });
    await baseOf(first);
    first.process.kill('SIGKILL');
    const second = startMain({ VESTA_DATA_DIR: folder });
    expect((await fetch(`${await baseOf(second)}/Location/ward-3`)).status).toBe(200);
  });

  it('refuses a data folder that another one uses, and leaves that one alone', async () => {
    const first = startMain({ VESTA_DATA_DIR: folder });
    const base = await baseOf(first);
    const second = startMain({ VESTA_DATA_DIR: folder });
    expect(await second.ended).toBe(1);
    expect(second.said()).toContain(`in use by another Vesta (process ${first.process.pid}, npm start)`);
    expect((await fetch(new URL('/readyz', base))).status).toBe(200);
  });

  it('refuses a port that is taken, and leaves no Postgres running', async () => {
    const first = startMain({ VESTA_DATA_DIR: folder });
    const { port } = new URL(await baseOf(first));
    const other = join(folder, '..', 'other');
    const second = startMain({ VESTA_DATA_DIR: other, VESTA_PORT: port });
    expect(await second.ended).toBe(1);
    expect(second.said()).toMatch(new RegExp(`Port ${port} .*used by another program`));
    expect(existsSync(join(other, 'postgres', 'postmaster.pid'))).toBe(false);
  });

  it('stops when what started it is gone', async () => {
    const server = startMain({ VESTA_DATA_DIR: folder });
    await baseOf(server);
    const pid = postmaster();
    server.process.disconnect();
    expect(await server.ended).toBe(0);
    await eventually(() => expect(isRunning(pid)).toBe(false));
  });

  it('stops while it is still starting', async () => {
    const server = startMain({ VESTA_DATA_DIR: folder });
    await eventually(() => expect(existsSync(join(folder, 'lock.sock'))).toBe(true));
    server.process.kill('SIGTERM');
    expect(await server.ended).toBe(0);
  });

  it('prints every setting', async () => {
    const server = startMain({}, ['--settings']);
    expect(await server.ended).toBe(0);
    expect(server.said()).toBe(settingsPage());
  });

  it.each([
    [{ VESTA_PROT: '80' }, [], 'Did you mean VESTA_PORT?'],
    [{ VESTA_AUTH: 'smart' }, [], 'VESTA_AUTH=smart comes with sign-in'],
    [{}, ['--port=80'], 'npm start does not know "--port=80"'],
    [{ VESTA_DATABASE_URL: 'postgres://vesta:hunter22@127.0.0.1:1/vesta' }, [], 'Postgres cannot be reached'],
  ])('does not start with %j %j, and says why', async (settings, args, sentence) => {
    const server = startMain(settings as Record<string, string>, args);
    expect(await server.ended).toBe(1);
    expect(server.said()).toContain(sentence);
    expect(server.said()).not.toContain('hunter22');
    expect(server.said()).not.toMatch(/\n {4}at /);
  });
});

describe('the printed block', () => {
  it('tells the base, the start page, how to load and how to stop', () => {
    const text = banner('http://localhost:8080/fhir', { open: true });
    for (const part of ['http://localhost:8080/fhir', 'http://localhost:8080/\n', 'npm run load', 'Ctrl-C'])
      expect(text).toContain(part);
  });

  it('warns that nobody is asked to sign in', () => {
    expect(banner('http://localhost:8080/fhir', { open: true })).toContain('VESTA_AUTH=open');
  });

  it('warns more where the base is a public address', () => {
    expect(banner('https://hospital.example/fhir', { open: true })).toContain('public address');
    expect(banner('http://localhost:8080/fhir', { open: true })).not.toContain('public address');
  });
});

import { describe, expect, it } from 'vitest';
import { readConfig } from '../../server/config.ts';
import { serve } from '../../server/serve.ts';
import { testDatabase } from '../setup/database.ts';

const connection = await testDatabase();
const settings = { VESTA_PORT: '0', VESTA_LOG: 'silent' };

describe('a process that serves', () => {
  it('answers under the base that it tells, until it is closed', async () => {
    const serving = await serve(readConfig(settings), connection, '18.4');
    expect((await fetch(`${serving.base}/metadata`)).status).toBe(200);
    await serving.close();
    await expect(fetch(`${serving.base}/metadata`)).rejects.toThrow();
  });

  it('tells on its start page what it runs on', async () => {
    const serving = await serve(readConfig(settings), connection, '18.4');
    const page = await (await fetch(new URL('/', serving.base))).text();
    expect(page).toContain(process.versions.node);
    expect(page).toContain('18.4');
    await serving.close();
  });

  it('lets go of everything where the port cannot be had', async () => {
    const first = await serve(readConfig(settings), connection, '18.4');
    const { port } = new URL(first.base);
    await expect(serve(readConfig({ ...settings, VESTA_PORT: port }), connection, '18.4')).rejects.toThrow(
      /used by another program/,
    );
    await first.close();
  });
});

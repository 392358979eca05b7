import { describe, expect, it } from 'vitest';
import { isLoopback, readConfig } from '../../server/config.ts';
import { Refusal } from '../../server/refusal.ts';

describe('the settings of the environment', () => {
  it('have safe defaults', () => {
    const config = readConfig({ PATH: '/usr/bin' });
    expect(config.http).toMatchObject({ host: '127.0.0.1', port: 8080, trustedProxies: [], baseUrl: undefined });
    expect(config.operations).toMatchObject({
      references: 'type',
      deleteReferenced: 'refuse',
      conditionalDelete: 'single',
      validation: 'on',
    });
    expect(config.http.limits).toMatchObject({ bodyBytes: 104_857_600, requestMs: 30_000, transactionMs: 300_000 });
    expect(config.operations.limits).toMatchObject({
      entries: 30_000,
      countDefault: 50,
      countMax: 1000,
      depthMax: 100,
    });
  });

  it('ask no other terminology server unless one is named, and take no token for none', () => {
    expect(readConfig({}).terminology).toBeUndefined();
    expect(readConfig({ VESTA_TERMINOLOGY_URL: 'https://tx.example.org/r4/' }).terminology).toEqual({
      url: 'https://tx.example.org/r4',
      token: undefined,
      waitMs: 2000,
    });
    expect(() => readConfig({ VESTA_TERMINOLOGY_URL: 'https://me:secret@tx.example.org' })).toThrow(Refusal);
  });

  it('are taken as they are written', () => {
    const config = readConfig({
      VESTA_PORT: '9000',
      VESTA_REFERENCES: 'exist',
      VESTA_LIMIT_BODY_BYTES: '5MB',
      VESTA_WORKERS: '3',
    });
    expect(config.http.port).toBe(9000);
    expect(config.operations.references).toBe('exist');
    expect(config.http.limits.bodyBytes).toBe(5 * 1024 * 1024);
    expect(config.workers).toBe(3);
  });

  it('cannot be changed afterwards', () => {
    const { http, operations } = readConfig({});
    for (const part of [http, http.limits, operations, operations.limits]) expect(Object.isFrozen(part)).toBe(true);
  });

  it('count as not set when they are empty', () => expect(readConfig({ VESTA_PORT: '' }).http.port).toBe(8080));

  it.each([
    [{ VESTA_PROT: '8080' }, /VESTA_PROT is no setting of Vesta\. Did you mean VESTA_PORT\?/],
    [{ VESTA_ZZZZZZZZ: '1' }, /VESTA_ZZZZZZZZ is no setting of Vesta\.\n/],
    [{ VESTA_PORT: '80800' }, /VESTA_PORT must be a whole number from 0 to 65 535; it is "80800"/],
    [{ VESTA_AUTH: 'smart' }, /VESTA_AUTH=smart comes with sign-in/],
    [{ VESTA_HOST: '0.0.0.0' }, /VESTA_HOST=0\.0\.0\.0 would let other machines in/],
    [{ VESTA_HOST: '0.0.0.0', VESTA_AUTH: 'open' }, /would let other machines in/],
    [{ VESTA_TLS_CERT: '/etc/tls/cert.pem' }, /VESTA_TLS_CERT comes with sign-in/],
    [{ VESTA_TLS_KEY: '/etc/tls/key.pem' }, /VESTA_TLS_KEY comes with sign-in/],
    [{ VESTA_MASTER_KEY_FILE: '/etc/key' }, /VESTA_MASTER_KEY_FILE comes with sign-in/],
    [{ VESTA_LIMIT_COUNT_DEFAULT: '2000' }, /VESTA_LIMIT_COUNT_DEFAULT must not be more than VESTA_LIMIT_COUNT_MAX/],
    [{ VESTA_LIMIT_BODY_BYTES: '512MB', VESTA_LIMIT_HELD_BODY_BYTES: '1MB' }, /a single body would not fit/],
    [{ VESTA_METRICS_TOKEN_FILE: '/nowhere' }, /VESTA_METRICS_TOKEN_FILE must be a readable file/],
  ])('that make no sense stop the start: %j', (environment, sentence) => {
    expect(() => readConfig(environment)).toThrow(Refusal);
    expect(() => readConfig(environment)).toThrow(sentence);
  });

  it('are all judged before anything is said', () => {
    expect(() => readConfig({ VESTA_PORT: 'x', VESTA_LOG: 'loud' })).toThrow(/VESTA_PORT[\s\S]*VESTA_LOG/);
  });

  it('are never repeated where they may hold a password', () => {
    expect(() => readConfig({ VESTA_DATABASE_URL: 'mysql://vesta:hunter22@db' })).toThrow(/^(?![\s\S]*hunter22)/);
  });
});

it.each([
  ['127.0.0.1', true],
  ['127.8.8.8', true],
  ['::1', true],
  ['localhost', true],
  ['0.0.0.0', false],
  ['::', false],
  ['192.168.1.10', false],
  ['127.0.0.1.example.org', false],
])('%s is this machine alone: %s', (host, expected) => expect(isLoopback(host)).toBe(expected));

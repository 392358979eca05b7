import { describe, expect, it } from 'vitest';
import { postgresSettings, type SettingsInput } from '../../../server/postgres/settings.ts';

const GB = 1024 ** 3;
const input: SettingsInput = {
  memoryBytes: 2 * GB,
  diskFreeBytes: 500 * GB,
  socketFolder: '/srv/vesta/socket',
  port: 5432,
  connections: 0,
  durable: true,
};

describe('the settings of the embedded Postgres', () => {
  it('take a quarter of the memory for pages, and at most 1 GB', () => {
    expect(postgresSettings(input).shared_buffers).toBe('512MB');
    expect(postgresSettings({ ...input, memoryBytes: 64 * GB }).shared_buffers).toBe('1024MB');
    expect(postgresSettings({ ...input, memoryBytes: GB / 4 }).shared_buffers).toBe('128MB');
  });

  it('keep the log of changes below a tenth of the free disk', () => {
    expect(postgresSettings(input).max_wal_size).toBe('8192MB');
    expect(postgresSettings({ ...input, diskFreeBytes: 30 * GB }).max_wal_size).toBe('3072MB');
    expect(postgresSettings({ ...input, diskFreeBytes: 0 }).max_wal_size).toBe('256MB');
  });

  it('lose nothing that was committed', () => {
    expect(postgresSettings(input)).toMatchObject({ fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' });
  });

  it('trade safety for speed in throw-away databases only', () => {
    expect(postgresSettings({ ...input, durable: false })).toMatchObject({ fsync: 'off', shared_buffers: '128MB' });
  });

  it('listen on a closed socket and not on the network', () => {
    expect(postgresSettings(input)).toMatchObject({
      listen_addresses: '',
      unix_socket_directories: '/srv/vesta/socket',
      unix_socket_permissions: '0700',
    });
  });

  it('listen on loopback alone where there are no Unix sockets', () => {
    expect(postgresSettings({ ...input, socketFolder: undefined, port: 49_152 })).toMatchObject({
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      port: '49152',
    });
  });

  it('allow as many connections as the workers may need', () => {
    expect(postgresSettings(input).max_connections).toBe('200');
    expect(postgresSettings({ ...input, connections: 1320 }).max_connections).toBe('1320');
  });

  it('keep statements and values out of the log', () => {
    expect(postgresSettings(input)).toMatchObject({
      log_statement: 'none',
      log_min_error_statement: 'panic',
      log_error_verbosity: 'terse',
    });
  });
});

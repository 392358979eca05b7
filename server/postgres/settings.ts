/** How the embedded Postgres is tuned: one place, given on its command line, so that no old file outlives a release. */

export interface SettingsInput {
  /** Memory that this machine or container may use. */
  readonly memoryBytes: number;
  /** Free space on the disk of the data folder. */
  readonly diskFreeBytes: number;
  /** Folder of the Unix socket; undefined: loopback TCP, where there are no Unix sockets. */
  readonly socketFolder: string | undefined;
  readonly port: number;
  /** Connections that must be possible at once. */
  readonly connections: number;
  /** False only for throw-away databases of tests. */
  readonly durable: boolean;
}

const MB = 1024 * 1024;
const GB = 1024 * MB;

/** The settings of https://www.postgresql.org/docs/18/runtime-config.html by name. Pure. */
export function postgresSettings(input: SettingsInput): Record<string, string> {
  return {
    ...(input.socketFolder === undefined
      ? { listen_addresses: '127.0.0.1', unix_socket_directories: '' }
      : { listen_addresses: '', unix_socket_directories: input.socketFolder, unix_socket_permissions: '0700' }),
    port: String(input.port),
    max_connections: String(Math.max(200, input.connections)),
    // Statements over all types lock a table and more than ten indexes for each of the partitions.
    max_locks_per_transaction: '128',
    shared_buffers: inMB(clamp(input.memoryBytes / 4, 128 * MB, input.durable ? GB : 128 * MB)),
    // Full-page images after a checkpoint cost more than anything else: checkpoints are rare where the disk allows.
    // On a small disk they are not: what the log may still grow must fit into the room that the door keeps free.
    max_wal_size: inMB(clamp(input.diskFreeBytes / 10, GB / 4, 8 * GB)),
    checkpoint_timeout: '15min',
    // Measured on 2 cores: pglz takes up to half of the write rate.
    wal_compression: 'off',
    jit: 'off',
    TimeZone: 'UTC',
    log_timezone: 'UTC',
    password_encryption: 'scram-sha-256',
    cluster_name: 'vesta',
    ...durability(input.durable),
    ...logging,
  };
}

// A week of files by weekday, each overwritten when its day returns. No statement, parameter or row ever enters the log:
// `log` keeps the server's own news and drops clients' errors, whose text may quote data.
const logging = {
  logging_collector: 'on',
  log_directory: 'log',
  log_filename: 'postgres-%a.log',
  log_file_mode: '0600',
  log_rotation_age: '1d',
  log_rotation_size: '0',
  log_truncate_on_rotation: 'on',
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_statement: 'none',
};

function durability(durable: boolean): Record<string, string> {
  if (durable) return { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' };
  return { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}

function inMB(bytes: number): string {
  return `${Math.floor(bytes / MB)}MB`;
}

/** What Postgres refused → a fault that tells the caller what to do. https://www.postgresql.org/docs/current/errcodes-appendix.html */
import { Fault } from '../resources/index.ts';

/** The fault that an error of the driver or of Postgres means to a caller; an error that is a bug comes back as it is. */
export function toFault(error: unknown): unknown {
  if (error instanceof Fault) return error;
  const state = sqlstate(error);
  if (isUnavailable(error, state)) return unreachable(error);
  if (state === '53100') {
    return new Fault('storage-full', 'The disk of the database is full; nothing was stored.', {
      hint: 'Reading still works. Ask the operator to free space, then send it again.',
      cause: error,
    });
  }
  if (state === '57014' || state === '55P03') {
    return new Fault(
      'timeout',
      'The database did not answer within the time that this request has; nothing was stored.',
      {
        hint: 'Try again, or ask for less at once.',
        headers: { 'Retry-After': '2' },
        cause: error,
      },
    );
  }
  if (isConflict(error)) {
    return new Fault(
      'timeout',
      'Others kept writing to the same resources; after several attempts nothing was stored.',
      {
        hint: 'Try again.',
        headers: { 'Retry-After': '1' },
        cause: error,
      },
    );
  }
  if (state === '22P05' || state === '22021') {
    return new Fault('invalid-value', 'A text holds a character that the database cannot keep.', { cause: error });
  }
  if (state === '54000') {
    return new Fault('unprocessable', 'One value is too long to be indexed.', { cause: error });
  }
  return error;
}

/**
 * The fault of a connection that is gone or cannot be made. For whoever asks it makes no difference why: that a password
 * was changed or a database closed to connections, the operator reads in the cause.
 */
export function unreachable(cause: unknown): Fault {
  if (cause instanceof Fault) return cause;
  return new Fault('database-unavailable', 'The database cannot be reached at the moment.', {
    hint: 'Try again in a few seconds; whether a write that was under way was stored can be seen by reading.',
    headers: { 'Retry-After': '2' },
    cause,
  });
}

/** Deadlock or serialisation failure: the same work may succeed when it is done again. */
export function isConflict(error: unknown): boolean {
  const state = sqlstate(error);
  return state === '40001' || state === '40P01';
}

/** A statement was cancelled or waited too long for a lock. */
export function isTimeout(error: unknown): boolean {
  const state = sqlstate(error);
  return state === '57014' || state === '55P03';
}

/** The connection was lost or never made: whether a write was stored is not known. */
export function isLost(error: unknown): boolean {
  return isUnavailable(error, sqlstate(error));
}

/** A key is there already. */
export function isTaken(error: unknown): boolean {
  return sqlstate(error) === '23505';
}

/** A prepared statement that no longer fits (the schema was migrated under it): the connection must be made anew. */
export function isStalePlan(error: unknown): boolean {
  const state = sqlstate(error);
  return state === '26000' || state === '0A000' || state === '42P05';
}

/** The five characters that say what happened; undefined where the error is not of Postgres. */
export function sqlstate(error: unknown): string | undefined {
  const { code } = (raw(error) ?? {}) as { code?: unknown };
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

const SOCKET_ERRORS: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNABORTED',
]);

function isUnavailable(error: unknown, state: string | undefined): boolean {
  // 08: connection; 57P: shut down, starting up, crashed; 53: no slot, no memory, no room for locks.
  if (state !== undefined && !SOCKET_ERRORS.has(state)) {
    return (
      state.startsWith('08') ||
      state.startsWith('57P') ||
      state === '53300' ||
      state === '53200' ||
      state === '53000' ||
      state === '25006'
    );
  }
  const { code, message = '' } = (raw(error) ?? {}) as { code?: unknown; message?: string };
  if (SOCKET_ERRORS.has(code)) return true;
  return /^(Connection terminated|timeout expired|Client was closed|Client has encountered a connection error)/.test(
    message,
  );
}

/** What lies under a fault that was made of it. */
function raw(error: unknown): unknown {
  return error instanceof Fault ? error.cause : error;
}

/** Runs one program of Postgres to its end, as the account that Postgres runs as. */
import { spawn } from 'node:child_process';
import { Refusal } from '../refusal.ts';
import type { Account } from './account.ts';

export interface Outcome {
  readonly code: number | null;
  /** The end of what it wrote to stderr. */
  readonly errors: string;
}

const ERRORS_CHARS_MAX = 8_000;

/**
 * Options for every process of Postgres: its own account, a working folder that every account can enter, and none of
 * our environment, whose PG… variables would change what it does. Windows programs need theirs.
 */
export function processOptions(account: Account | undefined) {
  return {
    ...(account ? { uid: account.uid, gid: account.gid } : {}),
    ...(process.platform === 'win32' ? {} : { cwd: '/', env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' } }),
    windowsHide: true,
  };
}

/** Runs a program with this input. @throws Refusal where it cannot be started at all */
export function runProgram(
  program: string,
  args: readonly string[],
  account: Account | undefined,
  input = '',
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...processOptions(account), stdio: ['pipe', 'ignore', 'pipe'] });
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (chunk) => {
      errors = (errors + chunk).slice(-ERRORS_CHARS_MAX);
    });
    child.once('error', (error) =>
      reject(new Refusal(`${program} could not be started: ${error.message}.`, undefined, error)),
    );
    child.once('close', (code) => resolve({ code, errors }));
    // A program that ends early closes its input; its exit code tells why.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

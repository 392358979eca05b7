/** Postgres refuses to run as root: whom it runs as instead, and whether that account can reach what it needs. */
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { Refusal } from '../refusal.ts';

export interface Account {
  readonly uid: number;
  readonly gid: number;
  readonly name: string;
}

/** Tried in this order. macOS names its own with an underscore. */
const candidates = ['postgres', '_postgres', 'nobody'];

/**
 * The account that Postgres runs as, undefined where that is simply ours.
 * Existing data stay with their owner, so that a `postgres` user installed later changes nothing.
 * @param cluster folder of the data files, which need not exist
 * @param us our own user id; undefined where the system has none
 * @param passwd content of /etc/passwd
 * @throws Refusal where we are root and the machine has no other account
 */
export function postgresAccount(cluster: string, us = process.getuid?.(), passwd = readPasswd()): Account | undefined {
  if (us !== 0) return undefined;
  const owner = statSync(cluster, { throwIfNoEntry: false });
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid, name: nameOf(owner.uid, passwd) };
  const accounts = parsePasswd(passwd);
  for (const candidate of candidates) {
    const found = accounts.find((it) => it.name === candidate && it.uid !== 0);
    if (found) return found;
  }
  throw new Refusal(
    'Postgres refuses to run as root, and this machine has neither a user "postgres" nor a user "nobody".',
    'Create one (useradd --system postgres), or start Vesta as an ordinary user.',
  );
}

/** Whether the account can enter the folder and, where given, execute the file: asked of the system itself. */
export function canReach(account: Account | undefined, folder: string, file?: string): boolean {
  if (!account) return true;
  const script = 'cd "$1" && { [ -z "$2" ] || { [ -r "$2" ] && [ -x "$2" ]; }; }';
  const { uid, gid } = account;
  const tried = spawnSync('/bin/sh', ['-c', script, 'sh', folder, file ?? ''], { uid, gid, cwd: '/', stdio: 'ignore' });
  return tried.status === 0;
}

function nameOf(uid: number, passwd: string): string {
  return parsePasswd(passwd).find((it) => it.uid === uid)?.name ?? String(uid);
}

function parsePasswd(passwd: string): Account[] {
  return passwd
    .split('\n')
    .map((line) => line.split(':'))
    .filter((fields) => fields.length >= 7 && !fields[0]!.startsWith('#'))
    .map(([name, , uid, gid]) => ({ name: name!, uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 }));
}

function readPasswd(): string {
  try {
    return readFileSync('/etc/passwd', 'utf8');
  } catch {
    return '';
  }
}

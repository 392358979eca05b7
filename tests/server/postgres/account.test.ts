import { chmodSync, chownSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Account, canReach, postgresAccount } from '../../../server/postgres/account.ts';
import { temporaryFolder } from './folder.ts';

const folder = temporaryFolder();
const nowhere = join(folder, 'nowhere');
const isRoot = process.getuid!() === 0;
const passwd = [
  'root:x:0:0:root:/root:/bin/sh',
  'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin',
  'postgres:x:101:104::/var/lib/postgresql:/bin/bash',
  '',
].join('\n');

describe('the account of Postgres', () => {
  it('is our own where we are no root', () => {
    expect(postgresAccount(nowhere, 1000, passwd)).toBeUndefined();
  });

  it('is the user postgres where root starts it and there is one', () => {
    expect(postgresAccount(nowhere, 0, passwd)).toEqual({ name: 'postgres', uid: 101, gid: 104 });
  });

  it('is nobody where root starts it and there is no other', () => {
    const without = passwd.replace(/^postgres.*$/m, '');
    expect(postgresAccount(nowhere, 0, without)).toEqual({ name: 'nobody', uid: 65_534, gid: 65_534 });
  });

  it('is the owner of the data that are there, whoever was added since', () => {
    const cluster = join(folder, 'postgres');
    mkdirSync(cluster);
    if (isRoot) chownSync(cluster, 65_534, 65_534);
    expect(postgresAccount(cluster, 0, passwd)).toMatchObject({ uid: statSync(cluster).uid });
  });

  it('is missed with a sentence on a machine that has root alone', () => {
    expect(() => postgresAccount(nowhere, 0, 'root:x:0:0:root:/root:/bin/sh\n')).toThrow(/useradd --system postgres/);
  });
});

describe('an account', () => {
  // Only root can ask for another one; then its own rights would hide what is tested.
  const account: Account = isRoot
    ? { name: 'nobody', uid: 65_534, gid: 65_534 }
    : { name: 'me', uid: process.getuid!(), gid: process.getgid!() };

  it('cannot reach what lies below a folder that is closed to it', () => {
    const closed = join(folder, 'closed');
    const inside = join(closed, 'data');
    mkdirSync(inside, { recursive: true });
    chmodSync(inside, 0o755);
    chmodSync(closed, 0o000);
    expect(canReach(account, inside)).toBe(false);
    chmodSync(closed, 0o711);
    expect(canReach(account, inside)).toBe(true);
  });

  it('cannot reach a program that it may not execute', () => {
    const program = join(folder, 'initdb');
    writeFileSync(program, '#!/bin/sh\n');
    chmodSync(program, 0o644);
    expect(canReach(account, folder, program)).toBe(false);
    chmodSync(program, 0o755);
    expect(canReach(account, folder, program)).toBe(true);
  });

  it('of our own reaches whatever we do', () => expect(canReach(undefined, nowhere)).toBe(true));
});

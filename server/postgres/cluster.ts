/** Makes the data files of Postgres, once, and prepares in them what only a superuser can. */
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { extensionStatements, type Owner, ownerStatements, passwordStatements } from '../../store/index.ts';
import { Refusal } from '../refusal.ts';
import type { Account } from './account.ts';
import type { Binaries } from './binaries.ts';
import { runProgram } from './program.ts';

export interface ClusterInput {
  readonly binaries: Binaries;
  readonly account: Account | undefined;
  /** Folder of the data files. */
  readonly folder: string;
  readonly owner: Owner;
  readonly mayCreateDatabases: boolean;
  /** Whether the new files are flushed to disk: not for throw-away databases. */
  readonly durable: boolean;
}

/**
 * Letters beyond ASCII are letters to the trigram index only where the character type knows Unicode; sorting stays by
 * code point everywhere. The name of such a locale differs between systems: the first that this one knows is taken.
 */
const characterTypes = ['C.UTF-8', 'en_US.UTF-8', 'UTF-8'];

/** A file in the cluster that tells what was prepared, so that a later release can prepare more. */
const PREPARED = 'vesta-prepared.json';

/** Whether there are data files. @throws Refusal where they are of another major version of Postgres */
export function clusterExists(folder: string, binaries: Binaries): boolean {
  const file = join(folder, 'PG_VERSION');
  if (!existsSync(file)) return false;
  const there = readFileSync(file, 'utf8').trim();
  const ours = binaries.version.split('.')[0];
  if (there === ours) return true;
  throw new Refusal(
    `The data in ${folder} were written by Postgres ${there}; this Vesta brings Postgres ${ours}.`,
    'Start the Vesta that wrote them, or move them with pg_upgrade or a dump.',
  );
}

/**
 * Makes the data files: complete under another name first, then renamed, so that an interrupted first start leaves
 * nothing that looks like data. Nobody can log in but the owner, and the superuser not at all.
 * @throws Refusal with what initdb said
 */
export async function createCluster(input: ClusterInput): Promise<void> {
  const { folder, account } = input;
  clearPartial(folder);
  const partial = `${folder}.new-${process.pid}`;
  try {
    await initialise(partial, input);
    writeFileSync(join(partial, 'pg_hba.conf'), clientRules(input.owner));
    await asSuperuser(partial, 'postgres', ownerStatements(input.owner, input), input);
    await prepareDatabase(partial, input);
    renameSync(partial, folder);
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    throw error;
  }
  if (account) chownSync(folder, account.uid, account.gid);
}

/** Prepares what this release needs beyond what the release that made the data files did. Postgres must not run. */
export async function updateCluster(input: ClusterInput): Promise<void> {
  if (readPrepared(input.folder) !== wanted()) await prepareDatabase(input.folder, input);
}

/** Sets the owner's password in data files whose password file was lost. Postgres must not run. */
export async function resetPassword(input: ClusterInput): Promise<void> {
  await asSuperuser(input.folder, 'postgres', passwordStatements(input.owner), input);
}

async function initialise(folder: string, { binaries, account, durable }: ClusterInput): Promise<void> {
  let errors = '';
  for (const characterType of characterTypes) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (account) chownSync(folder, account.uid, account.gid);
    const outcome = await runProgram(binaries.initdb, initdbArguments(folder, characterType, durable), account);
    if (outcome.code === 0) return;
    errors = outcome.errors.trim();
    if (!/invalid locale|could not be set/i.test(errors)) break;
  }
  throw new Refusal(`Postgres could not prepare its data folder ${folder}: ${errors}`);
}

function initdbArguments(folder: string, characterType: string, durable: boolean): string[] {
  return [
    `--pgdata=${folder}`,
    '--username=postgres',
    '--auth=reject',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    `--lc-ctype=${characterType}`,
    '--no-instructions',
    ...(durable ? [] : ['--no-sync']),
  ];
}

function clientRules(owner: Owner): string {
  return [
    '# Written by Vesta: its own role and nobody else, and only with its password.',
    `local all ${owner.role} scram-sha-256`,
    `host all ${owner.role} 127.0.0.1/32 scram-sha-256`,
    '',
  ].join('\n');
}

async function prepareDatabase(folder: string, input: ClusterInput): Promise<void> {
  await asSuperuser(folder, input.owner.database, extensionStatements(), input);
  writeFileSync(join(folder, PREPARED), wanted());
}

function wanted(): string {
  return JSON.stringify(extensionStatements());
}

function readPrepared(folder: string): string | undefined {
  const file = join(folder, PREPARED);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

// Single-user mode needs no login, so that the superuser never has a password that could be lost.
async function asSuperuser(
  folder: string,
  database: string,
  statements: readonly string[],
  { binaries, account, durable }: ClusterInput,
): Promise<void> {
  const settings = [
    'exit_on_error=on',
    'log_min_messages=fatal',
    'log_min_error_statement=panic',
    `fsync=${durable ? 'on' : 'off'}`,
  ];
  const args = ['--single', '-D', folder, ...settings.flatMap((it) => ['-c', it]), database];
  const outcome = await runProgram(binaries.postgres, args, account, `${statements.join('\n')}\n`);
  if (outcome.code === 0) return;
  throw new Refusal(`Postgres could not prepare the database "${database}" in ${folder}: ${outcome.errors.trim()}`);
}

function clearPartial(folder: string): void {
  const prefix = `${basename(folder)}.new-`;
  for (const name of readdirSync(dirname(folder))) {
    if (name.startsWith(prefix)) rmSync(join(dirname(folder), name), { recursive: true, force: true });
  }
}

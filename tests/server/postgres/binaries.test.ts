import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { findBinaries, reachableBinaries } from '../../../server/postgres/binaries.ts';
import { runProgram } from '../../../server/postgres/program.ts';

const binaries = findBinaries();

it('finds every program of Postgres for this platform, with its version', () => {
  for (const program of [binaries.postgres, binaries.initdb, binaries.pgCtl]) expect(existsSync(program)).toBe(true);
  expect(binaries.version).toMatch(/^18\./);
});

it('finds programs that run, with all their libraries', async () => {
  expect(await runProgram(binaries.postgres, ['--version'], undefined)).toEqual({ code: 0, errors: '' });
});

it('uses the programs where they are when their account can reach them', () => {
  expect(reachableBinaries(binaries, undefined)).toBe(binaries);
});

import { describe, expect, it } from 'vitest';
import { processOptions, runProgram } from '../../../server/postgres/program.ts';

describe('a program of Postgres', () => {
  it('gets its input and tells its exit code and what it complained of', async () => {
    const outcome = await runProgram('/bin/sh', ['-c', 'cat >&2; exit 3'], undefined, 'bad locale');
    expect(outcome).toEqual({ code: 3, errors: 'bad locale' });
  });

  it('keeps the end of a long complaint', async () => {
    const { errors } = await runProgram(
      '/bin/sh',
      ['-c', 'yes problem | head -n 5000 >&2; echo the end >&2'],
      undefined,
    );
    expect(errors.length).toBeLessThanOrEqual(8_000);
    expect(errors).toMatch(/the end\n$/);
  });

  it('that is not there is refused with its name', async () => {
    await expect(runProgram('/nowhere/initdb', [], undefined)).rejects.toThrow(
      /\/nowhere\/initdb could not be started/,
    );
  });

  it('that closes its input early is no fault by itself', async () => {
    expect(await runProgram('/bin/sh', ['-c', 'exit 0'], undefined, 'x'.repeat(1_000_000))).toMatchObject({ code: 0 });
  });

  it('sees nothing of our environment', () => {
    expect(processOptions(undefined).env).toEqual({ PATH: '/usr/bin:/bin', LC_ALL: 'C' });
  });

  it('runs as the account that it is given', () => {
    expect(processOptions({ uid: 101, gid: 104, name: 'postgres' })).toMatchObject({ uid: 101, gid: 104 });
  });
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  baseUrl,
  databaseUrl,
  folder,
  host,
  oneOf,
  ranges,
  secretFile,
  serverUrl,
  size,
  sized,
  whole,
} from '../../server/kinds.ts';
import { temporaryFolder } from './postgres/folder.ts';

const MB = 1024 * 1024;
const token = join(temporaryFolder(), 'token');

describe('a kind of setting', () => {
  it.each([
    [oneOf('type', 'exist'), 'exist', 'exist'],
    [whole(1, 65_535), '8080', 8080],
    [size(1, 100 * MB), '16MB', 16 * MB],
    [size(1, 100 * MB), '16 mb', 16 * MB],
    [size(1, 100 * MB), '1048576', MB],
    [host, '::1', '::1'],
    [host, 'fhir.hospital.example', 'fhir.hospital.example'],
    [baseUrl, 'https://hospital.example/records/fhir/', 'https://hospital.example/records/fhir'],
    [serverUrl, 'https://tx.example.org/r4/', 'https://tx.example.org/r4'],
    [databaseUrl, 'postgres://vesta:pw@db:5432/vesta', 'postgres://vesta:pw@db:5432/vesta'],
    [databaseUrl, 'postgresql://vesta@/vesta?host=/run/postgresql', 'postgresql://vesta@/vesta?host=/run/postgresql'],
    [ranges, '10.0.0.0/8, fd00::/8,192.0.2.7', ['10.0.0.0/8', 'fd00::/8', '192.0.2.7']],
    [folder, '/srv/vesta', '/srv/vesta'],
  ])('takes %o from %j', (kind, text, value) => expect(kind.parse(text)).toEqual(value));

  it.each([
    [oneOf('type', 'exist'), 'EXIST'],
    [whole(1, 65_535), '0'],
    [whole(1, 65_535), '65536'],
    [whole(1, 65_535), '80.5'],
    [whole(1, 65_535), '1e3'],
    [whole(1, 65_535), '0x50'],
    [size(1, 100 * MB), '101MB'],
    [size(1, 100 * MB), '16XB'],
    [size(1, 100 * MB), '-1'],
    [host, 'two words'],
    [host, 'http://localhost'],
    [baseUrl, 'ftp://hospital.example/fhir'],
    [baseUrl, 'https://hospital.example/r4'],
    [baseUrl, 'https://user:pw@hospital.example/fhir'],
    [baseUrl, 'https://hospital.example/fhir?x=1'],
    [databaseUrl, 'mysql://db/vesta'],
    [databaseUrl, 'postgres://db'],
    [databaseUrl, 'postgres://db/'],
    [ranges, '10.0.0.0/33'],
    [ranges, '10.0.0.0/8,'],
    [ranges, 'proxy.example'],
    [secretFile, '/nowhere/token'],
  ])('%o refuses %j', (kind, text) => expect(kind.parse(text)).toBeUndefined());

  it('reads a token from its file, and refuses one that can be guessed', () => {
    writeFileSync(token, 'mTfR8sX2vQpL4kZc\n');
    expect(secretFile.parse(token)).toBe('mTfR8sX2vQpL4kZc');
    writeFileSync(token, 'secret\n');
    expect(secretFile.parse(token)).toBeUndefined();
  });
});

it('writes sizes as people do', () => {
  expect([sized(100 * MB), sized(1536), sized(32 * 1024)]).toEqual(['100MB', '1536', '32KB']);
});

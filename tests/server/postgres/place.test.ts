import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  choosePort,
  clearPlace,
  clusterFolder,
  makePassword,
  newClusterFolder,
  openDataFolder,
  readNote,
  readPassword,
  socketFolder,
  writeNote,
} from '../../../server/postgres/place.ts';
import { temporaryFolder } from './folder.ts';

const root = temporaryFolder();
const isRoot = process.getuid!() === 0;
const newData = () => openDataFolder(mkdtempSync(join(root, 'data-')));
const silent = () => {};

describe('a data folder', () => {
  it('is made where there is none, and others cannot read it', () => {
    const data = openDataFolder(join(root, 'a', 'b'));
    expect(statSync(data).mode & 0o666).toBe(0o600);
    expect(statSync(data).mode & 0o001).toBe(isRoot ? 1 : 0);
  });

  it('that cannot be made is refused with its path', () => {
    writeFileSync(join(root, 'file'), '');
    expect(() => openDataFolder(join(root, 'file', 'data'))).toThrow(join(root, 'file', 'data'));
  });

  it('that holds something else is refused and left as it is', () => {
    const home = join(root, 'home');
    mkdirSync(join(home, 'socket'), { recursive: true, mode: 0o750 });
    writeFileSync(join(home, 'thesis.odt'), 'draft');
    expect(() => openDataFolder(home)).toThrow(/holds something else \(thesis.odt\), and no records of Vesta/);
    expect(statSync(home).mode & 0o777).toBe(0o750);
  });

  it.each(['.gitkeep', 'lost+found', 'reports'])('that holds nothing but %s is taken', (name) => {
    const data = mkdtempSync(join(root, 'mount-'));
    mkdirSync(join(data, name));
    expect(openDataFolder(data)).toBe(data);
  });

  it('that is a file is refused and left as it is', () => {
    const file = join(root, 'passwd');
    writeFileSync(file, '', { mode: 0o640 });
    expect(() => openDataFolder(file)).toThrow(/passwd cannot be made or opened: ENOTDIR/);
    expect(statSync(file).mode & 0o777).toBe(0o640);
  });

  it.runIf(process.platform === 'linux')('that the system lets nobody make is refused, and not tried for ever', () => {
    expect(() => openDataFolder('/proc/vesta/data')).toThrow('The data folder /proc/vesta/data cannot be made');
  });

  it('holds the records in a folder of its own', () => {
    const data = newData();
    expect(clusterFolder(data)).toBe(join(data, 'postgres'));
    expect(newClusterFolder(data, undefined, silent).folder).toBe(join(data, 'postgres'));
  });

  it('may link to records that lie elsewhere', () => {
    const data = newData();
    const elsewhere = newData();
    symlinkSync(elsewhere, join(data, 'postgres'));
    expect(clusterFolder(data)).toBe(elsewhere);
  });

  it('whose link leads nowhere is refused and not begun anew', () => {
    const data = newData();
    symlinkSync(join(root, 'gone'), join(data, 'postgres'));
    expect(() => clusterFolder(data)).toThrow(/points to a folder that is not there/);
  });
});

describe('the password', () => {
  it('is random, and readable by its owner alone', () => {
    const data = newData();
    const password = makePassword(data);
    expect(password).toHaveLength(43);
    expect(readPassword(data)).toBe(password);
    expect(statSync(join(data, 'postgres.password')).mode & 0o777).toBe(0o600);
    expect(makePassword(newData())).not.toBe(password);
  });

  it('is missing where its file is', () => expect(readPassword(newData())).toBeUndefined());
});

describe('the socket', () => {
  it('lies beside the records in a folder that is closed to others, without what was left in it', () => {
    const data = newData();
    const left = join(data, 'socket', '.s.PGSQL.5432.lock');
    mkdirSync(join(data, 'socket'));
    writeFileSync(left, '4711\n');
    expect(socketFolder(data, join(data, 'postgres'), undefined)).toBe(join(data, 'socket'));
    expect(statSync(join(data, 'socket')).mode & 0o777).toBe(0o700);
    expect(existsSync(left)).toBe(false);
  });

  it('lies in the temporary folder where the path is too long, and goes with its note', () => {
    const data = openDataFolder(join(root, 'universitaetsklinikum-'.repeat(6)));
    const folder = socketFolder(data, join(data, 'postgres'), undefined);
    expect(folder.startsWith(join(tmpdir(), 'vesta-socket-'))).toBe(true);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    writeNote(data, { host: folder, port: 5432, user: 'vesta', password: 'secret', database: 'vesta' });
    clearPlace(data);
    expect(existsSync(folder)).toBe(false);
    expect(readNote(data, process.pid)).toBeUndefined();
  });

  it('has the usual port', async () => expect(await choosePort()).toBe(5432));
});

describe('the note for other commands', () => {
  const connection = { host: '/srv/socket', port: 5432, user: 'vesta', database: 'vesta' };

  it('tells how to reach Postgres, with the password out of its own file', () => {
    const data = newData();
    const password = makePassword(data);
    writeNote(data, { ...connection, password });
    expect(readFileSync(join(data, 'postgres.json'), 'utf8')).not.toContain(password);
    expect(readNote(data, process.pid)).toEqual({ ...connection, password });
  });

  it('of an earlier process is not believed', () => {
    const data = newData();
    writeNote(data, { ...connection, password: makePassword(data) });
    expect(readNote(data, process.pid + 1)).toBeUndefined();
  });

  it('that cannot be read is a fault and no silence', () => {
    const data = newData();
    writeNote(data, { ...connection, password: makePassword(data) });
    writeFileSync(join(data, 'postgres.json'), '{');
    chmodSync(join(data, 'postgres.json'), 0o600);
    expect(() => readNote(data, process.pid)).toThrow();
  });
});

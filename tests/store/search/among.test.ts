import { describe, expect, it } from 'vitest';
import { fromEach } from '../../../store/search/among.ts';
import { sql, toStatement } from '../../../store/sql.ts';

const text = (among: Parameters<typeof fromEach>[0]) =>
  toStatement(fromEach(among, (table) => sql`SELECT r.rid FROM ${table} r`)).text;

describe('fromEach', () => {
  it('reads resources alone where nothing is said of contained ones', () =>
    expect(text(undefined)).toBe('SELECT r.rid FROM res r'));

  it('reads those that are contained', () => expect(text('contained')).toBe('SELECT r.rid FROM contained r'));

  it('reads both, each with an id within its container', () =>
    expect(text('both')).toBe(
      'SELECT r.rid FROM (SELECT q.*, q.id AS local FROM res q) r UNION ALL SELECT r.rid FROM contained r',
    ));
});

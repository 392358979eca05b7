import { describe, expect, it } from 'vitest';
import { after, columns, keyName, orderBy, orderOf } from '../../../../store/search/plan/order.ts';
import { toStatement } from '../../../../store/sql.ts';
import { scopeFor, textOf, treeOf } from '../scope.ts';

const order = (url: string) => {
  const { sort, types } = treeOf(url);
  return orderOf(sort, types, scopeFor());
};

describe('orderBy', () => {
  it('breaks ties by type and id, in the direction of the last key', () => {
    expect(textOf(orderBy(order('Patient?_sort=birthdate'), false))).toBe('k0 ASC NULLS LAST, type ASC, id ASC');
    expect(textOf(orderBy(order('Patient?_sort=gender,-birthdate'), false))).toBe(
      'k0 ASC NULLS LAST, k1 DESC NULLS LAST, type DESC, id DESC',
    );
    expect(textOf(orderBy(order('Patient'), false))).toBe('type ASC, id ASC');
  });

  it('is turned around when it is read backwards', () =>
    expect(textOf(orderBy(order('Patient?_sort=-birthdate'), true))).toBe('k0 ASC NULLS FIRST, type ASC, id ASC'));

  it('needs no key for the id', () => {
    expect(order('Patient?_sort=-_id')).toEqual({ keys: [], descending: true });
    expect(order('Patient?_sort=_id,birthdate').keys).toEqual([]);
    expect(order('?_type=Patient,Observation&_sort=_id').keys).toHaveLength(1);
  });
});

describe('after', () => {
  const at = (url: string, keys: (string | null)[], backwards = false) =>
    toStatement(after(order(url), { keys, type: 1, id: 'p7' }, backwards));

  it('compares the key of the table where there is no other', () =>
    expect(at('Patient', [])).toEqual({ text: '(o.type, o.id) > (1, $1::text)', values: ['p7'] }));

  it('lets missing values come after all others', () => {
    expect(at('Patient?_sort=birthdate', ['1980-01-01 00:00:00+00']).text).toContain('o.dt IS NULL');
    expect(at('Patient?_sort=birthdate', [null]).text).toBe(
      '((o.dt IS NULL AND (o.type, o.id) > (1, $1::text))) IS TRUE',
    );
    expect(at('Patient?_sort=birthdate', [null], true).text).toContain('o.dt IS NOT NULL OR');
  });

  it('begins with what an index can begin from', () =>
    expect(at('Patient?_sort=-birthdate', ['1980-01-01 00:00:00+00']).text).toContain('o.dt <= $1::timestamptz AND'));
});

describe('columns', () => {
  it('names the keys', () => {
    expect(textOf(columns(order('Patient?_sort=birthdate,-_lastUpdated')))).toBe(
      'o.type, o.id, o.ver, o.rid, o.dt AS k0, o.lu AS k1',
    );
    expect(textOf(keyName(3))).toBe('k3');
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { all, any, join, list, literal, name, sql, toStatement } from '../../store/sql.ts';

describe('sql', () => {
  it('numbers binds in the order in which they stand', () => {
    const inner = sql`b = ${'two'}`;
    expect(toStatement(sql`SELECT ${'one'} WHERE ${inner} AND c = ${3n}`)).toEqual({
      text: 'SELECT $1 WHERE b = $2 AND c = $3',
      values: ['one', 'two', 3n],
    });
  });

  it('never lets a value become part of the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const { text, values } = toStatement(
          sql`SELECT * FROM res o WHERE o.id = ${value} AND ${all([sql`o.s1 = ${value}`])}`,
        );
        expect(text).toBe('SELECT * FROM res o WHERE o.id = $1 AND o.s1 = $2');
        expect(values).toEqual([value, value]);
      }),
    );
  });

  it('leaves line breaks of the program out and those of values alone', () => {
    const statement = toStatement(sql`SELECT
      ${'a\n  b'}`);
    expect(statement).toEqual({ text: 'SELECT $1', values: ['a\n  b'] });
  });
});

describe('name', () => {
  it('takes names of tables and columns', () =>
    expect(toStatement(name('o.last_updated')).text).toBe('o.last_updated'));

  it.each(['o.id; drop table res', 'O', '', 'a.b.c', '"a"', "a'", 'a b', '1a', '$1'])('refuses %j', (text) =>
    expect(() => name(text)).toThrow('no name'),
  );
});

describe('literal', () => {
  it('writes whole numbers, those below zero in brackets', () => {
    expect(toStatement(sql`k = ${literal(7)} - ${literal(-7)}`).text).toBe('k = 7 - (-7)');
  });

  it.each([1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60])('refuses %s', (number) =>
    expect(() => literal(number)).toThrow('whole numbers'),
  );

  it('refuses text that pretends to be a number', () =>
    expect(() => literal('1; drop table res' as unknown as number)).toThrow('whole numbers'));
});

describe('joining', () => {
  const text = (fragment: Parameters<typeof toStatement>[0]) => toStatement(fragment).text;
  const a = sql`a`;
  const b = sql`b`;

  it('puts brackets around several conditions', () => {
    expect(text(all([a, b]))).toBe('(a AND b)');
    expect(text(any([a, b]))).toBe('(a OR b)');
    expect(text(any([a]))).toBe('a');
  });

  it('knows what nothing means', () => {
    expect(text(all([]))).toBe('true');
    expect(text(any([]))).toBe('false');
    expect(text(join([], sql`, `, sql`none`))).toBe('none');
  });

  it('writes lists', () => expect(text(list([literal(1), literal(2)]))).toBe('1, 2'));
});

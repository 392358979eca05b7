import { describe, expect, it } from 'vitest';
import { searchParameters } from '../../../../resources/index.ts';
import { sortValue } from '../../../../store/search/plan/sort-values.ts';
import { scopeFor, textOf } from '../scope.ts';

const value = (type: string, code: string, descending = false) =>
  sortValue(searchParameters(type).get(code)!, descending, type, scopeFor());
const text = (type: string, code: string, descending = false) => textOf(value(type, code, descending).value);

describe('sortValue', () => {
  it('is a column where that says all', () => {
    expect(value('Observation', 'date', true)).toMatchObject({ column: 'dt', as: 'timestamptz' });
    expect(value('Patient', 'family')).toMatchObject({ column: 's1', as: 'text' });
    expect(value('Patient', '_lastUpdated')).toMatchObject({ column: 'lu', always: true });
  });

  it('is the highest of several values for descending order', () => {
    expect(value('Patient', 'family', true).column).toBeUndefined();
    expect(text('Patient', 'family', true)).toContain('SELECT max(m[1]');
    expect(text('Patient', 'name')).toContain('SELECT min(m[1]');
  });

  it('looks into side rows where values stand there', () => {
    expect(text('Observation', 'combo-value-quantity')).toMatch(/^least\(o\.num_c, \(SELECT min\(x\.clo\)/);
    expect(text('Observation', 'component-value-quantity', true)).toMatch(/^\(SELECT max\(x\.chi\)/);
  });

  it('is the code without its system, and the text of identifiers', () => {
    expect(text('Observation', 'category')).toContain('FROM dict d');
    expect(text('Observation', 'category')).not.toContain('x_id');
    expect(text('Patient', 'identifier')).toContain('FROM x_id x');
  });

  it('is one look-up for a code that stands alone in its column', () =>
    expect(text('Observation', 'code')).toContain('d.tok = o.code1'));

  it('is type and id of what is referred to', () => {
    expect(text('Observation', 'subject')).toMatch(/END\) \|\| '\/' \|\| r\.id.*r\.rid = o\.subj/);
    // What may refer to anything has its type looked up.
    expect(text('Basic', 'subject')).toContain('SELECT y.name FROM type y');
  });

  it('looks nothing up for rows that have no value', () =>
    expect(text('Observation', 'performer')).toMatch(/^\(CASE WHEN o\.sig = any/));
});

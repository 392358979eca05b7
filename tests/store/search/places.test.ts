import { describe, expect, it } from 'vitest';
import { resourceTypes, searchParameters } from '../../../resources/index.ts';
import { inSlots, placesOf, standsAside } from '../../../store/search/places.ts';
import { toStatement } from '../../../store/sql.ts';

const places = (type: string, code: string) => placesOf(searchParameters(type).get(code)!);

describe('placesOf', () => {
  it('finds the column of a parameter that has one', () => {
    expect(places('Observation', 'date')).toMatchObject({ column: 'dt', hasMoreSlots: false });
    expect(places('Observation', 'value-quantity')).toMatchObject({ column: 'num', hasMoreSlots: false });
  });

  it('tells where a part of the values stands in side rows only', () => {
    expect(places('Observation', 'combo-value-quantity')).toMatchObject({ column: 'num', hasMoreSlots: true });
    expect(places('Observation', 'component-value-quantity')).toMatchObject({ column: undefined, hasMoreSlots: true });
  });

  it('never finds two columns for one parameter of R4', () => {
    for (const type of resourceTypes()) {
      for (const { code, slots } of searchParameters(type).values()) {
        const columns = new Set(
          slots.flatMap(({ hot }) =>
            hot === undefined || hot === 's1' || hot === 'code1' || hot === 'subj' ? [] : [hot],
          ),
        );
        expect(columns.size, `${type}.${code}`).toBeLessThan(2);
      }
    }
  });
});

describe('fragments', () => {
  it('write slots and flags as text', () => {
    expect(toStatement(inSlots('x.k', [7])).text).toBe('x.k = 7');
    expect(toStatement(inSlots('x.k', [7, 8])).text).toBe('x.k IN (7, 8)');
    expect(toStatement(standsAside('o', 'dt2')).text).toBe('(o.fl & 8 <> 0)');
  });
});

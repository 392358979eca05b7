import { describe, expect, it } from 'vitest';
import { RANK, type Stretch } from '../../../store/search/condition.ts';
import { MINUS_INFINITY, PLUS_INFINITY } from '../../../store/search/index-values.ts';
import { otherRids, shortWithin, stretchRank, stretchRids, updatedWithin } from '../../../store/search/stretch.ts';
import { literal, sql, toStatement } from '../../../store/sql.ts';

const day = 86_400_000_000n;
const from: Stretch = { column: 'dt', from: 10n * day, before: PLUS_INFINITY, beside: sql`SELECT x.rid FROM x_date x` };
const before: Stretch = { column: 'dt', from: MINUS_INFINITY, before: 20n * day };
const type = literal(4);

describe('a stretch', () => {
  it('is bounded by all conditions on its column together', () => {
    expect(stretchRank([from])).toBe(RANK.openRange);
    expect(stretchRank([from, before])).toBe(RANK.closedRange);
    expect(toStatement(shortWithin([from, before], 'o')).values).toEqual([
      '1970-01-09T22:00:00.000000Z',
      '1970-01-21T00:00:00.000000Z',
      '1970-01-11T00:00:00.000000Z',
    ]);
  });

  it('looks for long ranges and for several values elsewhere', () => {
    const { text } = toStatement(stretchRids([from, before], type));
    expect(text).toContain('r.fl & 6 = 0');
    expect(text).toContain('tstzrange(r.dt, r.dt_hi) && tstzrange(');
    expect(text).toContain('UNION ALL SELECT x.rid FROM x_date x');
    expect(toStatement(otherRids([before], type)).text).not.toContain('x_date');
  });

  it('finds times of versions in the versions', () => {
    expect(toStatement(stretchRids([{ ...from, column: 'lu' }], type)).text).toContain('FROM ver w JOIN res r');
    expect(toStatement(updatedWithin([from], 'w')).values).toEqual(['1970-01-10T23:59:59.999000Z', 'infinity']);
  });
});

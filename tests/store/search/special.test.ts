import { describe, expect, it } from 'vitest';
import { searchParameters } from '../../../resources/index.ts';
import { geoPoint, where } from '../../../store/search/special.ts';
import { faultOf } from '../../setup/fault.ts';

describe('geoPoint', () => {
  it('reads a position', () =>
    expect(geoPoint({ latitude: 42.2565, longitude: -83.69481 })).toEqual({ lat: 42.2565, lon: -83.69481 }));
  it.each([{ latitude: 91, longitude: 0 }, { latitude: 0, longitude: 181 }, { latitude: 1 }, {}, undefined])(
    'leaves out what is not on the earth: %j',
    (position) => expect(geoPoint(position)).toBeUndefined(),
  );
});

describe('near', () => {
  const near = searchParameters('Location').get('near')!;
  const context = { alias: 'o' } as Parameters<typeof where>[3];

  it.each(['42.2565|-83.69|11.20|km', '42|-83', '42|-83|5', '0|180|1|[mi_i]', '90|0|100|m'])('takes %s', (value) =>
    expect(where(near, [value], undefined, context).driver).toBeDefined(),
  );

  it.each(['42', '42|x', '91|0', '0|181', '42|-83|-1|km', '42|-83|5|kg', '42|-83|5|km|more', '42|-83||km', ''])(
    'refuses %j',
    (value) => expect(faultOf(() => where(near, [value], undefined, context)).findings[0]!.expression).toBe('near'),
  );
});

/** https://hl7.org/fhir/R4/location.html#positional */
import { describe, expect, it } from 'vitest';
import { searching } from './searching.ts';

const place = (id: string, latitude: number, longitude: number) => ({
  resourceType: 'Location',
  id,
  name: id,
  position: { latitude, longitude },
});

const search = await searching([
  place('ann-arbor', 42.2808, -83.743),
  place('ypsilanti', 42.2411, -83.613),
  place('detroit', 42.3314, -83.0458),
  place('box-corner', 42.38, -83.61),
  place('fiji-west', -17.0, 179.9),
  place('fiji-east', -17.0, -179.9),
  place('north-pole', 90, 0),
  place('svalbard', 78.22, 15.65),
  { resourceType: 'Location', id: 'nowhere', name: 'Telehealth' },
]);

describe('Location.near', () => {
  it.each([
    // Ypsilanti is 11.6 km from Ann Arbor, 7.2 miles; the corner of a box of 12 km would be 16 km away.
    ['42.2808|-83.743|12|km', ['ann-arbor', 'ypsilanti']],
    ['42.2808|-83.743|12', ['ann-arbor', 'ypsilanti']],
    ['42.2808|-83.743|11|km', ['ann-arbor']],
    ['42.2808|-83.743|7.3|[mi_i]', ['ann-arbor', 'ypsilanti']],
    ['42.2808|-83.743|11700|m', ['ann-arbor', 'ypsilanti']],
    ['42.2808|-83.743|0|km', ['ann-arbor']],
    ['42.2808|-83.743', ['ann-arbor', 'box-corner', 'ypsilanti']],
    ['42.2808|-83.743|60|km', ['ann-arbor', 'box-corner', 'detroit', 'ypsilanti']],
    ['-17|180|25|km', ['fiji-east', 'fiji-west']],
    ['-17|-179.99|25|km', ['fiji-east', 'fiji-west']],
    ['89.9|120|50|km', ['north-pole']],
    ['90|0|1400|km', ['north-pole', 'svalbard']],
    [
      '0|0|21000|km',
      ['ann-arbor', 'box-corner', 'detroit', 'fiji-east', 'fiji-west', 'north-pole', 'svalbard', 'ypsilanti'],
    ],
    ['42.2808|-83.743|1|km,42.3314|-83.0458|1|km', ['ann-arbor', 'detroit']],
  ])('%s is a circle', async (value, ids) => expect((await search.ids(`Location?near=${value}`)).sort()).toEqual(ids));

  it('goes with other conditions', async () =>
    expect(await search.ids('Location?near=42.2808|-83.743|60|km&name=detr')).toEqual(['detroit']));
});

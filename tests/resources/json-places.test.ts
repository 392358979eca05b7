import { describe, expect, it } from 'vitest';
import { placeIn, placesOf } from '../../resources/json-places.ts';

const text = `{
  "resourceType": "Observation",
  "_status": { "extension": [ { "url": "http://example.org/why" } ] },
  "code": { "text": "Blood pressure",
    "coding": [ { "system": "http://loinc.org" }, { "code": "85354-9" } ] },
  "valueQuantity": { "value": 120.50,
    "unit": "mmHg" }
}`;
const placeOf = (expression: string) => placesOf(text, [expression])[0];

describe('the place of an element', () => {
  it.each([
    ['Observation', 1, 1],
    ['resourceType', 2, 3],
    ['Observation.code', 4, 3],
    ['Observation.code.coding[1]', 5, 51],
    ['Observation.code.coding[1].code', 5, 53],
    ['Observation.value', 6, 3],
    ['Observation.value.unit', 7, 5],
    ['Observation.valueQuantity.value', 6, 22],
    ['Observation.status', 3, 3],
    ['Observation.status.extension[0].url', 3, 33],
  ])('%s is line %i, column %i', (expression, line, column) => {
    expect(placeOf(expression)).toEqual({ line, column });
  });

  it.each([
    ['Observation.subject', 1, 1],
    ['Observation.code.coding[0].code', 5, 17],
    ['Observation.code.coding[7]', 5, 5],
    ["Observation.extension('http://example.org/x').value", 1, 1],
    ['Observation.value.ofType(Quantity).unit', 6, 3],
  ])('of %s, which is not there, is that of what it should stand in', (expression, line, column) => {
    expect(placeOf(expression)).toEqual({ line, column });
  });

  it('is told for many elements at once, in the order in which they were asked for', () => {
    const places = placesOf(text, ['Observation.value', 'Observation.code', 'Observation.value']);
    expect(places.map(({ line }) => line)).toEqual([6, 4, 6]);
  });

  it('counts from the beginning of the text where the resource is a part of it', () => {
    const parameters =
      '{"resourceType":"Parameters",\n"parameter":[{"name":"resource","resource":\n {"resourceType":"Patient"}}]}';
    const offset = parameters.indexOf('{"resourceType":"Patient"');
    expect(placesOf(parameters, ['Patient', 'resourceType'], offset)).toEqual([
      { line: 3, column: 2 },
      { line: 3, column: 3 },
    ]);
  });
});

it('tells the line and column of any offset', () => {
  const place = placeIn('a\nbc\n\nd');
  expect([0, 1, 2, 3, 5, 6].map(place)).toEqual([
    { line: 1, column: 1 },
    { line: 1, column: 2 },
    { line: 2, column: 1 },
    { line: 2, column: 2 },
    { line: 3, column: 1 },
    { line: 4, column: 1 },
  ]);
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sliceBundle } from '../../../operations/bundle/slices.ts';
import { jsonValues, keys } from '../../setup/json-values.ts';

describe('the resources of a Bundle', () => {
  it('are cut out as they were written, digits and spaces included', () => {
    const resource = '{ "resourceType" : "Observation", "valueQuantity": {"value": 1.00, "unit": "a\\"}b"} }';
    const text = `{"resourceType":"Bundle","type":"batch","entry":[ {"request":{"method":"GET","url":"Patient/1"}}, {"resource": ${resource} ,"request":{}} ]}`;
    const slices = sliceBundle(text)!;
    expect(slices.resources[0]).toBeUndefined();
    const { start, end } = slices.resources[1]!;
    expect(text.slice(start, end)).toBe(resource);
    expect(JSON.parse(slices.skeleton).entry[1]).toEqual({ resource: { resourceType: 'Parameters' }, request: {} });
  });

  it('are found whatever else a Bundle holds', () => {
    const json = jsonValues({ maxDepth: 4 });
    const resource = fc.dictionary(keys(), json).filter((value) => !Object.hasOwn(value, '__proto__'));
    fc.assert(
      fc.property(
        fc.array(fc.record({ fullUrl: fc.string(), resource, request: json })),
        json,
        fc.constantFrom(undefined, 2),
        (entry, link, indent) => {
          const text = JSON.stringify({ resourceType: 'Bundle', link, entry }, null, indent);
          const slices = sliceBundle(text)!;
          expect(slices.resources.map((span) => JSON.parse(text.slice(span!.start, span!.end)))).toEqual(
            entry.map((one) => JSON.parse(JSON.stringify(one.resource))),
          );
          expect(JSON.parse(slices.skeleton).entry).toHaveLength(entry.length);
        },
      ),
    );
  });

  it.each(['', '[]', '{', '{"entry":[}', '{"entry":[{"resource":{"a":"b}]}', '{"entry":[]} x', 'null'])(
    'are not looked for in %j',
    (text) => {
      expect(sliceBundle(text)).toBeUndefined();
    },
  );

  it('leave a resource that is no object to the judge', () => {
    expect(sliceBundle('{"entry":[{"resource":null}]}')).toEqual({
      resources: [undefined],
      skeleton: '{"entry":[{"resource":null}]}',
    });
  });
});

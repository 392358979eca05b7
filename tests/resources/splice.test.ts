import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../resources/json.ts';
import { assemble, metaRest, stripTop } from '../../resources/splice.ts';
import { jsonValues } from '../setup/json-values.ts';

const at = '2026-11-20T08:15:30.123Z';

/** Sends a text through the store: taken apart on the way in, put together on the way out. */
function through(written: string, version = 3): string {
  const parsed = parseJson(written);
  return assemble('Patient', 'p1', version, at, metaRest(parsed), stripTop(parsed));
}

describe('stripTop, metaRest and assemble', () => {
  it('give back what was sent, with the id, version and time of the server', () => {
    const meta = fc.option(
      fc.record(
        {
          versionId: fc.constant('9'),
          tag: fc.array(jsonValues(), { maxLength: 2 }),
          lastUpdated: fc.constant('x'),
          source: fc.string(),
        },
        { requiredKeys: [] },
      ),
      { nil: undefined },
    );
    const rest = fc.dictionary(fc.stringMatching(/^[a-z]{3,9}$/), jsonValues(), { maxKeys: 4 });
    const order = fc.shuffledSubarray(['resourceType', 'id', 'meta', 'rest'], { minLength: 4 });
    fc.assert(
      fc.property(meta, rest, order, fc.constantFrom(undefined, 2), (theMeta, others, keys, indent) => {
        const parts: any = {
          resourceType: { resourceType: 'Patient' },
          id: { id: 'old' },
          meta: theMeta ? { meta: theMeta } : {},
          rest: others,
        };
        const sent = Object.assign({}, ...keys.map((key) => parts[key]));
        const got = JSON.parse(through(JSON.stringify(sent, undefined, indent)));
        const { versionId: _v, lastUpdated: _l, ...kept } = theMeta ?? {};
        const expected = { ...sent, id: 'p1', meta: { versionId: '3', lastUpdated: at, ...kept } };
        expect(got).toEqual(JSON.parse(JSON.stringify(expected)));
      }),
    );
  });

  it('leave the body as it was written, digits, order and spacing included', () => {
    const parsed = parseJson('{"resourceType":"Patient", "z" : 1.00,\n "id":"x","a":[ 0.10 ]}');
    expect(stripTop(parsed)).toBe('{"z" : 1.00,"a":[ 0.10 ]}');
  });

  it('leave an empty object of a resource that has nothing else', () => {
    expect(stripTop(parseJson('{"resourceType":"Patient"}'))).toBe('{}');
    expect(through('{ "resourceType": "Patient" }')).toBe(
      `{"resourceType":"Patient","id":"p1","meta":{"versionId":"3","lastUpdated":"${at}"}}`,
    );
  });

  it('keep the rest of meta, and nothing when there is no rest', () => {
    expect(metaRest(parseJson('{"meta":{"versionId":"1","tag":[{"code":"x"}],"lastUpdated":"y"}}'))).toBe(
      '{"tag":[{"code":"x"}]}',
    );
    expect(metaRest(parseJson('{"meta":{"profile":["http://example.org/p"]}}'))).toBe(
      '{"profile":["http://example.org/p"]}',
    );
    for (const none of ['{}', '{"meta":{}}', '{"meta":{ }}', '{"meta":{"versionId":"1"}}'])
      expect(metaRest(parseJson(none))).toBeUndefined();
  });

  it('do not take members of inner objects for those at the top', () => {
    const written =
      '{"contact":[{"id":"c1"}],"resourceType":"Patient","extension":[{"id":"e","url":"http://example.org/meta"}]}';
    expect(JSON.parse(stripTop(parseJson(written)))).toEqual({
      contact: [{ id: 'c1' }],
      extension: [{ id: 'e', url: 'http://example.org/meta' }],
    });
  });
});

import { describe, expect, it } from 'vitest';
import { toVector } from '../../../store/search/text-vector.ts';

/** Words of a vector → their places. */
const vectorOf = (type: string, resource: object, meta?: object): Record<string, string> =>
  Object.fromEntries(
    toVector(type, resource, meta)
      .split(' ')
      .filter((part) => part !== '')
      .map((part) => part.slice(1).split("':") as [string, string]),
  );

describe('toVector', () => {
  it('marks the words of the narrative, and puts a gap between texts', () => {
    const text = { status: 'generated', div: '<div><p>Chest pain</p><p>since pain</p></div>' };
    expect(vectorOf('Condition', { text, code: { text: 'Angina pectoris' } })).toEqual({
      chest: '1A',
      pain: '2A,5A',
      since: '4A',
      angina: '7',
      pectoris: '8',
      generated: '10',
    });
  });

  it('takes strings, markdown and codes wherever they stand', () => {
    const words = vectorOf(
      'Observation',
      {
        status: 'final',
        code: { coding: [{ system: 'http://loinc.org', code: '4548-4', display: 'Haemoglobin A1c' }] },
        valueQuantity: { value: 7.2, unit: 'percent', system: 'http://unitsofmeasure.org', code: '%' },
        note: [{ authorString: 'Dr. Weiss', time: '2024-01-02', text: 'fasting *sample*' }],
        component: [{ code: { text: 'inner' }, valueString: 'trace' }],
        extension: [{ url: 'http://example.org/ext', valueMarkdown: 'annotated' }],
        _status: { extension: [{ url: 'http://example.org/ext', valueString: 'behind' }] },
        contained: [
          {
            resourceType: 'Device',
            id: 'd',
            deviceName: [{ name: 'Cobas', type: 'model-name' }],
            text: { div: '<div>tower</div>' },
          },
        ],
      },
      { tag: [{ system: 'urn:tags', code: 'research', display: 'For research' }], source: 'urn:source' },
    );
    for (const word of [
      'final',
      '4548',
      'haemoglobin',
      'percent',
      'weiss',
      'fasting',
      'sample',
      'inner',
      'trace',
      'annotated',
      'behind',
      'cobas',
      'tower',
      'research',
    ]) {
      expect(Object.keys(words)).toContain(word);
    }
    // The narrative of another resource is not that of this one.
    expect(words.tower).not.toContain('A');
  });

  it('leaves out what is no language', () => {
    expect(
      vectorOf('DocumentReference', {
        id: 'abc',
        date: '2024-01-02T03:04:05Z',
        subject: { reference: 'Patient/hidden' },
        content: [{ attachment: { url: 'http://example.org/hidden', data: 'aGlkZGVu', size: 12 } }],
        implicitRules: 'http://example.org/hidden',
        extension: [{ url: 'http://example.org/hidden', valueUri: 'urn:hidden' }],
      }),
    ).toEqual({});
  });

  it('follows resources in a Bundle, and passes by what R4 does not know', () => {
    const entry = [
      { resource: { resourceType: 'Basic', code: { text: 'inside' } } },
      { resource: { resourceType: 'Nonsense', code: { text: 'x' } } },
    ];
    expect(Object.keys(vectorOf('Bundle', { type: 'collection', entry, nonsense: 'y', total: 2 }))).toEqual([
      'collection',
      'inside',
    ]);
  });

  it('stays within what Postgres can keep', () => {
    const texts = Array.from({ length: 400_000 }, (_, i) => `w${i}`).join(' ');
    const vector = toVector('Basic', { code: { text: `${'same '.repeat(1000)}${texts}` } });
    const places = /^'same':([^ ]*)/.exec(vector)![1]!.split(',');
    expect(places).toHaveLength(255);
    expect(vector.split(' ').length).toBeGreaterThan(50_000);
    expect(vector).not.toContain(':16384');
  });
});

import { expect, it } from 'vitest';
import { isFound, matchesOf, matchParameter, ranked, unmappedOf } from '../../../terminology/maps/matching.ts';
import { LOCAL, LOINC, labToLoinc } from './double.ts';

const group = labToLoinc.group![0]!;
const place = { map: labToLoinc, group, coding: { system: LOCAL, code: 'HB' } };
const glucose = group.element[1]!.target!.map((target) => ({ code: 'GLU', target }));
const urine = { element: 'material', concept: { text: 'urine' } };

it('takes only targets whose dependencies are met, and tells which were not given', () => {
  const lacking = new Set<string>();
  expect(matchesOf(place, glucose, { dependencies: [urine] }, lacking).map(({ concept }) => concept?.code)).toEqual([
    '2350-7',
  ]);
  expect(lacking.size).toBe(0);
  expect(matchesOf(place, glucose, {}, lacking)).toEqual([]);
  expect([...lacking]).toEqual(['material']);
});

it('turns round what is wider and narrower when it reads from the other end', () => {
  const back = matchesOf(place, glucose, { reverse: true }, new Set());
  expect(back.map(({ equivalence, concept }) => [equivalence, concept])).toEqual([
    ['wider', { system: LOCAL, code: 'GLU' }],
    ['narrower', { system: LOCAL, code: 'GLU' }],
  ]);
});

it('finds nothing in an element without target, or one that says so', () => {
  const said = matchesOf(
    place,
    [{ code: 'OLD' }, { code: 'ODD', target: { equivalence: 'unmatched' } }],
    {},
    new Set(),
  );
  expect(said.map(({ equivalence }) => equivalence)).toEqual(['unmatched', 'unmatched']);
  expect(said.some(isFound)).toBe(false);
});

it('says what the group says of codes that it lacks', () => {
  expect(unmappedOf(place).match?.concept).toEqual({
    system: LOINC,
    version: '2.78',
    code: '56850-1',
    display: 'Interpretation and review',
  });
  const provided = { ...place, group: { ...group, unmapped: { mode: 'provided' as const } } };
  expect(unmappedOf(provided).match).toMatchObject({
    equivalence: 'equivalent',
    concept: { system: LOINC, code: 'HB' },
  });
  const elsewhere = { ...place, group: { ...group, unmapped: { mode: 'other-map' as const, url: 'http://a.org/m' } } };
  expect(unmappedOf(elsewhere)).toEqual({ follow: 'http://a.org/m' });
  const { unmapped: _, ...silent } = group;
  expect(unmappedOf({ ...place, group: silent })).toEqual({});
});

it('tells each match once, the best first', () => {
  const [narrower] = matchesOf(
    place,
    [{ code: 'GLU', target: { code: '1-1', equivalence: 'narrower' } }],
    {},
    new Set(),
  );
  const [equal] = matchesOf(place, [{ code: 'GLU', target: { code: '2-2', equivalence: 'equal' } }], {}, new Set());
  expect(ranked([narrower!, equal!, { ...narrower! }])).toEqual([equal, narrower]);
});

it('tells a match with its products and the map that says so', () => {
  const [match] = matchesOf(place, glucose, { dependencies: [urine] }, new Set());
  expect(matchParameter(match!).part?.map(({ name }) => name)).toEqual(['equivalence', 'concept', 'product', 'source']);
  expect(matchParameter(match!).part?.at(-1)?.valueUri).toBe(labToLoinc.url);
});

import { expect, it } from 'vitest';
import { compose } from '../../terminology/composition.ts';
import { itemMaker, itemsOf, nested } from '../../terminology/items.ts';
import { faultOf } from '../setup/fault.ts';
import { allWards, shelfOf, WARDS, wards } from './double.ts';

const composition = compose(allWards, shelfOf(wards));
const codes = (choice: Parameters<typeof itemsOf>[1]) =>
  itemsOf(composition, choice).items.map(({ concept }) => concept.code);

it('lists concepts in the order of their system, without those that are not wanted', () => {
  expect(codes({})).toEqual(['surgery', 'neuro', 'cardiac', 'medicine']);
  expect(codes({ activeOnly: true })).toEqual(['surgery', 'neuro', 'medicine']);
  expect(codes({ excludeNotForUI: true })).toEqual(['neuro', 'cardiac', 'medicine']);
  expect(codes({ excludedSystems: [WARDS] })).toEqual([]);
  expect(codes({ excludedSystems: [`${WARDS}|2`] })).toHaveLength(4);
});

it('finds concepts by words of displays and designations, the nearest first', () => {
  expect(codes({ filter: 'surg' })).toEqual(['surgery', 'cardiac']);
  expect(codes({ filter: 'chirurgie' })).toEqual(['surgery']);
  expect(codes({ filter: 'x-ray' })).toEqual([]);
});

it('puts concepts below the nearest that is there', () => {
  const [surgery, medicine] = nested(itemsOf(composition, {}).items);
  expect(surgery!.below.map(({ item }) => item.concept.code)).toEqual(['neuro', 'cardiac']);
  expect(medicine!.below).toEqual([]);
});

it('makes items of codes that no system at hand has', () => {
  const set = compose(
    {
      ...allWards,
      compose: { include: [{ system: 'http://loinc.org', concept: [{ code: '8480-6', display: 'Systolic' }] }] },
    },
    shelfOf(),
  );
  expect(itemMaker(set, 'http://loinc.org')('8480-6')).toMatchObject({
    concept: { code: '8480-6' },
    listed: { display: 'Systolic' },
  });
});

it('says why a set has no list', () => {
  const units = compose({ ...allWards, compose: { include: [{ system: 'http://unitsofmeasure.org' }] } }, shelfOf());
  expect(faultOf(() => itemsOf(units, {})).message).toContain('has no list of its codes');
});

import { expect, it } from 'vitest';
import {
  type Around,
  fromMany,
  fromTruth,
  isMet,
  one,
  textOf,
  toText,
  toTruth,
  toWhole,
} from '../../../resources/condition/code.ts';
import { Element } from '../../../resources/condition/item.ts';

const around = {} as Around;

it('evaluates single items as truths', () => {
  expect(toTruth([])).toBeUndefined();
  expect(toTruth([false])).toBe(false);
  expect(toTruth(['text'])).toBe(true);
  expect(() => toTruth([true, true])).toThrow();
});

it('takes one text or number, or none', () => {
  expect(toText([])).toBeUndefined();
  expect(toText([new Element('a', undefined, 'string')])).toBe('a');
  expect(() => toText([1])).toThrow();
  expect(toWhole([3])).toBe(3);
  expect(() => toWhole([1.5])).toThrow();
  expect(textOf(fromMany(() => ['a']))([], around)).toBe('a');
});

it('turns truths into items and back', () => {
  expect(fromTruth(() => undefined).many([], around)).toEqual([]);
  expect(fromTruth(() => true).many([], around)).toEqual([true]);
  expect(fromMany(() => one(false)).truth([], around)).toBe(false);
  expect(
    isMet(
      fromMany(() => ['text']),
      [],
      around,
    ),
  ).toBe(false);
});

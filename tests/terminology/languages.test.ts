import { expect, it } from 'vitest';
import { closeness, parseLanguages } from '../../terminology/languages.ts';
import { faultOf } from '../setup/fault.ts';

it('reads lists of languages with their weights', () => {
  expect(parseLanguages('fr;q=0.5, de-CH, de;q=0.9')).toMatchObject({
    wanted: ['de-CH', 'de', 'fr'],
    takesOthers: true,
  });
  expect(parseLanguages('de, *;q=0')).toMatchObject({ wanted: ['de'], takesOthers: false });
  expect(parseLanguages('*')).toMatchObject({ wanted: [], takesOthers: true });
});

it('refuses what is none', () => {
  for (const text of ['-', '', 'de,,fr', 'de;q=2', 'german or french']) {
    expect(faultOf(() => parseLanguages(text)).kind).toBe('invalid-value');
  }
});

it('prefers the same language to one of its regions, and that to nothing', () => {
  const german = parseLanguages('de-CH, en');
  const order = ['en-GB', 'fr', 'de', 'de-CH', 'en'].filter((tag) => closeness(german, tag) !== undefined);
  order.sort((a, b) => closeness(german, a)! - closeness(german, b)!);
  expect(order).toEqual(['de-CH', 'de', 'en', 'en-GB']);
});

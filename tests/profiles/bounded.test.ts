import { expect, it } from 'vitest';
import { Bounded } from '../../profiles/bounded.ts';

it('keeps what is used all the time, however much comes and goes', () => {
  const map = new Bounded<number>({ entriesMax: 10 });
  map.set('us-core-patient', 1);
  for (let n = 0; n < 1_000; n++) {
    map.set(`once-${n}`, n);
    expect(map.get('us-core-patient')).toBe(1);
    expect(map.size).toBeLessThanOrEqual(12);
  }
  expect(map.get('once-3')).toBe(undefined);
});

it('counts weights, too, and a value that is set again once', () => {
  const map = new Bounded<string>({ entriesMax: 100, weightMax: 100 });
  for (let n = 0; n < 50; n++) map.set('same', 'value', 40);
  map.set('a', 'a', 10);
  expect(map.get('same')).toBe('value');
  for (let n = 0; n < 20; n++) map.set(`large-${n}`, 'large', 30);
  expect(map.size).toBeLessThanOrEqual(4);
  map.clear();
  expect(map.get('large-19')).toBe(undefined);
});

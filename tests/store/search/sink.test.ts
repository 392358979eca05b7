import { expect, it } from 'vitest';
import { Hasher } from '../../../store/hash.ts';
import { Sink, toValues } from '../../../store/search/sink.ts';
import { KEY } from './extracting.ts';

const sink = () => {
  const one = new Sink(new Hasher(KEY), 'UTC');
  one.begin('Observation', undefined, undefined);
  return one;
};

it('takes a reference once, however many there are', () => {
  const one = sink();
  for (let twice = 0; twice < 2; twice++) for (let n = 0; n < 200; n++) one.addReference(n, 7);
  expect(toValues(one, 1n).nr).toBe(200);
});

it('takes a token once, however many there are', () => {
  const one = sink();
  one.tokens.push(-1n);
  for (let twice = 0; twice < 2; twice++) for (let n = 0n; n < 200n; n++) one.addToken(n);
  expect(one.tokens).toEqual([-1n, ...Array.from({ length: 200 }, (_, n) => BigInt(n))]);
});

it('takes a patient once, however many there are, and is kept by the first', () => {
  const one = sink();
  for (let twice = 0; twice < 2; twice++) for (let n = 0; n < 200; n++) one.addPatient(`p${n}`, n, 5);
  expect(one.comp).toEqual(Array.from({ length: 200 }, (_, n) => `p${n}`));
  expect(toValues(one, 9n).sk).toBe(one.hasher.join(0, 5));
});

it('gives each lock once, in order', () => {
  const one = sink();
  one.locks.push(5n, -1n, 5n);
  expect(toValues(one, 1n).locks).toEqual([-1n, 5n]);
});

it('is in its own shard where it is in no compartment', () => {
  const one = sink();
  expect(toValues(one, 9n).sk).toBe(9n);
  one.comp.push('ann');
  one.compRid = 4n;
  expect(toValues(one, 9n).sk).toBe(4n);
});

it('keeps nothing of the resource before', () => {
  const one = sink();
  one.addReference(1, 2);
  one.str += '^f:bakker';
  const before = toValues(one, 1n);
  one.begin('Patient', undefined, { container: 'Patient/a', types: new Map() });
  expect(toValues(one, 2n)).toMatchObject({ nr: 0, str: null });
  expect(before).toMatchObject({ nr: 1, str: '^f:bakker^' });
});

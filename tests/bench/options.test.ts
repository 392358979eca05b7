import { expect, it } from 'vitest';
import { parseOptions } from '../../bench/options.ts';

it('measures every series with 8 and 32 clients by default', () => {
  expect(parseOptions([])).toMatchObject({
    series: ['constant', 'read', 'create', 'update', 'mix', 'history', 'import'],
    clients: [8, 32],
    pairs: 4,
    compare: 'vesta',
    layout: 'once',
  });
});

it('is quick with 8 clients and one pair, and lets single options win', () => {
  expect(parseOptions(['--quick'])).toMatchObject({ clients: [8], pairs: 1, seconds: 2 });
  expect(parseOptions(['--quick', '--clients', '4,16'])).toMatchObject({ clients: [4, 16], pairs: 1 });
});

it('gives nothing when help was asked for', () => {
  expect(parseOptions(['--help'])).toBeUndefined();
});

it.each([
  [['--series', 'reed'], '--series cannot be “reed”. It takes: constant, read'],
  [['--clients', '8,none'], '--clients needs a whole number above zero, not “none”'],
  [['--clients', '2.5'], '--clients needs a whole number above zero, not “2.5”'],
  [['--seconds', '0'], '--seconds needs a number above zero'],
  [['--compare', 'other'], '--compare cannot be “other”'],
])('refuses %j with a sentence', (args, sentence) => {
  expect(() => parseOptions(args)).toThrow(sentence);
});

import { expect, it } from 'vitest';
import { Misunderstood, Scanner } from '../../terminology/ecl-text.ts';

it('passes over blanks and comments', () => {
  const scanner = new Scanner('  /* a */ << 22298006 |Heart attack| and x');
  expect(scanner.take('<<')).toBe(true);
  expect(scanner.concept()).toBe('22298006');
  expect(scanner.word(['AND', 'OR'])).toBe('AND');
  expect(scanner.word(['AND', 'OR'])).toBeUndefined();
  expect(scanner.rest()).toBe('x');
});

it('says where it stands when it does not understand', () => {
  const scanner = new Scanner('( x');
  scanner.need('(');
  expect(() => scanner.concept()).toThrow(Misunderstood);
  expect(scanner.at).toBe(2);
});

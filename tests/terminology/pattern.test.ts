import { describe, expect, it } from 'vitest';
import { patternOf } from '../../terminology/pattern.ts';

describe('a pattern', () => {
  it.each([
    ['o[a-z]*', 'old', 'bold'],
    ['[^ \\t\\r\\n\\f]{5}', 'code1', 'code12'],
    ['(ab)+c?', 'ababc', 'abb'],
    ['A|B1', 'B1', 'AB1'],
    ['(?:x|y)\\d{2}', 'y07', 'y7'],
    ['\\(\\*\\)', '(*)', '**'],
  ])('%s matches the whole of %s, not %s', (source, match, other) => {
    const matches = patternOf(source)!;
    expect(matches(match)).toBe(true);
    expect(matches(other)).toBe(false);
  });

  it.each(['(a+)+', '(a|a)*', '((a*)b){2,}', '(a?b*)+', '(?=a)', '(a)\\1', 'a*b*c*d*e*', '[', 'a'.repeat(201)])(
    'is not taken where it could run for ever, or is none: %s',
    (source) => expect(patternOf(source)).toBeUndefined(),
  );
});

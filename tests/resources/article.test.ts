import { expect, it } from 'vitest';
import { withArticle } from '../../resources/article.ts';

it.each(['an Observation', 'a Patient', 'an unsignedInt', 'a uri', 'a url', 'a uuid', 'an integer', 'a '])(
  'says %s',
  (told) => expect(withArticle(told.replace(/^an? /, ''))).toBe(told),
);

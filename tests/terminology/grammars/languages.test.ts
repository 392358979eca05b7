import { expect, it } from 'vitest';
import { LANGUAGES } from '../../../terminology/grammars/languages.ts';

it('writes tags as RFC 5646 recommends, and names them by language, script and region', () => {
  expect(LANGUAGES.find('SR-latn-rs')).toEqual({ code: 'sr-Latn-RS', display: 'Serbian (Latin, Serbia)' });
  expect(LANGUAGES.find('es-419')?.display).toContain('Latin America');
});

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { later, type Setting, settings, settingsPage } from '../../server/settings.ts';

const rows = Object.entries(settings as Record<string, Setting<unknown>>);

it.each(rows)('%s has a default of its own kind', (_name, { kind, otherwise }) => {
  if (otherwise !== undefined) expect(kind.parse(String(otherwise))).toBe(otherwise);
});

it.each(rows)('%s says in a sentence what it does', (_name, { sentence }) => {
  expect(sentence).toMatch(/^[A-Z`].*\.$/);
});

it('the manual has the page that the table prints', () => {
  expect(readFileSync(new URL('../../docs/settings.md', import.meta.url), 'utf8')).toBe(settingsPage());
});

it('a name that is planned is none that works', () => {
  for (const name of Object.keys(later)) expect(settings).not.toHaveProperty(name);
});

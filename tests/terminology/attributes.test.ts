import { expect, it } from 'vitest';
import type { AttributeTest, Term } from '../../store/index.ts';
import { hasAttributes } from '../../terminology/attributes.ts';
import { holds } from '../../terminology/membership.ts';
import { systemOf } from '../../terminology/system.ts';
import { heart, MORPHOLOGY, SITE } from './heart.ts';

const system = systemOf(heart);
const code = (value: string): Term => ({ kind: 'filter', system, filter: { property: 'concept', op: '=', value } });
const test = (name: string, value: AttributeTest['value'], isNot = false) => ({ name: code(name), value, isNot });
const has = (concept: string, ...of: AttributeTest[]) =>
  hasAttributes({ kind: 'attributes', system, of }, concept, holds);

it('asks for a property with a value, or with another one', () => {
  expect(has('22298006', test(SITE, code('80891009')))).toBe(true);
  expect(has('22298006', test(SITE, code('80891009'), true))).toBe(false);
  expect(has('64572001', test(SITE, code('80891009'), true))).toBe(false);
  expect(has('none', test(SITE, code('80891009')))).toBe(false);
});

it('wants several tests to be met in one group', () => {
  const both = [test(SITE, { kind: 'all' }), test(MORPHOLOGY, code('55641003'))];
  expect(has('22298006', ...both)).toBe(true);
  expect(has('301095005', ...both)).toBe(false);
});

it('compares numbers as numbers and texts as texts', () => {
  const dose = (comparison: '=' | '!=' | '<' | '<=' | '>' | '>=', number: number) =>
    has('22298006', test('1142135004', { comparison, number }));
  expect([dose('=', 2.5), dose('!=', 2.5), dose('<', 3), dose('<=', 2.5), dose('>', 2.5), dose('>=', 2)]).toEqual([
    true,
    false,
    true,
    true,
    false,
    true,
  ]);
  expect(has('22298006', test('1142143009', { comparison: '<', number: 3 }))).toBe(false);
  expect(has('22298006', test('1142143009', { comparison: '!=', text: 'chronic' }))).toBe(true);
});

import { expect, it } from 'vitest';
import { codeOf } from '../../../resources/condition/compile.ts';
import { parsed } from '../../../resources/fhirpath.ts';

it('compiles a way down to names, and keeps what never changes', () => {
  expect(codeOf(parsed('name.given'))!.way).toEqual(['name', 'given']);
  expect(codeOf(parsed("('a' | 'b' | 'a')"))!.constant).toEqual(['a', 'b']);
  expect(codeOf(parsed('name.exists() and active'))!.isTruth).toBe(true);
});

it.each([
  'today()',
  'birthDate = @2012',
  "4 'mg'",
  '$index > 0',
  'name.sort()',
  '%unknown',
  'value is DateTime',
  'name.exists(1, 2).Patient',
])('leaves %s to the engine', (expression) => expect(codeOf(parsed(expression))).toBeUndefined());

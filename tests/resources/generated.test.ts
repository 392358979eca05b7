import { expect, it } from 'vitest';
import { once, readPart } from '../../resources/generated.ts';

it('reads a generated file once', () => {
  const codes = once<Record<string, string[]>>('codes.json');
  expect(codes()['administrative-gender']).toContain('female');
  expect(codes()).toBe(codes());
});

it('reads a part of a file', () => {
  expect(
    JSON.parse(readPart('stamp.json', 0, 1) + readPart('stamp.json', 1, 4096).replaceAll('\0', '')),
  ).toHaveProperty('package');
});

it('says what to do where a file is missing', () => {
  expect(once('nothing.json')).toThrow('resources/generate/index.ts');
});

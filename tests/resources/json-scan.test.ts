import { expect, it } from 'vitest';
import { scanJson } from '../../resources/json-scan.ts';

it('tells the way to each number that a double would write differently', () => {
  const { numbers } = scanJson('{"component":[{"value":1},{"value":2.50,"list":[1,2.0,"3.0"]}],"x":4e1}');
  expect(numbers).toEqual([
    { path: ['component', 1, 'value'], source: '2.50' },
    { path: ['component', 1, 'list', 1], source: '2.0' },
    { path: ['x'], source: '4e1' },
  ]);
});

it('finds the members of a meta object that the server owns', () => {
  const meta = '{"versionId":"1","source":"#a","lastUpdated":"2020"}';
  const { members } = scanJson(meta);
  expect(meta.slice(...members.versionId!)).toBe('"versionId":"1"');
  expect(meta.slice(...members.lastUpdated!)).toBe('"lastUpdated":"2020"');
});

it.each(['', '}', ']]', '{"a', '{"a":', ':', '"\\', '{"a":"\\', '-', ',,,', '{"a":1}}'])(
  'comes to an end on broken text %j',
  (broken) => {
    expect(scanJson(broken).numbers.length).toBeLessThan(2);
  },
);

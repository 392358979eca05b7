import { expect, it } from 'vitest';
import { namedRelease, readArguments, releasesText } from '../../../server/terminology/main.ts';

const release = (version: string, isCurrent = false) => ({
  n: 1,
  url: 'http://loinc.org',
  version,
  isCurrent,
  concepts: 3,
  made: '2026-01-02 03:04:05',
});

it('understands what it is asked', () => {
  expect(readArguments([])).toEqual({ do: 'help' });
  expect(readArguments(['list'])).toEqual({ do: 'list' });
  expect(readArguments(['load', 'csv', 'a.csv', '--version=2', '--map', 'm.json'])).toEqual({
    do: 'load',
    format: 'csv',
    path: 'a.csv',
    version: '2',
    map: 'm.json',
  });
  expect(readArguments(['drop', 'http://loinc.org|2.81'])).toEqual({ do: 'drop', canonical: 'http://loinc.org|2.81' });
});

it('says what it does not understand', () => {
  for (const [args, text] of [
    [['load', 'xyz', 'a'], 'There is no format xyz; there are snomed, loinc'],
    [['load', 'csv'], 'is not understood'],
    [['list', '--colour'], 'does not know --colour'],
    [['load', 'csv', 'a', '--map'], '--map needs a value'],
  ] as const) {
    expect(() => readArguments(args)).toThrow(text);
  }
});

it('tells what is loaded', () => {
  expect(releasesText([])).toBe('No release is loaded.\n');
  expect(releasesText([release('2.80'), release('2.81', true)])).toBe(
    '  http://loinc.org|2.80  3 concepts, loaded 2026-01-02 03:04\n* http://loinc.org|2.81  3 concepts, loaded 2026-01-02 03:04\n* is meant where no version is named\n',
  );
});

it('finds a release by its canonical, or by its url alone where there is one version', () => {
  const both = [release('2.80'), release('2.81')];
  expect(namedRelease(both, 'http://loinc.org|2.80')).toBe(both[0]);
  expect(namedRelease(both.slice(1), 'http://loinc.org')).toBe(both[1]);
  expect(() => namedRelease(both, 'http://loinc.org')).toThrow('several versions are loaded');
  expect(() => namedRelease(both, 'http://x.org')).toThrow(
    'http://x.org is not loaded.\nLoaded are:\n  http://loinc.org|2.80',
  );
});

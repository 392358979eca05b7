import { expect, it } from 'vitest';
import { type Fact, pieceOf, rowOf } from '../../terminology/release.ts';

const row = (...facts: Fact[]) => rowOf({ code: 'A', texts: facts.map((fact) => pieceOf(fact).text) });

it('makes a concept of everything that is said of a code', () => {
  expect(
    row(
      { is: 'name', code: 'A', value: 'Zweiter\nName', rank: 5, language: 'de' },
      { is: 'parent', code: 'A', parent: 'B' },
      { is: 'parent', code: 'A', parent: 'B' },
      { is: 'concept', code: 'A', inactive: true, definition: 'What it is.' },
      { is: 'name', code: 'A', value: 'First', rank: 0 },
      { is: 'property', code: 'A', property: { code: 'colour', valueString: 'red' } },
    ),
  ).toEqual({
    code: 'A',
    display: 'First',
    definition: 'What it is.',
    property: [
      { code: 'inactive', valueBoolean: true },
      { code: 'colour', valueString: 'red' },
    ],
    designation: [{ language: 'de', value: 'Zweiter\nName' }],
    parents: ['B'],
    inactive: true,
    abstract: false,
    words: ['first', 'zweiter', 'name'],
  });
});

it('makes nothing of a code of which nobody says that it exists', () =>
  expect(row({ is: 'name', code: 'A', value: 'x', rank: 0 })).toBeUndefined());

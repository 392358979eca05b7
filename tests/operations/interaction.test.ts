import { expect, it } from 'vitest';
import { defineInteraction, withoutGeneral } from '../../operations/interaction.ts';

it('freezes what an interaction is', () => {
  const interaction = defineInteraction({
    name: 'read',
    verb: 'read',
    parameters: [],
    perform: async () => ({ status: 200 }),
  });
  expect(Object.isFrozen(interaction)).toBe(true);
});

it('keeps everything of a query but what the door obeys', () => {
  expect(
    withoutGeneral([
      ['_format', 'json'],
      ['_count', '5'],
      ['_pretty', 'true'],
      ['_formatted', 'x'],
    ]),
  ).toEqual([
    ['_count', '5'],
    ['_formatted', 'x'],
  ]);
});

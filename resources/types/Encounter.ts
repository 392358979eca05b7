import { defineType } from '../type.ts';

export const definition = defineType({
  type: 'Encounter',
  hot: { subj: 'subject', code1: 'class', dates: ['date', 'location-period'], num: 'length' },
  classTokens: ['class'],
});

import { defineType } from '../type.ts';

export const definition = defineType({
  type: 'Observation',
  hot: { subj: 'subject', code1: 'code', dates: ['date', 'value-date'], num: 'value-quantity' },
  classTokens: ['category'],
});

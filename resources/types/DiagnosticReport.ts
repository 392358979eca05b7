import { defineType } from '../type.ts';

export const definition = defineType({
  type: 'DiagnosticReport',
  hot: { subj: 'subject', code1: 'code', dates: ['date', 'issued'] },
  classTokens: ['category'],
});

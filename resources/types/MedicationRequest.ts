import { defineType } from '../type.ts';

export const definition = defineType({
  type: 'MedicationRequest',
  hot: { subj: 'subject', code1: 'code', dates: ['authoredon', 'date'] },
  classTokens: ['category'],
});

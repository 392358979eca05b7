import { defineType } from '../type.ts';

export const definition = defineType({
  type: 'Claim',
  hot: { subj: 'patient', dates: ['created'] },
});

import { defineType } from '../type.ts';

export const definition = defineType({
  type: 'Coverage',
  hot: { subj: 'beneficiary', code1: 'type' },
});

import { defineType } from '../type.ts';

export const definition = defineType({
  type: 'Patient',
  hot: { dates: ['birthdate', 'death-date'], s1: 'family' },
});

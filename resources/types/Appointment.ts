import { defineType } from '../type.ts';

export const definition = defineType({
  type: 'Appointment',
  hot: { code1: 'service-type', dates: ['date'] },
  classTokens: ['service-category'],
});

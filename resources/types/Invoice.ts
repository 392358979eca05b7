import { defineType } from '../type.ts';

export const definition = defineType({
  type: 'Invoice',
  hot: { subj: 'subject', code1: 'type', dates: ['date'], num: 'totalnet' },
});

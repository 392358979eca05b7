import { expect, it } from 'vitest';
import { operation } from '../../../operations/extended/Resource-validate.ts';

it('changes nothing and is offered for every type and everywhere', () => {
  expect(operation).toMatchObject({
    affectsState: false,
    types: ['Resource'],
    levels: { system: true, type: true, instance: true },
  });
});

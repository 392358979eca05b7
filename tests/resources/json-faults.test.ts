import { expect, it } from 'vitest';
import { doubledKey, numberTooLong, prototypeKey, stringTooLong, tooDeep } from '../../resources/json-faults.ts';
import { jsonLimits } from '../../resources/json-limits.ts';

it('says what, where and what to do, with the status that fits', () => {
  expect(tooDeep(jsonLimits)).toMatchObject({ status: 400, message: expect.stringContaining('100') });
  expect(stringTooLong(jsonLimits, 'Binary.data')).toMatchObject({ status: 413 });
  const faults = [
    stringTooLong(jsonLimits, 'Binary.data'),
    numberTooLong(jsonLimits, 'a'),
    doubledKey('id', 'a'),
    prototypeKey('a'),
  ];
  for (const fault of faults)
    expect(fault.findings[0]).toMatchObject({ expression: expect.any(String), hint: expect.any(String) });
});

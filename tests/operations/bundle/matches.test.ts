import { describe, expect, it } from 'vitest';
import { selectedBy } from '../../../operations/bundle/matches.ts';
import type { Criteria } from '../../../store/index.ts';
import { testContext } from '../../setup/context.ts';
import { testEnvironment } from '../../setup/environment.ts';
import { faultFrom } from '../../setup/fault.ts';

const criteria = (type: string, value: string): Criteria => ({
  type,
  query: [['identifier', value]],
  where: 'Bundle.entry[0].resource',
});
const asked = {
  entries: new Map([[2, criteria('Patient', 'http://hospital.example/mrn|7')]]),
  references: new Map([['Practitioner?identifier=npi|9', criteria('Practitioner', 'npi|9')]]),
};
const select = (...answers: string[][]) =>
  selectedBy(asked, testEnvironment({ match: async () => answers }), testContext());

describe('what criteria select', () => {
  it('is told by entry and by reference, from one search', async () => {
    expect(await select(['anna', 'ben'], ['dr-lee'])).toEqual({
      matches: new Map([[2, ['anna', 'ben']]]),
      links: new Map([['Practitioner?identifier=npi|9', 'Practitioner/dr-lee']]),
    });
  });

  it.each([
    [[], 'missing-target'],
    [['dr-lee', 'dr-li'], 'multiple-matches'],
  ])('for a reference must be one: %j is %s', async (found, kind) => {
    const fault = await faultFrom(select([], found));
    expect([fault.kind, fault.findings[0]!.expression]).toEqual([kind, 'Bundle.entry[0].resource']);
  });

  it('is not asked for where nothing depends on it', async () => {
    const nothing = { entries: new Map(), references: new Map() };
    expect((await selectedBy(nothing, testEnvironment(), testContext())).matches.size).toBe(0);
  });
});

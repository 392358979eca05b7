import { expect, it } from 'vitest';
import { knownSystems } from '../../terminology/known-systems.ts';
import { testContext } from '../setup/context.ts';

it("tells R4's own systems, those of rules and loaded releases, but nobody's own definitions", async () => {
  const loaded = (identity: string, url: string) => ({
    n: 1,
    url,
    version: '2024',
    identity,
    about: { resourceType: 'CodeSystem', status: 'active', content: 'complete' } as const,
    isCurrent: true,
    concepts: 1,
  });
  const room = {
    loaded: async () => [loaded('rf2', 'http://snomed.info/sct'), loaded('CodeSystem/7/_history/1', 'urn:own')],
  };
  const systems = await knownSystems(room, testContext());
  expect(systems).toContainEqual({ url: 'http://snomed.info/sct', version: '2024' });
  expect(systems).toContainEqual({ url: 'urn:ietf:bcp:47', version: undefined });
  expect(systems.map(({ url }) => url)).not.toContain('urn:own');
  expect(systems.length).toBeGreaterThan(1_000);
});

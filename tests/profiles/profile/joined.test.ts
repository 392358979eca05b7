import { expect, it } from 'vitest';
import { judge } from '../../../profiles/index.ts';
import { withProfiles } from '../../../profiles/profile/joined.ts';
import { parseJson } from '../../../resources/index.ts';
import { libraryOf, profileOf } from './profiling.ts';

const born = profileOf('born', 'Patient', [['Patient.birthDate', { min: 1 }]]);
const library = libraryOf([born]);

it('gives the base judgement back when profiles say nothing', () => {
  const base = { isValid: true, findings: [], references: [], needs: { structures: [], valueSets: [], codes: [] } };
  expect(withProfiles(base, 'Basic', { resourceType: 'Basic' }, { library })).toBe(base);
});

it('joins what R4 and what profiles say: validity, findings and what was lacking', () => {
  const base = {
    isValid: true,
    findings: [{ kind: 'invalid-value' as const, text: 'x', severity: 'warning' as const }],
    references: [],
    needs: { structures: ['urn:a'], valueSets: [], codes: [] },
  };
  const joined = withProfiles(
    base,
    'Patient',
    { resourceType: 'Patient', meta: { profile: [born.url, 'urn:b'] } },
    {
      library: {
        ...library,
        structure: (canonical) => (canonical === 'urn:b' ? undefined : library.structure(canonical)),
      },
    },
  );
  expect(joined.isValid).toBe(false);
  expect(joined.findings.map(({ text }) => text)).toEqual(['x', '`birthDate` is missing: born needs it.']);
  expect(joined.needs.structures).toEqual(['urn:a', 'urn:b']);
});

it('is part of judging at the full level only', () => {
  const parsed = parseJson(JSON.stringify({ resourceType: 'Patient', meta: { profile: [born.url] } }));
  expect(judge('Patient', parsed, { level: 'structure', library }).isValid).toBe(true);
  expect(judge('Patient', parsed, { level: 'full', library }).isValid).toBe(false);
});

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { judge } from '../../profiles/index.ts';
import { searchParameterFindings } from '../../profiles/search-parameter.ts';
import { customParameters, parseJson } from '../../resources/index.ts';
import { hasSharedData, sharedData } from '../setup/shared-data.ts';

function definitionsOf(file: string): any[] {
  const folder = mkdtempSync(join(tmpdir(), 'vesta-package-'));
  try {
    execFileSync('tar', ['xzf', fileURLToPath(sharedData(`ig-packages/${file}`)), '-C', folder]);
    const place = join(folder, 'package');
    const names = readdirSync(place).filter((name) => /^SearchParameter.*\.json$/.test(name));
    return names.map((name) => JSON.parse(readFileSync(join(place, name), 'utf8')));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('searchParameterFindings', () => {
  it('is part of what is said of a SearchParameter', () => {
    const resource = {
      resourceType: 'SearchParameter',
      url: 'http://x/y',
      name: 'y',
      description: 'y',
      status: 'active',
      code: 'y',
      base: ['Patient'],
      type: 'date',
      expression: 'Patient.name',
    };
    expect(searchParameterFindings(resource)).toHaveLength(1);
    expect(judge('SearchParameter', parseJson(JSON.stringify(resource))).findings).toMatchObject([
      { kind: 'unprocessable', expression: 'SearchParameter.type' },
    ]);
  });

  it.runIf(hasSharedData).each(['us_core_610.tgz', 'us_core_700.tgz', 'carin4bb-200.tgz'])(
    'takes every definition of %s, or says why it adds nothing',
    (file) => {
      const definitions = definitionsOf(file);
      expect(definitions.length).toBeGreaterThan(10);
      const used: string[] = [];
      for (const resource of definitions) {
        const { findings, definitions: added, unused } = customParameters(resource);
        expect(findings).toEqual([]);
        expect(added.size + unused.size).toBeGreaterThan(0);
        used.push(...[...added.keys()].map((type) => `${type}.${resource.code}`));
      }
      expect(used.sort()).toEqual(file.startsWith('us_core') ? usCore : carin);
    },
  );
});

const usCore = [
  'CareTeam.role',
  'Condition.asserted-date',
  'Encounter.discharge-disposition',
  'Goal.description',
  'Patient.ethnicity',
  'Patient.gender-identity',
  'Patient.race',
];
const carin = ['billable-period-start', 'insurer', 'service-date', 'service-start-date', 'type'].map(
  (code) => `ExplanationOfBenefit.${code}`,
);

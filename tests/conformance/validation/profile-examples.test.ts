/** The examples of guides, and records made for them, against the profiles that they claim. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { judge, type Library } from '../../../profiles/index.ts';
import { type Parsed, parseJson } from '../../../resources/index.ts';
import { libraryFrom, readGuide } from '../../setup/guide-files.ts';
import { hasSharedData, sharedData } from '../../setup/shared-data.ts';

/** What is refused: example → where (without indexes) and by which rule, and why that is right. */
const exceptions: Readonly<Record<string, { readonly told: readonly string[]; readonly reason: string }>> = JSON.parse(
  readFileSync(new URL('profile-example-exceptions.json', import.meta.url), 'utf8'),
);

function errors(parsed: Pick<Parsed, 'value' | 'digits'>, library: Library): string[] {
  const { isValid, findings } = judge(parsed.value.resourceType, parsed, { level: 'full', library });
  const found = findings.filter(({ severity = 'error' }) => severity === 'error');
  expect(isValid).toBe(found.length === 0);
  return [...new Set(found.map(({ expression, rule }) => `${expression?.replace(/\[\d+\]/g, '')} ${rule}`))].sort();
}

function excepted(start: string): Record<string, readonly string[]> {
  return Object.fromEntries(
    Object.entries(exceptions).flatMap(([name, { told }]) => (name.startsWith(start) ? [[name, told]] : [])),
  );
}

describe.runIf(hasSharedData)('examples that claim profiles', () => {
  if (!hasSharedData) return;
  const core = readGuide('us_core_700');

  it.each([
    ['us_core_610', 180],
    ['us_core_700', 210],
    ['ips_v110', 40],
    ['carin4bb-200', 30],
    ['davinci_pas_2.2.1', 45],
  ])(
    'keep to those of %s, but for those of the table',
    (name, least) => {
      const guide = name === 'us_core_700' ? core : readGuide(name);
      const others = name.startsWith('us_core') ? { structures: [], terminology: [] } : core;
      const library = libraryFrom(
        [...guide.structures, ...others.structures],
        [...guide.terminology, ...others.terminology],
      );
      const broken: Record<string, string[]> = {};
      for (const [file, text] of guide.examples) {
        const told = errors(parseJson(text), library);
        if (told.length > 0) broken[`${name}/${file}`] = told;
      }
      expect(guide.examples.size).toBeGreaterThanOrEqual(least);
      expect(broken).toEqual(excepted(`${name}/`));
    },
    120_000,
  );

  it('keep to US Core where they are records in which all of its elements occur, but for those of the table', () => {
    const library = libraryFrom(core.structures, core.terminology);
    const broken: Record<string, string[]> = {};
    for (const patient of ['85', '355']) {
      const { value, digits } = parseJson(
        readFileSync(sharedData(`us-core-records/uscore_bundle_patient_${patient}.json`), 'utf8'),
      );
      for (const { resource } of value.entry) {
        const told = errors({ value: resource, digits }, library);
        if (told.length > 0) broken[`records/${patient}/${resource.resourceType}/${resource.id}`] = told;
      }
    }
    expect(broken).toEqual(excepted('records/'));
  }, 120_000);
});

import { describe, expect, it } from 'vitest';
import { parseValidateOptions } from '../../../bench/validate/main.ts';
import { costsOf, report } from '../../../bench/validate/report.ts';
import { clinical } from '../../../bench/validate/samples.ts';
import { judge } from '../../../profiles/index.ts';
import { parseJson } from '../../../resources/index.ts';
import { ownLibrary } from '../../setup/own-library.ts';

describe('the benchmark of judging', () => {
  it('takes types and runs, and tells what it cannot take', () => {
    expect(parseValidateOptions(['--validate', '--type', 'Patient,Observation', '--runs', '2'])).toEqual({
      types: ['Patient', 'Observation'],
      runs: 2,
      json: undefined,
    });
    expect(parseValidateOptions(['--validate', '--help'])).toBeUndefined();
    expect(() => parseValidateOptions(['--validate', '--runs', 'x'])).toThrow('--runs');
  });

  it('does each kind of work on each resource, as often as asked', () => {
    const done = { read: 0, structure: 0, full: 0 };
    const costs = costsOf('Patient', ['a', 'b'], 3, {
      read: () => done.read++,
      structure: () => done.structure++,
      full: () => done.full++,
    });
    expect(done.read).toBe(6);
    expect(done.full).toBe(done.structure);
    expect(costs).toMatchObject({ type: 'Patient', count: 2 });
    expect(
      report('Synthea', [{ type: 'Patient', count: 2, read: 12, structure: 1.25, full: 3, fullP99: 40 }]),
    ).toContain('| Patient | 2 | 12 | 1.3 | **3.0** | 40 |');
  });

  it('judges records that are valid', () => {
    for (const text of clinical().filter((_, i) => i % 10 === 0)) {
      const parsed = parseJson(text);
      const { findings, isValid } = judge(parsed.value.resourceType, parsed, { level: 'full', library: ownLibrary() });
      expect(isValid, JSON.stringify(findings)).toBe(true);
    }
  });
});

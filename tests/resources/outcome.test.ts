import { describe, expect, it } from 'vitest';
import { FAULT_SYSTEM, Fault, toOutcome } from '../../resources/outcome.ts';

describe('a fault', () => {
  it('becomes an OperationOutcome that says what, where and what to try', () => {
    const fault = new Fault('version-conflict', 'Patient/7 is at version 4, not 3.', {
      hint: 'Read it again, then update.',
      expression: 'Patient.meta.versionId',
    });
    expect(fault.status).toBe(412);
    expect(toOutcome(fault.findings)).toEqual({
      resourceType: 'OperationOutcome',
      issue: [
        {
          severity: 'error',
          code: 'conflict',
          details: {
            coding: [{ system: FAULT_SYSTEM, code: 'version-conflict' }],
            text: 'Patient/7 is at version 4, not 3.',
          },
          diagnostics: 'Read it again, then update.',
          expression: ['Patient.meta.versionId'],
        },
      ],
    });
  });

  it('tells each of its findings, with the severity that a finding names itself', () => {
    const findings = [
      { kind: 'invalid-value', text: 'One.', expression: 'Patient.birthDate' },
      { kind: 'invalid-structure', text: 'Two.', severity: 'warning' },
    ] as const;
    const { issue } = toOutcome(new Fault('invalid-value', 'One.', { findings: [...findings] }).findings);
    expect(issue.map(({ severity, code }) => [severity, code])).toEqual([
      ['error', 'value'],
      ['warning', 'structure'],
    ]);
  });

  it('never tells its cause', () => {
    const fault = new Fault('internal', 'Something went wrong here.', { cause: new Error('select secret from t') });
    expect(JSON.stringify(toOutcome(fault.findings))).not.toContain('secret');
    expect(fault.status).toBe(500);
  });
});

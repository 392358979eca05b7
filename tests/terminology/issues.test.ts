import { expect, it } from 'vitest';
import * as issues from '../../terminology/issues.ts';

const named = { system: 'http://snomed.info/sct', code: '22298006' };

it('are told with the codes and message ids that terminology servers share', () => {
  expect(issues.toIssue(issues.unknownCode(named, 'Coding.code'))).toEqual({
    extension: [
      {
        url: 'http://hl7.org/fhir/StructureDefinition/operationoutcome-message-id',
        valueString: 'Unknown_Code_in_Version',
      },
    ],
    severity: 'error',
    code: 'code-invalid',
    details: {
      coding: [{ system: 'http://hl7.org/fhir/tools/CodeSystem/tx-issue-type', code: 'invalid-code' }],
      text: "Unknown code '22298006' in the CodeSystem 'http://snomed.info/sct'",
    },
    location: ['Coding.code'],
    expression: ['Coding.code'],
  });
});

it('make one message of what is to be told', () => {
  expect(issues.messageOf([])).toBeUndefined();
  expect(issues.messageOf([issues.cautioned('draft', 'CodeSystem x')])).toBeUndefined();
  const told = [
    issues.unknownCode(named, 'code'),
    issues.notInValueSet({ ...named, display: 'Infarct' }, 'http://x', 'code'),
  ];
  expect(issues.messageOf(told)).toBe(
    "The provided code 'http://snomed.info/sct#22298006 ('Infarct')' was not found in the value set 'http://x'; Unknown code '22298006' in the CodeSystem 'http://snomed.info/sct'",
  );
});

it('name what they are about', () => {
  expect(issues.noSystem(named, 'http://x', ['http://a', 'http://b'], 'code').text).toContain('[http://a, http://b]');
  expect(issues.noSystem(named, 'http://x', [], 'code').kind).toBe('cannot-infer');
  expect(issues.noneInValueSet([named], 'http://x').text).toContain("'http://snomed.info/sct#22298006'");
  expect(issues.inactiveConcept('x', 'retired', undefined).text).toContain('retired and inactive');
  expect(issues.inactiveConcept('x', undefined, 'Coding').text).toContain('status of inactive');
  expect(issues.notActive('x', 'code').severity).toBe('error');
  expect(issues.abstractCode(named, 'code').text).toContain('abstract');
  expect(issues.caseDiffers('A', 'a', 'http://x', 'code').severity).toBe('information');
  expect(issues.undecided('the system is not at hand').text).toContain('not at hand');
  expect(issues.unknownSystem('http://x', 'system', 'warning').severity).toBe('warning');
  expect(issues.unknownInFragment(named, 'code').severity).toBe('warning');
  expect(issues.deprecatedInValueSet(named, 'http://x', 'code').text).toContain('deprecated');
});

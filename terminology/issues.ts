/**
 * What can be said of a code that is validated: the sentences, codes and message ids that FHIR terminology servers have
 * agreed on, so that clients that know one of them know all. https://build.fhir.org/ig/HL7/fhir-tx-ecosystem-ig/
 */
import type { OperationOutcomeIssue } from 'fhir/r4.js';

export interface Issue {
  readonly severity: 'error' | 'warning' | 'information';
  readonly code: OperationOutcomeIssue['code'];
  /** Code of the system of kinds of issues. */
  readonly kind: string;
  readonly rule: string;
  readonly text: string;
  readonly expression?: string;
  /** Whether the sentence stands in `message`, too. */
  readonly isTold: boolean;
}

const KINDS = 'http://hl7.org/fhir/tools/CodeSystem/tx-issue-type';
const MESSAGE_ID = 'http://hl7.org/fhir/StructureDefinition/operationoutcome-message-id';

/** The issue as it stands in an OperationOutcome. */
export function toIssue({ severity, code, kind, rule, text, expression }: Issue): OperationOutcomeIssue {
  return {
    extension: [{ url: MESSAGE_ID, valueString: rule }],
    severity,
    code,
    details: { coding: [{ system: KINDS, code: kind }], text },
    ...(expression === undefined ? {} : { location: [expression], expression: [expression] }),
  };
}

/** What is wrong, or to be noted, in one line. */
export function messageOf(issues: readonly Issue[]): string | undefined {
  const told = issues.filter(({ isTold }) => isTold);
  const texts = [...new Set(told.map(({ text }) => text))].sort();
  return texts.length > 0 ? texts.join('; ') : undefined;
}

/** A code of a system, for a sentence. */
export interface Named {
  readonly system: string | undefined;
  readonly version?: string | undefined;
  readonly code: string;
  readonly display?: string | undefined;
}

export function notInValueSet({ system = '', code, display }: Named, valueSet: string, expression: string): Issue {
  const named = `${system}#${code}${display === undefined ? '' : ` ('${display}')`}`;
  return {
    severity: 'error',
    code: 'code-invalid',
    kind: 'not-in-vs',
    rule: 'None_of_the_provided_codes_are_in_the_value_set_one',
    text: `The provided code '${named}' was not found in the value set '${valueSet}'`,
    expression,
    isTold: true,
  };
}

export function noneInValueSet(codes: readonly Named[], valueSet: string): Issue {
  const named = codes.map(({ system = '', code }) => `'${system}#${code}'`).join(', ');
  return {
    severity: 'error',
    code: 'code-invalid',
    kind: 'not-in-vs',
    rule: 'TX_GENERAL_CC_ERROR_MESSAGE',
    text: `No valid coding was found for the value set '${valueSet}': none of the codes ${named} is in it`,
    isTold: true,
  };
}

export function unknownCode({ system, version, code }: Named, expression: string): Issue {
  const inVersion = version === undefined ? '' : ` version '${version}'`;
  return {
    severity: 'error',
    code: 'code-invalid',
    kind: 'invalid-code',
    rule: 'Unknown_Code_in_Version',
    text: `Unknown code '${code}' in the CodeSystem '${system}'${inVersion}`,
    expression,
    isTold: true,
  };
}

export function unknownInFragment({ system, version, code }: Named, expression: string): Issue {
  const inVersion = version === undefined ? '' : ` version '${version}'`;
  return {
    severity: 'warning',
    code: 'code-invalid',
    kind: 'invalid-code',
    rule: 'UNKNOWN_CODE_IN_FRAGMENT',
    text: `Unknown Code '${code}' in the CodeSystem '${system}'${inVersion} - note that the code system is labeled as a fragment, so the code may be valid in some other fragment`,
    expression,
    isTold: false,
  };
}

export function unknownSystem(system: string, expression: string, severity: 'error' | 'warning' = 'error'): Issue {
  const text = `A definition for CodeSystem '${system}' could not be found, so the code cannot be validated`;
  return {
    severity,
    code: 'not-found',
    kind: 'not-found',
    rule: 'UNKNOWN_CODESYSTEM',
    text,
    expression,
    isTold: true,
  };
}

export function undecided(because: string): Issue {
  return {
    severity: 'error',
    code: 'not-found',
    kind: 'not-found',
    rule: 'UNABLE_TO_CHECK_IF_THE_PROVIDED_CODES_ARE_IN_THE_VALUE_SET',
    text: `It cannot be said whether the code is in the value set: ${because}`,
    isTold: true,
  };
}

export function noSystem({ code }: Named, valueSet: string, found: readonly string[], expression: string): Issue {
  const several = found.length > 1;
  return {
    severity: 'error',
    code: 'not-found',
    kind: 'cannot-infer',
    rule: several ? 'Unable_to_resolve_system__value_set_has_multiple_matches' : 'UNABLE_TO_INFER_CODESYSTEM',
    text: `The System URI could not be determined for the code '${code}' in the ValueSet '${valueSet}'${
      several ? `: value set expansion has multiple matches: [${found.join(', ')}]` : ''
    }`,
    expression,
    isTold: true,
  };
}

export function abstractCode({ system, code }: Named, expression: string): Issue {
  return {
    severity: 'error',
    code: 'business-rule',
    kind: 'code-rule',
    rule: 'ABSTRACT_CODE_NOT_ALLOWED',
    text: `Code '${system}#${code}' is abstract, and not allowed in this context`,
    expression,
    isTold: true,
  };
}

export function inactiveConcept(code: string, status: string | undefined, expression: string | undefined): Issue {
  const named = status === undefined || status === 'inactive' ? 'inactive' : `${status} and inactive`;
  return {
    severity: 'warning',
    code: 'business-rule',
    kind: 'code-comment',
    rule: 'INACTIVE_CONCEPT_FOUND',
    text: `The concept '${code}' has a status of ${named} and its use should be reviewed`,
    ...(expression ? { expression } : {}),
    isTold: true,
  };
}

export function notActive(code: string, expression: string): Issue {
  return {
    severity: 'error',
    code: 'business-rule',
    kind: 'code-rule',
    rule: 'STATUS_CODE_WARNING_CODE',
    text: `The concept '${code}' is valid but is not active`,
    expression,
    isTold: true,
  };
}

export function deprecatedInValueSet({ system, code }: Named, valueSet: string, expression: string): Issue {
  return {
    severity: 'warning',
    code: 'business-rule',
    kind: 'code-comment',
    rule: 'CONCEPT_DEPRECATED_IN_VALUESET',
    text: `The presence of the concept '${code}' in the system '${system}' in the value set ${valueSet} is marked with a status of deprecated and its use should be reviewed`,
    expression,
    isTold: false,
  };
}

export function caseDiffers(code: string, right: string, system: string, expression: string): Issue {
  return {
    severity: 'information',
    code: 'business-rule',
    kind: 'code-rule',
    rule: 'CODE_CASE_DIFFERENCE',
    text: `The code '${code}' differs from the correct code '${right}' by case. Although the code system '${system}' is case insensitive, implementers are strongly encouraged to use the correct case anyway`,
    expression,
    isTold: false,
  };
}

/** @param what `CodeSystem http://…|1.0` */
export function cautioned(caution: 'deprecated' | 'withdrawn' | 'experimental' | 'draft', what: string): Issue {
  return {
    severity: 'information',
    code: 'business-rule',
    kind: 'status-check',
    rule: `MSG_${caution.toUpperCase()}`,
    text: `Reference to ${caution} ${what}`,
    isTold: false,
  };
}

/**
 * Faults: everything that can go wrong for a reason the caller can understand.
 * The kind fixes the HTTP status and the FHIR issue code; one row per kind, nothing decided anywhere else.
 * https://hl7.org/fhir/R4/operationoutcome.html, https://hl7.org/fhir/R4/valueset-issue-type.html
 */
import type { Extension, OperationOutcome, OperationOutcomeIssue } from 'fhir/r4.js';

/** kind → [HTTP status, FHIR issue type, severity] */
const kinds = {
  'invalid-json': [400, 'structure', 'error'],
  'invalid-structure': [400, 'structure', 'error'],
  'invalid-value': [400, 'value', 'error'],
  'invalid-request': [400, 'invalid', 'error'],
  'invalid-reference': [400, 'invalid', 'error'],
  'unknown-parameter': [400, 'not-supported', 'error'],
  'unsupported-modifier': [400, 'not-supported', 'error'],
  'not-supported': [400, 'not-supported', 'error'],
  'too-costly': [400, 'too-costly', 'error'],
  'too-deep': [400, 'structure', 'error'],
  'missing-target': [422, 'not-found', 'error'],
  unprocessable: [422, 'processing', 'error'],
  'not-found': [404, 'not-found', 'error'],
  'unknown-type': [404, 'not-supported', 'error'],
  'unknown-route': [404, 'not-found', 'error'],
  gone: [410, 'deleted', 'error'],
  'method-not-allowed': [405, 'not-supported', 'error'],
  'not-acceptable': [406, 'not-supported', 'error'],
  'unsupported-media-type': [415, 'not-supported', 'error'],
  conflict: [409, 'conflict', 'error'],
  referenced: [409, 'conflict', 'error'],
  'version-conflict': [412, 'conflict', 'error'],
  'multiple-matches': [412, 'multiple-matches', 'error'],
  'precondition-failed': [412, 'conflict', 'error'],
  'too-large': [413, 'too-long', 'error'],
  forbidden: [403, 'forbidden', 'error'],
  unauthenticated: [401, 'login', 'error'],
  throttled: [429, 'throttled', 'error'],
  'not-ready': [503, 'transient', 'error'],
  timeout: [503, 'timeout', 'error'],
  'database-unavailable': [503, 'transient', 'error'],
  'storage-full': [507, 'no-store', 'error'],
  'not-implemented': [501, 'not-supported', 'error'],
  internal: [500, 'exception', 'fatal'],
} as const satisfies Record<
  string,
  readonly [number, OperationOutcomeIssue['code'], OperationOutcomeIssue['severity']]
>;

export type FaultKind = keyof typeof kinds;

/** The HTTP status of a kind. */
export function faultStatus(kind: FaultKind): number {
  return kinds[kind][0];
}

/** The code system of `details.coding`: Vesta's own stable names of faults. */
export const FAULT_SYSTEM = 'urn:vesta:fault';

/** One thing found wrong, before it becomes an OperationOutcome.issue. */
export interface Finding {
  /** A kind of this table; a fault of several findings answers with the status of its own kind. */
  kind: FaultKind;
  /** What happened, in one sentence. */
  text: string;
  /** FHIRPath of the exact element, e.g. `Patient.name[1].given[0]`. */
  expression?: string;
  /** What to try. */
  hint?: string;
  severity?: OperationOutcomeIssue['severity'];
  /** The rule that was broken: the key of an invariant (`obs-6`), `binding`, `slice:systolic`, `fixed`, a profile's canonical. */
  rule?: string;
  /** Issue type where the rule is more exact than the kind: `code-invalid`, `invariant`, `required`, `extension`, `business-rule`. */
  issue?: OperationOutcomeIssue['code'];
  /** Where it stands in the text that was sent; both from 1. */
  line?: number;
  column?: number;
}

export interface FaultOptions {
  hint?: string;
  expression?: string;
  /** Several findings in place of the single one made of kind, text, hint and expression. */
  findings?: Finding[];
  /** Extra response headers, e.g. `Allow`, `Retry-After`. */
  headers?: Record<string, string>;
  /** The resource that it is about, `Patient/7`, where one request concerns several. */
  about?: string;
  cause?: unknown;
}

/** A refusal with a reason: thrown anywhere, caught once at the door and once per Bundle entry. */
export class Fault extends Error {
  readonly kind: FaultKind;
  readonly status: number;
  readonly findings: readonly Finding[];
  readonly headers: Readonly<Record<string, string>>;
  readonly about: string | undefined;

  constructor(kind: FaultKind, text: string, options: FaultOptions = {}) {
    super(text, { cause: options.cause });
    this.name = 'Fault';
    this.kind = kind;
    this.status = kinds[kind][0];
    this.findings = options.findings ?? [{ kind, text, hint: options.hint, expression: options.expression }];
    this.headers = options.headers ?? {};
    this.about = options.about;
  }
}

/** The OperationOutcome that tells these findings; never holds a stack, SQL or anybody's data. */
export function toOutcome(findings: readonly Finding[]): OperationOutcome {
  return { resourceType: 'OperationOutcome', issue: findings.map(toIssue) };
}

function toIssue(finding: Finding): OperationOutcomeIssue {
  const [, code, severity] = kinds[finding.kind];
  return {
    ...(finding.rule || finding.line ? { extension: marksOf(finding) } : {}),
    severity: finding.severity ?? severity,
    code: finding.issue ?? code,
    details: { coding: [{ system: FAULT_SYSTEM, code: finding.kind }], text: finding.text },
    ...(finding.hint ? { diagnostics: finding.hint } : {}),
    ...(finding.expression ? { expression: [finding.expression] } : {}),
  };
}

/** Rule and place as the extensions that R4 has for them. https://hl7.org/fhir/R4/operationoutcome-profiles.html */
function marksOf({ rule, line, column }: Finding): Extension[] {
  const base = 'http://hl7.org/fhir/StructureDefinition/operationoutcome';
  return [
    ...(line === undefined ? [] : [{ url: `${base}-issue-line`, valueInteger: line }]),
    ...(column === undefined ? [] : [{ url: `${base}-issue-col`, valueInteger: column }]),
    ...(rule === undefined ? [] : [{ url: `${base}-message-id`, valueString: rule }]),
  ];
}

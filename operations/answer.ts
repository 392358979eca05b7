/** Stored versions → answers, as Prefer asks. https://hl7.org/fhir/R4/http.html#ops */
import type { FhirResource, ParametersParameter } from 'fhir/r4.js';
import { type Context, type Finding, toOutcome } from '../resources/index.ts';
import type { Version } from '../store/index.ts';
import type { Prefer } from './call.ts';
import type { Answer } from './interaction.ts';
import { etagOf } from './preconditions.ts';

/** The answer to a read: body, ETag, Last-Modified. */
export function readAnswer(version: Version): Answer {
  return { status: 200, body: version.text, etag: etagOf(version.version), lastModified: version.lastUpdated };
}

/**
 * The answer to a write that stored (or found) `version`. Without a preference the resource is returned, since most
 * clients go on with its id and version.
 */
export function writeAnswer(status: number, version: Version, prefer: Prefer, said: string, notes?: Notes): Answer {
  return {
    status,
    body: writeBody(version, prefer, said, notes),
    etag: etagOf(version.version),
    lastModified: version.lastUpdated,
    location: locationOf(version),
  };
}

/** The answer of an operation whose result is a resource. */
export function resourceAnswer(resource: FhirResource, status = 200): Answer {
  return { status, body: JSON.stringify(resource), isResult: true };
}

/** The answer of an operation whose result are parameters. https://hl7.org/fhir/R4/operations.html#response */
export function parametersAnswer(parameter: readonly ParametersParameter[]): Answer {
  const list = parameter.length > 0 ? { parameter: [...parameter] } : {};
  return resourceAnswer({ resourceType: 'Parameters', ...list });
}

/** `Patient/1/_history/2`, to which the door puts the base. */
export function locationOf(version: Pick<Version, 'type' | 'id' | 'version'>): string {
  return `${version.type}/${version.id}/_history/${version.version}`;
}

/** 200 with an OperationOutcome of these findings, or of one sentence where there are none. */
export function outcomeAnswer(findings: readonly Finding[], otherwise: string): Answer {
  const body = findings.length > 0 ? JSON.stringify(toOutcome(findings)) : successOutcome(otherwise);
  return { status: 200, body, isResult: true };
}

/** What a good resource is warned of. */
export type Notes = readonly Finding[];

/** An OperationOutcome that says that all went well, and what might be better. */
export function successOutcome(said: string, notes: Notes = []): string {
  return JSON.stringify({
    ...toOutcome([]),
    issue: [{ severity: 'information', code: 'informational', details: { text: said } }, ...toOutcome(notes).issue],
  });
}

/** Where the base stands before `Patient/1/_history/2`. */
export function absolute(location: string, context: Context): string {
  return `${context.base}/${location}`;
}

function writeBody(version: Version, prefer: Prefer, said: string, notes: Notes | undefined): string | undefined {
  if (prefer.return === 'minimal') return undefined;
  if (prefer.return === 'OperationOutcome') return successOutcome(said, notes);
  return version.text;
}

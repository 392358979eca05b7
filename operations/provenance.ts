/**
 * X-Provenance: who or what stands behind a write, stored with it or not at all.
 * https://hl7.org/fhir/R4/provenance.html, https://hl7.org/fhir/R4/http.html#custom
 */

import { judge } from '../profiles/index.ts';
import { type Context, Fault, type Parsed, parseJson } from '../resources/index.ts';
import type { Criteria, Draft, Prepared, Version, Write, Written } from '../store/index.ts';
import { locationOf } from './answer.ts';
import type { Call } from './call.ts';
import type { Environment } from './interaction.ts';
import { check } from './receive.ts';

/** What becomes of a write, once the matches of its criteria are known. */
export type Plan =
  /** Criteria of a create selected it, so nothing is written. */
  { readonly existing: string } | { readonly id: string; write(current: Version | undefined): Write | Promise<Write> };

/** Searches whose answer others changed before the write; then the request has to be sent again. */
const TRIES = 8;

/**
 * A header that is not obeyed must not seem to be: the interactions that change something and take none refuse it.
 * @throws Fault `not-supported`
 */
export function refuseProvenance({ interaction, headers }: Call): void {
  if (headers.provenance === undefined) return;
  if (interaction === 'delete') {
    throw new Fault('not-supported', 'X-Provenance is not taken with a delete.', {
      hint: 'Store the Provenance by a request of its own; its target can be the last version, [type]/[id]/_history/[version].',
    });
  }
  if (interaction === 'transaction') {
    throw new Fault('not-supported', 'X-Provenance is not taken with a batch or transaction.', {
      hint: 'Put the Provenance into the Bundle as an entry of its own; its target is the fullUrl of the other entry.',
    });
  }
}

/**
 * Writes one resource together with the Provenance of the header, whose target is the version that was written.
 * Where nothing is written (the content is what is stored, a conditional create found its resource), neither is a Provenance.
 * @param criteria of a conditional interaction
 * @param planFor decides by the ids that the criteria select, at most two; called again where they changed meanwhile
 * @throws Fault of the header, of `planFor`, of the write; then nothing was stored
 */
export async function writeWithProvenance(
  call: Call,
  criteria: Criteria | undefined,
  environment: Environment,
  context: Context,
  planFor: (ids: readonly string[]) => Plan,
): Promise<Written> {
  const { records } = environment.store;
  const type = call.type!;
  const accompany = await readProvenance(call.headers.provenance!, type, environment, context);
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    const [ids = []] = criteria ? await records.match(context.access, [criteria], context) : [];
    const plan = planFor(ids);
    if ('existing' in plan) {
      const version = await records.read(context.access, type, plan.existing, context);
      if (version && !version.deleted) return { version, created: false, changed: false };
      continue;
    }
    const target = { type, id: plan.id, guards: criteria ? [{ criteria, ids }] : [] };
    const written = await records.revise(context.access, target, context, async (current) => ({
      write: await plan.write(current),
      with: accompany,
    }));
    if (written !== 'stale') return written!;
  }
  throw new Fault('conflict', 'Other writers changed what the criteria select, several times in a row.', {
    hint: 'Send it again.',
    headers: { 'Retry-After': '1' },
  });
}

/** Checks the Provenance before anything is written. @returns what makes it ready for storing, given what was written */
async function readProvenance(
  header: string,
  type: string,
  environment: Environment,
  context: Context,
): Promise<(written: Written) => Prepared[]> {
  try {
    requireProvenance(parseJson(header, environment.settings.limits).value);
    const target = `${type}/0/_history/1`;
    await check('Provenance', withTarget(header, target), environment, context, { own: target });
  } catch (error) {
    throw toldOfHeader(error);
  }
  return ({ version }) => [environment.store.records.prepare(draftOf(header, locationOf(version)))];
}

function requireProvenance(value: { readonly resourceType?: unknown; readonly target?: unknown }): void {
  if (value.resourceType !== 'Provenance') {
    throw new Fault('invalid-request', 'a Provenance in JSON is expected.', { expression: 'resourceType' });
  }
  if (value.target !== undefined) {
    throw new Fault('invalid-request', 'the target is the version that this request writes, and cannot be another.', {
      expression: 'Provenance.target',
      hint: 'Leave target out; the server puts it in.',
    });
  }
}

function withTarget(header: string, target: string): Parsed {
  const member = `"target":[{"reference":${JSON.stringify(target)}}],`;
  return parseJson(header.replace('{', () => `{${member}`));
}

/** Only its target differs from what was checked. */
function draftOf(header: string, target: string) {
  const parsed = withTarget(header, target);
  const { references } = judge('Provenance', parsed);
  return { type: 'Provenance', id: undefined, method: 'POST', parsed, references } as const satisfies Draft;
}

/** Its places are those of a resource that stands in a header, not in the body. */
function toldOfHeader(error: unknown): unknown {
  if (!(error instanceof Fault)) return error;
  const told = (text: string) => `X-Provenance: ${text}`;
  const findings = error.findings.map((finding) => ({ ...finding, text: told(finding.text) }));
  return new Fault(error.kind, told(error.message), { findings, cause: error });
}

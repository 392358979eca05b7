/** Entries and Bundles of responses. https://hl7.org/fhir/R4/http.html#transaction-response */
import { STATUS_CODES } from 'node:http';
import { type Context, Fault, type Finding, toOutcome } from '../../resources/index.ts';
import type { Written } from '../../store/index.ts';
import { absolute, locationOf, successOutcome } from '../answer.ts';
import type { Prefer } from '../call.ts';
import type { Answer } from '../interaction.ts';
import { etagOf } from '../preconditions.ts';
import type { Act } from './decide.ts';

/** A batch-response or transaction-response of these entries, in the order of the requests. */
export function bundleResponse(type: 'batch-response' | 'transaction-response', entries: readonly string[]): string {
  const entry = entries.length > 0 ? `,"entry":[${entries.join(',')}]` : '';
  return `{"resourceType":"Bundle","type":"${type}"${entry}}`;
}

/** An answer as the entry of a response. */
export function responseEntry(answer: Answer, context: Context): string {
  const response = {
    status: statusLine(answer.status),
    location: answer.location === undefined ? undefined : absolute(answer.location, context),
    etag: answer.etag,
    lastModified: answer.lastModified,
  };
  const outcome = !answer.isResult && answer.body?.startsWith('{"resourceType":"OperationOutcome"');
  if (outcome) return `{"response":${JSON.stringify(response).slice(0, -1)},"outcome":${answer.body}}}`;
  return `{${answer.body === undefined ? '' : `"resource":${answer.body},`}"response":${JSON.stringify(response)}}`;
}

/**
 * What went wrong in one entry, as a Fault: anything else is reported whole and told as `internal`, so that it does
 * not hide what became of the other entries.
 */
export function entryFault(error: unknown, context: Context): Fault {
  if (error instanceof Fault) return error;
  context.observe({ kind: 'bug', error });
  return new Fault(
    'internal',
    `Something failed inside the server. It was logged under request ${context.requestId}.`,
    {
      hint: 'Tell the id to those who run the server.',
    },
  );
}

/** A fault as the entry of a response. */
export function faultEntry(fault: Fault): string {
  return JSON.stringify({ response: { status: statusLine(fault.status), outcome: toOutcome(fault.findings) } });
}

/** What a writing entry of a transaction did. Resources are returned where the client prefers it, since Bundles are large. */
export function writtenEntry(
  act: Exclude<Act, { do: 'get' }>,
  written: Written | undefined,
  prefer: Prefer,
  context: Context,
  notes?: readonly Finding[],
): string {
  const { status, said } = outcomeOf(act, written);
  const answer: Answer = {
    status,
    etag: written && etagOf(written.version.version),
    lastModified: written?.version.lastUpdated,
    location: locationFor(act, written),
  };
  const returned =
    prefer.return === 'representation' && written && !written.version.deleted ? written.version.text : undefined;
  const body = prefer.return === 'OperationOutcome' ? successOutcome(said, notes) : returned;
  return responseEntry({ ...answer, body }, context);
}

function outcomeOf(act: Exclude<Act, { do: 'get' }>, written: Written | undefined): { status: number; said: string } {
  const name = `${act.type}/${act.id}`;
  if (act.do === 'delete') return { status: 204, said: `Deleted ${name}.` };
  if (act.do === 'nothing' && act.id === undefined) {
    return { status: 204, said: `No ${act.type} matches; nothing was deleted.` };
  }
  if (act.do === 'nothing') return { status: 200, said: `${name} matches; nothing was created.` };
  if (written?.created) return { status: 201, said: `Created ${name}.` };
  return { status: 200, said: written?.changed ? `Updated ${name}.` : `${name} has this content already.` };
}

function locationFor(act: Exclude<Act, { do: 'get' }>, written: Written | undefined): string | undefined {
  if (act.do === 'delete') return undefined;
  if (written) return locationOf(written.version);
  return act.id === undefined ? undefined : `${act.type}/${act.id}`;
}

function statusLine(status: number): string {
  return `${status} ${STATUS_CODES[status] ?? ''}`.trimEnd();
}

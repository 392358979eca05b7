/** POST [base] with a batch Bundle: entries that stand for themselves. https://hl7.org/fhir/R4/http.html#transaction */
import { type Context, Fault, placeIn, type TextPlace } from '../../resources/index.ts';
import {
  type BundleEntry,
  type BundleText,
  type PlannedEntry,
  patchBody,
  placed,
  planEntry,
} from '../bundle/entries.ts';
import { receiveBundle } from '../bundle/load.ts';
import { bundleResponse, entryFault, faultEntry, responseEntry } from '../bundle/response.ts';
import type { Call } from '../call.ts';
import { type Answer, defineInteraction, type Environment, type Request } from '../interaction.ts';

/** Entries of one verb that are under way at once, so that their writes share commits. */
const AT_ONCE = 32;

/** Deletes first, reads last, as in a transaction, so that a batch reads what it wrote. */
const PHASES: readonly (readonly string[])[] = [['DELETE'], ['POST'], ['PUT', 'PATCH'], ['GET', 'HEAD']];

export const interaction = defineInteraction({
  name: 'batch',
  verb: 'none',
  parameters: [],
  perform: async (call, environment, context) =>
    batch(await receiveBundle(call, environment, context), call, environment, context),
});

/** Carries out each entry alone; a fault of one is its own answer. Responses stand in the order of the requests. */
export async function batch(
  bundle: BundleText,
  call: Call,
  environment: Environment,
  context: Context,
): Promise<Answer> {
  const told: string[] = new Array(bundle.entries.length);
  const placeOf = placeIn(call.body!);
  const phases: BundleEntry[][] = PHASES.map(() => []);
  for (const entry of bundle.entries) {
    const method = entry.method === 'POST' && reads(entry, environment) ? 'GET' : entry.method;
    const phase = PHASES.findIndex((methods) => methods.includes(method));
    phases[Math.max(phase, 0)]!.push(entry);
  }
  for (const phase of phases) {
    let next = 0;
    const workers = Array.from({ length: Math.min(AT_ONCE, phase.length) }, async () => {
      for (let entry = phase[next++]; entry; entry = phase[next++]) {
        told[entry.index] = await entryAnswer(entry, call, placeOf, environment, context);
      }
    });
    await Promise.all(workers);
  }
  return { status: 200, body: bundleResponse('batch-response', told) };
}

/** A POST to _search reads, and so does one to an operation that changes nothing. */
function reads({ path }: BundleEntry, { catalogue }: Environment): boolean {
  if (path.endsWith('_search')) return true;
  const code = /\$([^/]+)$/.exec(path)?.[1];
  if (code === undefined) return false;
  const named = [...catalogue.all.values()].filter((operation) => operation.code === code);
  return named.every(({ affectsState }) => !affectsState);
}

async function entryAnswer(
  entry: BundleEntry,
  call: Call,
  placeOf: (offset: number) => TextPlace,
  environment: Environment,
  context: Context,
): Promise<string> {
  const where = `Bundle.entry[${entry.index}]`;
  context.signal.throwIfAborted();
  try {
    const planned = planEntry(entry);
    if (planned.target.interaction === 'transaction') {
      throw new Fault('not-supported', 'A Bundle to process cannot be an entry of a batch.', {
        expression: `${where}.request.url`,
      });
    }
    return responseEntry(await environment.perform(requestOf(planned, call), context), context);
  } catch (error) {
    if (context.signal.aborted) throw error;
    const told = entryFault(
      placed(error, where, `${where}.request.url`, () => placeOf(entry.resourceAt)),
      context,
    );
    if (UNFINISHED.has(told.kind)) throw told;
    return faultEntry(told);
  }
}

/** Faults that concern the whole request, not one entry of it. */
const UNFINISHED: ReadonlySet<string> = new Set(['database-unavailable', 'timeout', 'storage-full']);

function requestOf(entry: PlannedEntry, call: Call): Request {
  const { method, path, queryText: query, headers } = entry;
  // Without a preference of its own an entry answers like a transaction's: no resource for a write.
  const prefer = { ...call.prefer, return: call.prefer.return ?? 'minimal' } as const;
  const body =
    method === 'PATCH'
      ? patchBody(entry)
      : { body: entry.resource, mediaType: entry.resource && 'application/fhir+json' };
  return { method, path, query, headers, prefer, ...body };
}

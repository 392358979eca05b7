/** The reads of a transaction: tried before anything is written, carried out when all is. https://hl7.org/fhir/R4/http.html#trules */
import { type Context, Fault, type Finding } from '../../resources/index.ts';
import type { Version, Written } from '../../store/index.ts';
import { readAnswer } from '../answer.ts';
import type { Call } from '../call.ts';
import type { Answer, Environment, Request } from '../interaction.ts';
import type { Act } from './decide.ts';
import { type PlannedEntry, placed, within } from './entries.ts';
import { bundleResponse, entryFault, faultEntry, responseEntry, writtenEntry } from './response.ts';

/** What became of an entry. */
export interface Result {
  readonly act: Act;
  readonly written?: Written;
  /** What the resource was warned of, where that is to be told. */
  readonly notes?: readonly Finding[];
  /** Of a read, where nothing was written that could change it. */
  readonly answer?: Answer;
}

/**
 * An operation that changes something does so for itself, and could not be taken back with the rest.
 * @throws Fault `not-supported`, and where there is no such operation
 */
export function requireReading({ target, index }: PlannedEntry, { catalogue }: Pick<Environment, 'catalogue'>): void {
  if (!target.operation) return;
  const where = `Bundle.entry[${index}].request.url`;
  if (!within(where, () => catalogue.find(target), where).affectsState) return;
  throw new Fault(
    'not-supported',
    `$${target.operation.code} changes what is stored, and cannot be part of a transaction.`,
    {
      expression: where,
      hint: 'Send it by a request of its own, or in a batch.',
    },
  );
}

/**
 * A read that cannot be answered fails the transaction before anything is written; what this one writes is not asked.
 * Returns the answers by entry index.
 */
export async function rehearseReads(
  acts: readonly Act[],
  call: Call,
  environment: Environment,
  context: Context,
): Promise<Map<number, Answer>> {
  const answers = new Map<number, Answer>();
  const gets = acts.filter((act) => act.do === 'get');
  if (gets.length === 0) return answers;
  const written = new Map(
    acts.flatMap((act) => (act.do === 'get' || act.do === 'nothing' ? [] : [[`${act.type}/${act.id}`, act]])),
  );
  for (const act of gets) {
    const { target, index } = act.entry;
    const own = target.id === undefined ? undefined : written.get(`${target.type}/${target.id}`);
    if (own?.do === 'delete' && target.interaction === 'read') {
      throw new Fault(
        'gone',
        `${target.type}/${target.id} is deleted by this transaction, so it cannot be read in it.`,
        { expression: `Bundle.entry[${index}]` },
      );
    }
    if (!own) answers.set(index, await performEntry(act.entry, call, environment, context));
  }
  return answers;
}

/** Reads come last and see what was written: https://hl7.org/fhir/R4/http.html#trules */
export async function respond(
  results: readonly Result[],
  call: Call,
  environment: Environment,
  context: Context,
): Promise<Answer> {
  const told: string[] = [];
  const rehearsed = call.prefer.isRehearsal ? versionsOf(results) : undefined;
  for (const { act, written, notes, answer } of results) {
    const would = act.do === 'get' && act.entry.target.interaction === 'read' && rehearsed?.get(nameOf(act.entry));
    if (would) told.push(responseEntry(readAnswer(would), context));
    else if (act.do !== 'get') told.push(writtenEntry(act, written, call.prefer, context, notes));
    else if (answer) told.push(responseEntry(answer, context));
    else told.push(await readEntry(act.entry, call, environment, context));
  }
  return { status: 200, body: bundleResponse('transaction-response', told) };
}

/** What a rehearsed transaction would have written: nothing else could read it. */
function versionsOf(results: readonly Result[]): Map<string, Version> {
  const versions = results.flatMap(({ written }) => written?.version ?? []);
  return new Map(versions.map((version) => [`${version.type}/${version.id}`, version]));
}

function nameOf({ target: { type, id } }: PlannedEntry): string {
  return `${type}/${id}`;
}

/** What was written stays written: a read that fails now is told in its own entry, not as if all had failed. */
async function readEntry(entry: PlannedEntry, call: Call, environment: Environment, context: Context): Promise<string> {
  try {
    return responseEntry(await performEntry(entry, call, environment, context), context);
  } catch (error) {
    return faultEntry(entryFault(error, context));
  }
}

/** Carries out a read of the Bundle as a request of its own. @throws Fault placed at the entry */
async function performEntry(
  { index, method, path, queryText: query, headers, target, resource }: PlannedEntry,
  call: Call,
  environment: Environment,
  context: Context,
): Promise<Answer> {
  const where = `Bundle.entry[${index}]`;
  const sent = target.operation && method === 'POST' ? { body: resource, mediaType: 'application/fhir+json' } : {};
  const request: Request = { method, path, query, headers, prefer: { handling: call.prefer.handling }, ...sent };
  try {
    return await environment.perform(request, context);
  } catch (error) {
    throw placed(error, where, `${where}.request.url`);
  }
}

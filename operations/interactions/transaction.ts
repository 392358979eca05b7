/** POST [base] with a Bundle: all or nothing (a batch goes on to batch.ts). https://hl7.org/fhir/R4/http.html#transaction */
import { type Context, Fault } from '../../resources/index.ts';
import { newId, type WriteSet, type Written } from '../../store/index.ts';
import { type Act, type Asked, askedBy, authoriseAll, decideAll, linksOf } from '../bundle/decide.ts';
import { type BundleText, type PlannedEntry, patchBody, placed, planAll } from '../bundle/entries.ts';
import { prepareAll, receiveBundle } from '../bundle/load.ts';
import { selectedBy } from '../bundle/matches.ts';
import type { PreparedEntry } from '../bundle/prepare.ts';
import { type Result, rehearseReads, requireReading, respond } from '../bundle/reads.ts';
import { Room } from '../bundle/room.ts';
import { openTurns } from '../bundle/turns.ts';
import { entryCall, firstVersion, jobsOf, type Patch, type Writing, writesOf } from '../bundle/writing.ts';
import type { Call } from '../call.ts';
import { type Answer, defineInteraction, type Environment } from '../interaction.ts';
import { locatedFault } from '../located.ts';
import { requireTargets, wantsNotes } from '../receive.ts';
import { batch } from './batch.ts';
import { patchedText, readPatch } from './patch.ts';

/** Tries against writers who change what was decided on in between. */
const TRIES = 8;

export const interaction = defineInteraction({
  name: 'transaction',
  verb: 'none',
  parameters: [],
  async perform(call, environment, context) {
    const received = await roomIn(environment).use(call.body?.length ?? 0, context.signal, async () => {
      const bundle = await receiveBundle(call, environment, context);
      if (bundle.type === 'batch') return { bundle };
      return { answer: await transact(bundle, call, environment, context).catch(rethrowLocated(call.body!)) };
    });
    return received.answer ?? batch(received.bundle, call, environment, context);
  },
});

/** A transaction is refused as a whole: what is wrong in it is told by the lines of its text. */
function rethrowLocated(text: string): (error: unknown) => never {
  return (error) => {
    throw locatedFault(error, text);
  };
}

const rooms = new WeakMap<Environment['settings']['limits'], Room>();

/** Transactions of one server take memory together, and wait for the same connections; rehearsals are among them. */
function roomIn({ settings }: Environment): Room {
  const { limits } = settings;
  let room = rooms.get(limits);
  if (!room) {
    room = new Room(limits.inlineBundleBytes);
    rooms.set(limits, room);
  }
  return room;
}

async function transact(bundle: BundleText, call: Call, environment: Environment, context: Context): Promise<Answer> {
  const entries = planAll(bundle);
  for (const entry of entries) requireReading(entry, environment);
  authoriseAll(entries, context.access);
  const asked = askedBy(entries);
  for (let attempt = 1; ; attempt++) {
    const results = await attemptOnce(entries, asked, call, environment, context);
    if (results !== 'again') return respond(results, call, environment, context);
    if (attempt === TRIES) {
      throw new Fault(
        'conflict',
        'Other writers changed what this transaction depends on, several times in a row; nothing was stored.',
        {
          hint: 'Send it again.',
          headers: { 'Retry-After': '1' },
        },
      );
    }
    context.signal.throwIfAborted();
  }
}

/** Decides, prepares and commits once; `again` where what was decided on changed in between. */
async function attemptOnce(
  entries: readonly PlannedEntry[],
  asked: Asked,
  call: Call,
  environment: Environment,
  context: Context,
): Promise<'again' | readonly Result[]> {
  const { matches, links: found } = await selectedBy(asked, environment, context);
  const acts = decideAll(entries, matches, () => newId(context.now()));
  if (acts.some((act) => act.do !== 'get' && act.do !== 'nothing')) environment.requireRoom();
  const links = linksOf(acts, found);
  const answers = await rehearseReads(acts, call, environment, context);
  const patches = await patchTexts(acts, environment, context);
  const wantsReferences = environment.settings.references === 'exist';
  const wantsContent = call.prefer.return === 'representation' || call.prefer.isRehearsal === true;
  const wants = { wantsReferences, wantsContent, wantsNotes: wantsNotes(call) };
  const jobs = jobsOf(acts, patches, wants);
  const lastUpdated = context.now();
  const preparation = { links, limits: environment.settings.limits, lastUpdated };
  const prepared = await prepareAll(jobs, preparation, environment, context);
  await requireAllTargets(prepared.entries, acts, environment, context);
  const { writing, writes, created } = writesOf(acts, jobs, prepared, patches);
  const guards = [...asked.entries].map(([index, criteria]) => ({ criteria, ids: matches.get(index)! }));
  const outcome = await commit({ guards, writes, encoded: prepared.encoded }, writing, environment, context);
  if (outcome === 'again') return outcome;
  const written = new Map(writing.map((act, i) => [act.entry.index, outcome[i]]));
  const time = new Date(lastUpdated).toISOString();
  const notes = new Map(wants.wantsNotes ? jobs.map(({ index }, i) => [index, prepared.entries[i]!.notes]) : []);
  const isRead = writing.length + created.size === 0;
  return acts.map((act) => ({
    act,
    written: created.has(act.entry.index) ? firstVersion(act as Writing, time) : written.get(act.entry.index),
    notes: notes.get(act.entry.index),
    answer: isRead ? answers.get(act.entry.index) : undefined,
  }));
}

/** Patched resources as text, by entry index. */
async function patchTexts(
  acts: readonly Act[],
  environment: Environment,
  context: Context,
): Promise<Map<number, Patch>> {
  const patches = acts.filter((act): act is Extract<Act, { do: 'patch' | 'delete' }> => act.do === 'patch');
  const texts = new Map<number, Patch>();
  if (patches.length === 0) return texts;
  const current = await environment.store.records.readMany(
    context.access,
    patches.map(({ type, id }) => ({ type, id })),
    context,
  );
  const byName = new Map(current.map((version) => [`${version.type}/${version.id}`, version]));
  const turn = openTurns();
  for (const { entry, type, id } of patches) {
    const version = byName.get(`${type}/${id}`);
    const where = `Bundle.entry[${entry.index}]`;
    if (!version || version.deleted)
      throw new Fault('not-found', `${type}/${id} does not exist.`, { expression: `${where}.request.url` });
    try {
      // Judged with all other resources when these are prepared.
      const patch = readPatch({ ...entryCall(entry), ...patchBody(entry) }, environment);
      texts.set(entry.index, { text: patchedText(version, patch, environment), version: version.version });
      await turn();
    } catch (error) {
      throw placed(error, where, `${where}.resource`);
    }
  }
  return texts;
}

async function commit(
  set: WriteSet,
  writing: readonly Writing[],
  { store }: Environment,
  context: Context,
): Promise<'again' | readonly (Written | undefined)[]> {
  if (set.writes.length === 0 && !set.encoded) return [];
  try {
    const outcome = await store.records.commit(context.access, set, context);
    return outcome === 'stale' ? 'again' : outcome;
  } catch (error) {
    const act = error instanceof Fault && writing.find(({ type, id }) => `${type}/${id}` === error.about);
    if (!act) throw error;
    // A patch was computed from a version that another writer has replaced since; where the client named none, compute it again.
    const overtaken = act.do === 'patch' && act.entry.headers.ifMatch === undefined;
    if (overtaken && error.kind === 'version-conflict') return 'again';
    const where = `Bundle.entry[${act.entry.index}]`;
    throw placed(error, where, `${where}.request`);
  }
}

async function requireAllTargets(
  prepared: readonly PreparedEntry[],
  acts: readonly Act[],
  environment: Environment,
  context: Context,
): Promise<void> {
  if (environment.settings.references !== 'exist') return;
  const own = new Set(
    acts.flatMap((act) => (act.do === 'get' || act.do === 'delete' ? [] : [`${act.type}/${act.id}`])),
  );
  const outside = prepared.flatMap(({ references }) => references).filter(({ reference }) => !own.has(reference));
  await requireTargets(outside, environment, context);
}

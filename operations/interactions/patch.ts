/** PATCH [base]/[type]/[id] and PATCH [base]/[type]?criteria. https://hl7.org/fhir/R4/http.html#patch */
import { type Context, Fault, parseJson, parseJsonArray, writeJson } from '../../resources/index.ts';
import type { Draft, Version, Write, Written } from '../../store/index.ts';
import type { Notes } from '../answer.ts';
import type { Call } from '../call.ts';
import { criteriaOf } from '../criteria.ts';
import { type Answer, defineInteraction, type Environment } from '../interaction.ts';
import { applyPatch, type PatchKind } from '../patch/index.ts';
import { parseIfMatch } from '../preconditions.ts';
import { writeWithProvenance } from '../provenance.ts';
import { check, isFhirJson, wantsNotes } from '../receive.ts';
import { severalMatches } from './create.ts';
import { gone } from './read.ts';
import { criteriaText, updateAnswer } from './update.ts';

/** Tries that keep nobody waiting; a patch that was overtaken so often holds the resource while it is carried out. */
const FREE_TRIES = 2;

export const interaction = defineInteraction({
  name: 'patch',
  verb: 'update',
  parameters: 'search',
  async perform(call, environment, context) {
    const patch = readPatch(call, environment);
    if (call.id === undefined) return conditionalPatch(call, patch, environment, context);
    const ifMatch = parseIfMatch(call.headers.ifMatch);
    if (call.headers.provenance !== undefined) {
      const write = patchWrite(call.type!, call.id, patch, ifMatch, environment, context);
      const plan = { id: call.id, write };
      const written = await writeWithProvenance(call, undefined, environment, context, () => plan);
      return updateAnswer(call, written, patch.notes);
    }
    for (let attempt = 1; attempt <= FREE_TRIES; attempt++) {
      const current = await currentVersion(call.type!, call.id, environment, context);
      requireMatch(current, ifMatch);
      const draft = await patched(current, patch, environment, context);
      const condition = { ifMatch: current.version };
      try {
        const written = await environment.store.records.update(context.access, draft, condition, context);
        return updateAnswer(call, written, patch.notes);
      } catch (error) {
        const overtaken = error instanceof Fault && error.kind === 'version-conflict' && ifMatch === undefined;
        if (!overtaken) throw error;
      }
    }
    return patchHeld(call, call.id, patch, environment, context);
  },
});

export interface Patch {
  readonly kind: PatchKind;
  readonly parsed: { readonly value: any; readonly digits: ReturnType<typeof parseJson>['digits'] };
  readonly wantsNotes: boolean;
  /** What the resource is warned of that came out last. */
  notes: Notes;
}

const kinds: Readonly<Record<string, PatchKind>> = {
  'application/json-patch+json': 'json-patch',
  'application/merge-patch+json': 'merge-patch',
};

/** The patch document in the body. @throws Fault `unsupported-media-type`, `invalid-json`, `invalid-request` */
export function readPatch(call: Call, { settings }: Environment): Patch {
  const kind =
    call.mediaType !== undefined && Object.hasOwn(kinds, call.mediaType) ? kinds[call.mediaType]! : 'fhirpath-patch';
  if (kind === 'fhirpath-patch' && !isFhirJson(call.mediaType)) {
    throw new Fault('unsupported-media-type', `A patch cannot be read from ${call.mediaType}.`, {
      hint: 'Send application/json-patch+json, application/merge-patch+json, or a FHIRPath Patch (Parameters) as application/fhir+json.',
      headers: { 'Accept-Patch': 'application/json-patch+json, application/merge-patch+json, application/fhir+json' },
    });
  }
  if (!call.body?.trim()) throw new Fault('invalid-request', 'The patch is missing: the body is empty.');
  return {
    kind,
    wantsNotes: wantsNotes(call),
    notes: [],
    parsed: kind === 'json-patch' ? parseJsonArray(call.body, settings.limits) : parseJson(call.body, settings.limits),
  };
}

/** The draft that results from a patch of `current`. */
export async function patched(
  current: Version,
  patch: Patch,
  environment: Environment,
  context: Context,
): Promise<Draft> {
  const parsed = parseJson(patchedText(current, patch, environment), environment.settings.limits);
  const { references, notes } = await check(current.type, parsed, environment, context, patch);
  patch.notes = notes;
  return { type: current.type, id: current.id, method: 'PATCH', parsed, references };
}

/** What comes out of a patch of `current`, not judged. @throws Fault of the patch */
export function patchedText(current: Version, patch: Patch, { settings }: Environment): string {
  const before = parseJson(current.text, settings.limits);
  const after = applyPatch(patch.kind, before, patch.parsed);
  return writeJson(after.value, after.digits);
}

/** The resource is held from the reading to the commit, so that nobody can overtake this patch. */
async function patchHeld(
  call: Call,
  id: string,
  patch: Patch,
  environment: Environment,
  context: Context,
): Promise<Answer> {
  const target = { type: call.type!, id, guards: [] };
  const write = patchWrite(target.type, id, patch, undefined, environment, context);
  const written = await environment.store.records.revise(context.access, target, context, async (current) => ({
    write: await write(current),
  }));
  return updateAnswer(call, written as Written, patch.notes);
}

/** What makes the write of a patch out of the version that it finds. */
function patchWrite(
  type: string,
  id: string,
  patch: Patch,
  ifMatch: number | '*' | undefined,
  environment: Environment,
  context: Context,
): (current: Version | undefined) => Promise<Write> {
  return async (found) => {
    const current = existing(found, type, id);
    requireMatch(current, ifMatch);
    const draft = await patched(current, patch, environment, context);
    return { do: 'update', content: environment.store.records.prepare(draft), condition: { ifMatch: current.version } };
  };
}

async function currentVersion(type: string, id: string, { store }: Environment, context: Context): Promise<Version> {
  return existing(await store.records.read(context.access, type, id, context), type, id);
}

function existing(current: Version | undefined, type: string, id: string): Version {
  if (!current)
    throw new Fault('not-found', `${type}/${id} does not exist.`, {
      hint: 'A patch needs something to change; create it with PUT.',
    });
  if (current.deleted) throw gone(current);
  return current;
}

function requireMatch(current: Version, ifMatch: number | '*' | undefined): void {
  if (ifMatch === undefined || ifMatch === '*' || ifMatch === current.version) return;
  throw new Fault(
    'version-conflict',
    `${current.type}/${current.id} is at version ${current.version}, not the one that If-Match names.`,
    {
      hint: 'Read it again, then patch.',
    },
  );
}

async function conditionalPatch(call: Call, patch: Patch, environment: Environment, context: Context): Promise<Answer> {
  const where = `PATCH ${call.type}`;
  const criteria = criteriaOf(call.type!, call.query, where);
  const ifMatch = parseIfMatch(call.headers.ifMatch);
  const select = <T>([match, other]: readonly T[]): T => {
    if (other !== undefined) throw severalMatches(where, criteriaText(criteria.query));
    if (match !== undefined) return match;
    const asked = JSON.stringify(criteriaText(criteria.query).slice(0, 200));
    throw new Fault('not-found', `No ${call.type} matches ${asked}.`);
  };
  if (call.headers.provenance !== undefined) {
    const written = await writeWithProvenance(call, criteria, environment, context, (ids) => {
      const id = select(ids);
      return { id, write: patchWrite(call.type!, id, patch, ifMatch, environment, context) };
    });
    return updateAnswer(call, written, patch.notes);
  }
  const written = await environment.store.records.conditional(context.access, criteria, context, async (matches) => {
    const match = select(matches);
    requireMatch(match, ifMatch);
    return {
      do: 'update',
      draft: await patched(match, patch, environment, context),
      condition: { ifMatch: match.version },
    };
  });
  return updateAnswer(call, written, patch.notes);
}

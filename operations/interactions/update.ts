/** PUT [base]/[type]/[id] and PUT [base]/[type]?criteria. https://hl7.org/fhir/R4/http.html#update, #cond-update */
import { type Context, Fault, type Parsed } from '../../resources/index.ts';
import { type Condition, type Draft, newId, type Version, type Write, type Written } from '../../store/index.ts';
import { type Notes, writeAnswer } from '../answer.ts';
import type { Call } from '../call.ts';
import { criteriaOf } from '../criteria.ts';
import { type Answer, defineInteraction, type Environment } from '../interaction.ts';
import { parseIfMatch } from '../preconditions.ts';
import { writeWithProvenance } from '../provenance.ts';
import { bodyId, receive } from '../receive.ts';
import { severalMatches } from './create.ts';

export const interaction = defineInteraction({
  name: 'update',
  verb: 'update',
  parameters: 'search',
  async perform(call, environment, context) {
    if (call.id === undefined) return conditionalUpdate(call, environment, context);
    const condition = writeCondition(call);
    const { parsed, references, notes } = await receive(call, environment, context);
    requireId(parsed, call.id);
    const draft: Draft = { type: call.type!, id: call.id, parsed, references, method: 'PUT' };
    const { records } = environment.store;
    const written =
      call.headers.provenance === undefined
        ? await records.update(context.access, draft, condition, context)
        : await writeWithProvenance(call, undefined, environment, context, () => ({
            id: call.id!,
            write: () => ({ do: 'update', content: records.prepare(draft), condition }),
          }));
    return updateAnswer(call, written, notes);
  },
});

/** If-Match and If-None-Match of a write. @throws Fault `invalid-request` */
export function writeCondition(call: Call): Condition {
  const { ifMatch, ifNoneMatch } = call.headers;
  if (ifNoneMatch !== undefined && ifNoneMatch.trim() !== '*') {
    throw new Fault('invalid-request', `If-None-Match: ${ifNoneMatch.slice(0, 80)} has no meaning for a write.`, {
      hint: 'Only If-None-Match: * can be sent with a write: it means "only if there is none yet".',
    });
  }
  return { ifMatch: parseIfMatch(ifMatch), ifNoneMatchAny: ifNoneMatch !== undefined };
}

/** 201 for a first (or revived) version, 200 for a next one or for unchanged content. */
export function updateAnswer(call: Call, { version, created, changed }: Written, notes: Notes): Answer {
  const name = `${version.type}/${version.id}`;
  const { prefer } = call;
  if (created) return writeAnswer(201, version, prefer, `Created ${name}.`, notes);
  if (changed) return writeAnswer(200, version, prefer, `Updated ${name} to version ${version.version}.`, notes);
  return writeAnswer(
    200,
    version,
    prefer,
    `${name} has this content already; it stays at version ${version.version}.`,
    notes,
  );
}

/** Criteria as they stood in the URL, for faults. */
export function criteriaText(query: Call['query']): string {
  return query.map(([name, value]) => `${name}=${value}`).join('&');
}

async function conditionalUpdate(call: Call, environment: Environment, context: Context): Promise<Answer> {
  const where = `PUT ${call.type}`;
  const criteria = criteriaOf(call.type!, call.query, where);
  const condition = writeCondition(call);
  const { parsed, references, notes } = await receive(call, environment, context);
  const sent = bodyId(parsed);
  const { records } = environment.store;
  // No match and an id in the body: the resource is created under that id, as by PUT [type]/[id] (R4 http, conditional update).
  const draftFor = (id: string | undefined): Draft => ({ type: call.type!, id, parsed, references, method: 'PUT' });
  const targetOf = (ids: readonly string[]) => {
    if (ids.length > 1) throw severalMatches(where, criteriaText(criteria.query));
    if (ids[0] !== undefined && sent !== undefined && sent !== ids[0]) throw otherId(call.type!, ids[0], sent);
    return ids[0];
  };
  if (call.headers.provenance === undefined) {
    const written = await records.conditional(context.access, criteria, context, (matches) => {
      const match = targetOf(matches.map(({ id }) => id));
      const draft = draftFor(match ?? sent);
      return match === undefined ? { do: 'create', draft } : { do: 'update', draft, condition };
    });
    return updateAnswer(call, written, notes);
  }
  const written = await writeWithProvenance(call, criteria, environment, context, (ids) => {
    const match = targetOf(ids);
    const id = match ?? sent ?? newId(context.now());
    const write = (current: Version | undefined): Write => {
      if (match === undefined && current && !current.deleted) throw takenId(call.type!, id);
      return { do: 'update', content: records.prepare(draftFor(id)), condition: match === undefined ? {} : condition };
    };
    return { id, write };
  });
  return updateAnswer(call, written, notes);
}

function otherId(type: string, selected: string, sent: string): Fault {
  const text = `The criteria select ${type}/${selected}, but the body has the id ${JSON.stringify(sent)}.`;
  return new Fault('invalid-request', text, {
    expression: `${type}.id`,
    hint: 'Leave the id out, or send the one that the criteria select.',
  });
}

function takenId(type: string, id: string): Fault {
  return new Fault('conflict', `${type}/${id} exists already, and the criteria do not select it.`, {
    expression: `${type}.id`,
    hint: 'Leave the id out, or correct the criteria.',
  });
}

function requireId(parsed: Parsed, id: string): void {
  const sent = bodyId(parsed);
  if (sent === id) return;
  const what = sent === undefined ? 'The body has no id' : `The body has the id ${JSON.stringify(sent.slice(0, 64))}`;
  throw new Fault('invalid-request', `${what}, but the URL names ${JSON.stringify(id)}.`, {
    expression: `${parsed.value.resourceType}.id`,
    hint: 'Both must be the same (R4 http, update).',
  });
}

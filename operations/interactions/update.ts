/** PUT [base]/[type]/[id] and PUT [base]/[type]?criteria. https://hl7.org/fhir/R4/http.html#update, #cond-update */
import { type Context, Fault, type Parsed } from '../../resources/index.ts';
import type { Condition, Draft, Written } from '../../store/index.ts';
import { writeAnswer } from '../answer.ts';
import type { Call } from '../call.ts';
import { criteriaOf } from '../criteria.ts';
import { type Answer, defineInteraction, type Environment } from '../interaction.ts';
import { parseIfMatch } from '../preconditions.ts';
import { bodyId, receive } from '../receive.ts';
import { severalMatches } from './create.ts';

export const interaction = defineInteraction({
  name: 'update',
  verb: 'update',
  parameters: 'search',
  async perform(call, environment, context) {
    if (call.id === undefined) return conditionalUpdate(call, environment, context);
    const condition = writeCondition(call);
    const { parsed, references } = await receive(call, environment, context);
    requireId(parsed, call.id);
    const draft: Draft = { type: call.type!, id: call.id, parsed, references, method: 'PUT' };
    const written = await environment.store.records.update(context.access, draft, condition, context);
    return updateAnswer(call, written);
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
export function updateAnswer(call: Call, { version, created, changed }: Written): Answer {
  const name = `${version.type}/${version.id}`;
  if (created) return writeAnswer(201, version, call.prefer, `Created ${name}.`);
  if (changed) return writeAnswer(200, version, call.prefer, `Updated ${name} to version ${version.version}.`);
  return writeAnswer(
    200,
    version,
    call.prefer,
    `${name} has this content already; it stays at version ${version.version}.`,
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
  const { parsed, references } = await receive(call, environment, context);
  const sent = bodyId(parsed);
  const written = await environment.store.records.conditional(context.access, criteria, context, (matches) => {
    if (matches.length > 1) throw severalMatches(where, criteriaText(criteria.query));
    const [match] = matches;
    if (match && sent !== undefined && sent !== match.id) {
      throw new Fault(
        'invalid-request',
        `The criteria select ${match.type}/${match.id}, but the body has the id ${JSON.stringify(sent)}.`,
        {
          expression: `${call.type}.id`,
          hint: 'Leave the id out, or send the one that the criteria select.',
        },
      );
    }
    // No match and an id in the body: the resource is created under that id, as by PUT [type]/[id] (R4 http, conditional update).
    const draft: Draft = { type: call.type!, id: match?.id ?? sent, parsed, references, method: 'PUT' };
    return match ? { do: 'update', draft, condition } : { do: 'create', draft };
  });
  return updateAnswer(call, written);
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

/** DELETE [base]/[type]/[id] and DELETE [base]/[type]?criteria. https://hl7.org/fhir/R4/http.html#delete, #3.1.0.7.1 */
import { type Context, Fault } from '../../resources/index.ts';
import { successOutcome } from '../answer.ts';
import type { Call } from '../call.ts';
import { criteriaOf } from '../criteria.ts';
import { type Answer, defineInteraction, type Environment } from '../interaction.ts';
import { etagOf, parseIfMatch } from '../preconditions.ts';
import { criteriaText } from './update.ts';

export const interaction = defineInteraction({
  name: 'delete',
  verb: 'delete',
  parameters: 'search',
  async perform(call, environment, context) {
    if (call.id === undefined) return conditionalDelete(call, environment, context);
    const condition = { ifMatch: parseIfMatch(call.headers.ifMatch) };
    const version = await environment.store.records.delete(context.access, call.type!, call.id, condition, context);
    const said = version
      ? `Deleted ${call.type}/${call.id}.`
      : `${call.type}/${call.id} does not exist; there was nothing to delete.`;
    return deleteAnswer(call, said, version?.version);
  },
});

/** 204, or 200 with an OperationOutcome for those who asked for one. Deleting what is not there is no error. */
function deleteAnswer(call: Call, said: string, version?: number): Answer {
  const etag = version === undefined ? undefined : etagOf(version);
  return call.prefer.return === 'OperationOutcome'
    ? { status: 200, body: successOutcome(said), etag }
    : { status: 204, etag };
}

async function conditionalDelete(call: Call, environment: Environment, context: Context): Promise<Answer> {
  const { settings, store } = environment;
  const criteria = criteriaOf(
    call.type!,
    call.query.filter(([name]) => name !== '_count'),
    `DELETE ${call.type}`,
  );
  const asked = countAsked(call, settings.limits.deleteMax);
  const several = asked !== undefined || settings.conditionalDelete === 'multiple';
  const max = several ? (asked ?? settings.limits.deleteMax) : 1;
  const deleted = await deleteAtMost(max, several);
  return deleteAnswer(
    call,
    deleted === 0 ? `No ${call.type} matches; nothing was deleted.` : `Deleted ${deleted} of ${call.type}.`,
  );

  async function deleteAtMost(limit: number, many: boolean): Promise<number> {
    try {
      return await store.records.deleteMatches(context.access, criteria, limit, context);
    } catch (error) {
      if (many || !(error instanceof Fault) || error.kind !== 'too-costly') throw error;
      throw new Fault(
        'multiple-matches',
        `More than one ${call.type} matches ${JSON.stringify(criteriaText(criteria.query).slice(0, 200))}; nothing was deleted.`,
        {
          hint: 'Narrow the criteria, or send _count=N to allow up to N deletions.',
        },
      );
    }
  }
}

/** `_count` on a conditional delete: how many the client allows to be deleted. */
function countAsked(call: Call, most: number): number | undefined {
  const given = call.query.find(([name]) => name === '_count')?.[1];
  if (given === undefined) return undefined;
  const count = /^[1-9][0-9]{0,8}$/.test(given) ? Number(given) : 0;
  if (count < 1 || count > most) {
    throw new Fault('invalid-value', `_count=${given.slice(0, 20)} is not a number from 1 to ${most}.`, {
      expression: '_count',
    });
  }
  return count;
}

/** POST [base]/[type], also with If-None-Exist. https://hl7.org/fhir/R4/http.html#create, #ccreate */
import { Fault } from '../../resources/index.ts';
import { writeAnswer } from '../answer.ts';
import { parseCriteria } from '../criteria.ts';
import { defineInteraction } from '../interaction.ts';
import { receive } from '../receive.ts';

export const interaction = defineInteraction({
  name: 'create',
  verb: 'create',
  parameters: [],
  async perform(call, environment, context) {
    const { records } = environment.store;
    const { parsed, references } = await receive(call, environment, context);
    // The server chooses the id, whatever the body says: https://hl7.org/fhir/R4/http.html#create
    const draft = { type: call.type!, id: undefined, parsed, references, method: 'POST' as const };
    if (call.headers.ifNoneExist === undefined) {
      const version = await records.create(context.access, draft, context);
      return writeAnswer(201, version, call.prefer, `Created ${version.type}/${version.id}.`);
    }
    const criteria = parseCriteria(call.type!, call.headers.ifNoneExist, 'If-None-Exist');
    const { version, created } = await records.conditional(context.access, criteria, context, (matches) => {
      if (matches.length > 1) throw severalMatches('If-None-Exist', call.headers.ifNoneExist!);
      return matches.length === 1 ? { do: 'return' } : { do: 'create', draft };
    });
    if (created) return writeAnswer(201, version, call.prefer, `Created ${version.type}/${version.id}.`);
    return writeAnswer(200, version, call.prefer, `${version.type}/${version.id} matches; nothing was created.`);
  },
});

/** What is told where criteria that must select one resource select more. */
export function severalMatches(where: string, criteria: string): Fault {
  return new Fault(
    'multiple-matches',
    `${where}: more than one resource matches ${JSON.stringify(criteria.slice(0, 200))}.`,
    {
      hint: 'Use criteria that only one resource can meet, such as an identifier with its system.',
    },
  );
}

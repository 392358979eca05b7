/** POST [base]/[type], also with If-None-Exist. https://hl7.org/fhir/R4/http.html#create, #ccreate */
import { type Context, Fault } from '../../resources/index.ts';
import { type Draft, newId, type Written } from '../../store/index.ts';
import { type Notes, writeAnswer } from '../answer.ts';
import type { Call } from '../call.ts';
import { parseCriteria } from '../criteria.ts';
import { type Answer, defineInteraction, type Environment } from '../interaction.ts';
import { writeWithProvenance } from '../provenance.ts';
import { receive } from '../receive.ts';

export const interaction = defineInteraction({
  name: 'create',
  verb: 'create',
  parameters: [],
  async perform(call, environment, context) {
    const { records } = environment.store;
    const { parsed, references, notes } = await receive(call, environment, context);
    // The server chooses the id, whatever the body says: https://hl7.org/fhir/R4/http.html#create
    const draft: Draft = { type: call.type!, id: undefined, parsed, references, method: 'POST' };
    if (call.headers.provenance !== undefined) return createWithProvenance(call, draft, notes, environment, context);
    if (call.headers.ifNoneExist === undefined) {
      const version = await records.create(context.access, draft, context);
      return createAnswer(call, { version, created: true }, notes);
    }
    const criteria = parseCriteria(call.type!, call.headers.ifNoneExist, 'If-None-Exist');
    const written = await records.conditional(context.access, criteria, context, (matches) => {
      if (matches.length > 1) throw severalMatches('If-None-Exist', call.headers.ifNoneExist!);
      return matches.length === 1 ? { do: 'return' } : { do: 'create', draft };
    });
    return createAnswer(call, written, notes);
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

async function createWithProvenance(
  call: Call,
  draft: Draft,
  notes: Notes,
  environment: Environment,
  context: Context,
): Promise<Answer> {
  const { ifNoneExist } = call.headers;
  const criteria = ifNoneExist === undefined ? undefined : parseCriteria(call.type!, ifNoneExist, 'If-None-Exist');
  const written = await writeWithProvenance(call, criteria, environment, context, ([found, other]) => {
    if (other !== undefined) throw severalMatches('If-None-Exist', ifNoneExist!);
    if (found !== undefined) return { existing: found };
    const id = newId(context.now());
    return { id, write: () => ({ do: 'create', content: environment.store.records.prepare({ ...draft, id }) }) };
  });
  return createAnswer(call, written, notes);
}

function createAnswer(call: Call, { version, created }: Pick<Written, 'version' | 'created'>, notes: Notes): Answer {
  const name = `${version.type}/${version.id}`;
  if (created) return writeAnswer(201, version, call.prefer, `Created ${name}.`, notes);
  return writeAnswer(200, version, call.prefer, `${name} matches; nothing was created.`);
}

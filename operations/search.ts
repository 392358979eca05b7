/** What the three search interactions share. https://hl7.org/fhir/R4/http.html#search */
import { type Context, Fault, parseSubset } from '../resources/index.ts';
import { type Compartment, type Parameters, parseSearch, type Search, type SearchRequest } from '../store/index.ts';
import { type Call, parseQuery, type Query } from './call.ts';
import { explainAnswer } from './explain.ts';
import type { Answer, Environment } from './interaction.ts';
import { searchsetText } from './searchset.ts';

const FORM = 'application/x-www-form-urlencoded';

/**
 * The answer to a search, asked by URL or by a form.
 * @throws Fault for whatever is asked that cannot be done as asked
 */
export async function searchAnswer(
  call: Call,
  scope: { readonly type?: string | undefined; readonly compartment?: Compartment | undefined },
  { store, terminology, settings }: Environment,
  context: Context,
): Promise<Answer> {
  const query = [...call.query, ...formOf(call)];
  const { countDefault, countMax } = settings.limits;
  const search = await understood({
    parameters: store.parameters,
    type: scope.type,
    compartment: scope.compartment,
    query,
    handling: call.prefer.handling ?? 'strict',
    limits: { countDefault, countMax },
  });
  const wanted = parseSubset(search.summary, search.elements, search.types);
  if (wanted && 'summary' in wanted && wanted.summary === 'text' && search.includes.length > 0) {
    throw new Fault('invalid-request', '_summary=text cannot be combined with _include or _revinclude.', {
      expression: '_summary',
      hint: 'Leave one of them out.',
    });
  }
  if (search.explain) {
    return terminology.withCodeSets(search, context, (ready) => explainAnswer(ready, store, context));
  }
  const page = await terminology.withCodeSets(search, context, (ready) =>
    store.records.search(context.access, ready, context),
  );
  const { honoured, page: continuation } = search;
  return { status: 200, body: searchsetText({ path: pathOf(scope), page, honoured, continuation, wanted }, context) };
}

/**
 * What a search asks. A parameter that is not known here, or not ready, may be since a moment ago: another process may
 * have stored it, so the set is read once more before anybody is refused.
 */
async function understood(request: SearchRequest & { readonly parameters: Parameters }): Promise<Search> {
  const { parameters } = request;
  const isPassing = (kind: string) => kind === 'unknown-parameter' || kind === 'not-ready';
  let search: Search | undefined;
  let refusal: unknown;
  try {
    search = parseSearch(request);
  } catch (error) {
    if (!(error instanceof Fault) || !isPassing(error.kind)) throw error;
    refusal = error;
  }
  if (search && !search.notes.some(({ kind }) => isPassing(kind))) return search;
  if (await parameters.refresh()) return parseSearch(request);
  if (search) return search;
  throw refusal;
}

/** Parameters of a POST to `_search`. They add to those of the URL. */
function formOf({ body, mediaType }: Call): Query {
  if (body === undefined || body === '') return [];
  if (mediaType === FORM) return parseQuery(body);
  throw new Fault('unsupported-media-type', `The body of a search is a form, not ${mediaType ?? 'untyped'}.`, {
    hint: `Send Content-Type: ${FORM}.`,
  });
}

function pathOf({ type, compartment }: { type?: string | undefined; compartment?: Compartment | undefined }): string {
  if (!compartment) return type ?? '';
  return `${compartment.type}/${compartment.id}/${type ?? '*'}`;
}

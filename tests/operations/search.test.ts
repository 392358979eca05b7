import { describe, expect, it } from 'vitest';
import type { Call } from '../../operations/call.ts';
import { searchAnswer } from '../../operations/search.ts';
import type { Search } from '../../store/index.ts';
import { testContext } from '../setup/context.ts';
import { testEnvironment } from '../setup/environment.ts';
import { faultFrom } from '../setup/fault.ts';

const call = (more: Partial<Call>): Call => ({
  interaction: 'search-type',
  query: [],
  headers: {},
  prefer: {},
  ...more,
});

/** What the store is asked, and the Bundle that an empty page makes. */
async function asked(more: Partial<Call>, scope: Parameters<typeof searchAnswer>[1] = { type: 'Patient' }) {
  let search: Search | undefined;
  const environment = testEnvironment({
    search: async (_access, tree) => {
      search = tree;
      return { matches: [], included: [], notes: tree.notes };
    },
  });
  const { status, body } = await searchAnswer(call(more), scope, environment, testContext());
  return { status, search: search!, bundle: JSON.parse(body!) };
}
const form = 'application/x-www-form-urlencoded';

describe('searchAnswer', () => {
  it('adds a form to the URL', async () => {
    const { search, bundle } = await asked({
      query: [['gender', 'male']],
      body: 'family=Sm%C3%ADth+x',
      mediaType: form,
    });
    expect(search.honoured).toEqual([
      ['gender', 'male'],
      ['family', 'Smíth x'],
    ]);
    expect(bundle.link[0].url).toBe('http://localhost:8080/fhir/Patient?gender=male&family=Sm%C3%ADth%20x');
  });

  it('refuses a body that is no form', async () => {
    const fault = await faultFrom(asked({ body: '{}', mediaType: 'application/json' }));
    expect(fault.status).toBe(415);
  });

  it('is strict unless the client asks for lenient handling', async () => {
    expect((await faultFrom(asked({ query: [['x', '1']] }))).kind).toBe('unknown-parameter');
    const { bundle } = await asked({ query: [['x', '1']], prefer: { handling: 'lenient' } });
    expect(bundle.entry[0].search.mode).toBe('outcome');
  });

  it('searches all types and compartments under their own addresses', async () => {
    expect((await asked({}, {})).bundle.link[0].url).toBe('http://localhost:8080/fhir');
    const compartment = { type: 'Patient', id: '1' };
    expect((await asked({}, { compartment })).bundle.link[0].url).toBe('http://localhost:8080/fhir/Patient/1/*');
    expect((await asked({}, { compartment, type: 'Observation' })).search.types).toEqual(['Observation']);
  });

  it('refuses _summary=text with includes, as R4 does', async () =>
    expect(
      (
        await faultFrom(
          asked({
            query: [
              ['_summary', 'text'],
              ['_revinclude', 'Observation:subject'],
            ],
          }),
        )
      ).kind,
    ).toBe('invalid-request'));
});

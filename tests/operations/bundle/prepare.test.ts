import { describe, expect, it } from 'vitest';
import {
  type PreparedEntry,
  type PreparedSet,
  type PrepareJob,
  prepareEntry,
  prepareInTurn,
} from '../../../operations/bundle/prepare.ts';
import { jsonLimits } from '../../../resources/index.ts';
import type { Draft, Encoded, Prepared } from '../../../store/index.ts';
import { expressionsOf, faultOf } from '../../setup/fault.ts';

const judging = { level: 'full' } as const;
const URN = 'urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a';

/** Gives the draft back as what was prepared. */
const asItIs = (draft: Draft) => draft as unknown as Prepared;

const job = (resource: object | string, changes: Partial<PrepareJob> = {}): PrepareJob => ({
  index: 2,
  text: typeof resource === 'string' ? resource : JSON.stringify(resource),
  type: 'Observation',
  id: 'weight',
  method: 'POST',
  isEncoded: false,
  wantsReferences: false,
  wantsNotes: false,
  ...changes,
});
const observation = { resourceType: 'Observation', status: 'final', code: { text: 'Weight' } };
const prepare = (one: PrepareJob, links = new Map<string, string>()) =>
  prepareEntry(one, links, asItIs, jsonLimits, judging) as PreparedEntry;

describe('a resource of a transaction', () => {
  it('is prepared with its links resolved, under the id that was decided', () => {
    const one = job({ ...observation, subject: { reference: URN } }, { wantsReferences: true });
    const { content, references } = prepare(one, new Map([[URN, 'Patient/anna']]));
    const draft = content as unknown as Draft;
    expect(draft).toMatchObject({ type: 'Observation', id: 'weight', method: 'POST' });
    expect(draft.parsed.value.subject.reference).toBe('Patient/anna');
    expect(references).toEqual([{ reference: 'Patient/anna', path: 'Bundle.entry[2].resource.subject' }]);
  });

  it('does not look for the places of references that nobody asks for', () => {
    expect(prepare(job({ ...observation, subject: { reference: 'Patient/anna' } })).references).toEqual([]);
  });

  it('that is a Bundle itself keeps the links between its own entries', () => {
    const collection = {
      resourceType: 'Bundle',
      type: 'collection',
      entry: [{ fullUrl: URN, resource: { ...observation, subject: { reference: URN } } }],
    };
    const { content } = prepare(job(collection, { type: 'Bundle' }), new Map([[URN, 'Patient/anna']]));
    expect((content as unknown as Draft).parsed.value).toEqual(collection);
  });

  it('may leave its id out of a PUT, or name the same', () => {
    expect(() => prepare(job(observation, { method: 'PUT' }))).not.toThrow();
    expect(() => prepare(job({ ...observation, id: 'weight' }, { method: 'PUT' }))).not.toThrow();
  });

  it.each([
    ['another id', job({ ...observation, id: 'other' }, { method: 'PUT' }), 'Bundle.entry[2].resource.id'],
    ['another type', job({ resourceType: 'Patient' }), 'Bundle.entry[2].resource.resourceType'],
    ['wrong content', job({ ...observation, status: 'done' }), 'Bundle.entry[2].resource.status'],
    ['a link to no entry', job({ ...observation, subject: { reference: URN } }), 'Bundle.entry[2].resource.subject'],
    [
      'a condition that was not resolved',
      job({ ...observation, subject: { reference: 'Patient?identifier=a|b' } }),
      'Bundle.entry[2].resource.subject',
    ],
    ['broken JSON', job('{"resourceType":"Observation",}'), 'Bundle.entry[2].resource'],
  ])('is refused with %s, told from the Bundle', (_what, one, place) => {
    const fault = faultOf(() => prepare(one));
    expect(fault.status).toBe(400);
    expect(expressionsOf(fault)[0]).toMatch(new RegExp(`^${RegExp.escape(place)}`));
  });
});

describe('the resources of a transaction', () => {
  const preparation = { links: new Map<string, string>(), limits: jsonLimits, lastUpdated: 1_700_000_000_000 };

  it('are encoded where nothing is wanted back, told how much text is still to come', () => {
    const taken: [id: string | undefined, textToCome: number][] = [];
    const preparer = {
      prepare: asItIs,
      encoder: (lastUpdated: number) => ({
        add: (draft: Draft, textToCome: number) => taken.push([draft.id, textToCome]),
        finish: () => ({ types: [String(lastUpdated)] }) as unknown as Encoded,
      }),
    };
    const jobs = [
      job(observation, { id: 'a', isEncoded: true }),
      job(observation, { id: 'b', method: 'PUT' }),
      job(observation, { id: 'c', isEncoded: true }),
    ];
    const work = prepareInTurn(jobs, preparation, preparer, judging);
    const turns = [work.next(), work.next(), work.next()];
    expect(turns.map(({ done }) => done)).toEqual([false, false, false]);
    const { length } = jobs[0]!.text;
    expect(taken).toEqual([
      ['a', 2 * length],
      ['c', length],
    ]);
    const value = work.next().value as PreparedSet;
    expect(value.encoded!.types).toEqual(['1700000000000']);
    expect(value.entries.map(({ content }) => content?.id)).toEqual([undefined, 'b', undefined]);
  });

  it('open no encoder where none is encoded', () => {
    const work = prepareInTurn(
      [job(observation)],
      preparation,
      {
        prepare: asItIs,
        encoder: () => {
          throw new Error('nothing is to be encoded');
        },
      },
      judging,
    );
    work.next();
    expect(work.next()).toMatchObject({ done: true, value: { encoded: undefined, entries: [{}] } });
  });
});

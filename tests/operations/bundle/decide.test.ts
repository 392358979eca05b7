import { describe, expect, it } from 'vitest';
import { askedBy, authoriseAll, decideAll, linksOf } from '../../../operations/bundle/decide.ts';
import { type PlannedEntry, planEntry, readBundle } from '../../../operations/bundle/entries.ts';
import { operationSettings } from '../../setup/environment.ts';
import { expressionsOf, faultOf } from '../../setup/fault.ts';

const ANNA = 'urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a';
const mrn = 'identifier=http://hospital.example/mrn|C-1001';

function plan(...entry: object[]): PlannedEntry[] {
  const text = JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry });
  return readBundle(text, 'http://localhost:8080/fhir', operationSettings.limits).entries.map((entry) =>
    planEntry(entry),
  );
}

function decide(entries: PlannedEntry[], matches: Record<number, string[]> = {}) {
  let ids = 0;
  const byIndex = new Map(Object.entries(matches).map(([index, found]) => [Number(index), found]));
  return decideAll(entries, byIndex, () => `new-${++ids}`).map(({ entry: _entry, ...act }) => act);
}

const patient = { resourceType: 'Patient', active: true };
const post = (more = {}) => ({ resource: patient, request: { method: 'POST', url: 'Patient', ...more } });
const put = (url: string, resource: object = patient) => ({ resource, request: { method: 'PUT', url } });
const remove = (url: string) => ({ request: { method: 'DELETE', url } });
const patch = (url: string) => ({ resource: { resourceType: 'Parameters' }, request: { method: 'PATCH', url } });

describe('what is searched first', () => {
  it('are the criteria of conditional entries, by entry', () => {
    const { entries } = askedBy(
      plan(
        post({ ifNoneExist: mrn }),
        put(`Patient?${mrn}`),
        remove(`Patient?${mrn}`),
        patch(`Patient?${mrn}`),
        put('Patient/anna'),
        post(),
      ),
    );
    expect([...entries.keys()]).toEqual([0, 1, 2, 3]);
    expect(entries.get(0)).toEqual({
      type: 'Patient',
      query: [['identifier', 'http://hospital.example/mrn|C-1001']],
      where: 'Bundle.entry[0].request.ifNoneExist',
    });
  });

  it('are conditional references, each once', () => {
    const observation = {
      resourceType: 'Observation',
      subject: { reference: `Patient?${mrn}` },
      performer: [{ reference: 'Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|99' }],
    };
    const { references } = askedBy(
      plan(...[1, 2].map(() => ({ resource: observation, request: { method: 'POST', url: 'Observation' } }))),
    );
    expect([...references.keys()]).toEqual([
      `Patient?${mrn}`,
      'Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|99',
    ]);
  });

  it('is nothing of a Bundle that is stored as it is: its references are its own', () => {
    const document = {
      resourceType: 'Bundle',
      type: 'document',
      entry: [{ resource: { resourceType: 'Observation', subject: { reference: `Patient?${mrn}` } } }],
    };
    expect(askedBy(plan({ resource: document, request: { method: 'POST', url: 'Bundle' } })).references.size).toBe(0);
  });

  it('is nothing for criteria that say nothing', () => {
    const fault = faultOf(() => askedBy(plan(post(), post({ ifNoneExist: '_count=1' }))));
    expect(expressionsOf(fault)).toEqual(['Bundle.entry[1].request.ifNoneExist']);
    expect(faultOf(() => askedBy(plan(remove('Patient')))).kind).toBe('invalid-request');
  });
});

describe('what an entry becomes', () => {
  it.each([
    ['a create', post(), undefined, { do: 'create', type: 'Patient', id: 'new-1' }],
    [
      'a conditional create without a match',
      post({ ifNoneExist: mrn }),
      [],
      { do: 'create', type: 'Patient', id: 'new-1' },
    ],
    [
      'a conditional create with a match',
      post({ ifNoneExist: mrn }),
      ['anna'],
      { do: 'nothing', type: 'Patient', id: 'anna' },
    ],
    ['an update', put('Patient/anna'), undefined, { do: 'update', type: 'Patient', id: 'anna' }],
    ['a conditional update without a match', put(`Patient?${mrn}`), [], { do: 'create', type: 'Patient', id: 'new-1' }],
    [
      'the same with an id of its own',
      put(`Patient?${mrn}`, { ...patient, id: 'own' }),
      [],
      { do: 'create', type: 'Patient', id: 'own' },
    ],
    [
      'a conditional update with a match',
      put(`Patient?${mrn}`),
      ['anna'],
      { do: 'update', type: 'Patient', id: 'anna' },
    ],
    ['a patch', patch('Patient/anna'), undefined, { do: 'patch', type: 'Patient', id: 'anna' }],
    ['a conditional patch', patch(`Patient?${mrn}`), ['anna'], { do: 'patch', type: 'Patient', id: 'anna' }],
    ['a delete', remove('Patient/anna'), undefined, { do: 'delete', type: 'Patient', id: 'anna' }],
    ['a conditional delete', remove(`Patient?${mrn}`), ['anna'], { do: 'delete', type: 'Patient', id: 'anna' }],
    [
      'a conditional delete of nothing',
      remove(`Patient?${mrn}`),
      [],
      { do: 'nothing', type: 'Patient', id: undefined },
    ],
    ['a read', { request: { method: 'GET', url: 'Patient/anna' } }, undefined, { do: 'get' }],
  ] as const)('%s', (_name, entry, found, act) => {
    expect(decide(plan(entry), found ? { 0: [...found] } : {})).toEqual([act]);
  });

  it('does not see what the transaction deletes, since deletes come first', () => {
    expect(decide(plan(post({ ifNoneExist: mrn }), remove('Patient/anna')), { 0: ['anna'] })).toEqual([
      { do: 'create', type: 'Patient', id: 'new-1' },
      { do: 'delete', type: 'Patient', id: 'anna' },
    ]);
  });
});

describe('what cannot be decided', () => {
  it.each([
    ['several matches of a create', post({ ifNoneExist: mrn }), 'ifNoneExist'],
    ['several matches of an update', put(`Patient?${mrn}`), 'url'],
    ['several matches of a patch', patch(`Patient?${mrn}`), 'url'],
    ['several matches of a delete', remove(`Patient?${mrn}`), 'url'],
  ])('%s', (_name, entry, member) => {
    const fault = faultOf(() => decide(plan(entry), { 0: ['anna', 'anne'] }));
    expect(fault.status).toBe(412);
    expect(expressionsOf(fault)).toEqual([`Bundle.entry[0].request.${member}`]);
  });

  it('a conditional patch of nothing', () => {
    expect(faultOf(() => decide(plan(patch(`Patient?${mrn}`)), { 0: [] })).status).toBe(404);
  });

  it('a conditional update whose match has another id than the body', () => {
    expect(
      faultOf(() => decide(plan(put(`Patient?${mrn}`, { ...patient, id: 'other' })), { 0: ['anna'] })).status,
    ).toBe(400);
  });

  it.each([
    ['two updates', [put('Patient/anna'), put('Patient/anna')], 'Bundle.entry[1].request.url'],
    ['an update and a delete', [put('Patient/anna'), remove('Patient/anna')], 'Bundle.entry[1].request.url'],
    [
      'two conditional creates of one identity',
      [post({ ifNoneExist: mrn }), post({ ifNoneExist: mrn })],
      'Bundle.entry[1].request.ifNoneExist',
    ],
    [
      'two conditional updates of one identity',
      [put(`Patient?${mrn}`), put(`Patient?${mrn}`)],
      'Bundle.entry[1].request.url',
    ],
    [
      'one fullUrl twice',
      [
        { ...post(), fullUrl: ANNA },
        { ...post(), fullUrl: ANNA },
      ],
      'Bundle.entry[1].fullUrl',
    ],
  ] as const)('one identity named twice: %s', (_name, entries, expression) => {
    const fault = faultOf(() => decide(plan(...entries), { 0: [], 1: [] }));
    expect(fault.status).toBe(400);
    expect(fault.message).toContain('Bundle.entry[0]');
    expect(expressionsOf(fault)).toEqual([expression]);
  });

  it('an update and a conditional update that turns out to be of the same resource', () => {
    expect(faultOf(() => decide(plan(put('Patient/anna'), put(`Patient?${mrn}`)), { 1: ['anna'] })).status).toBe(400);
  });

  it('one id of two types is two identities', () => {
    expect(decide(plan(put('Patient/1'), put('Observation/1', { resourceType: 'Observation' })))).toHaveLength(2);
  });
});

describe('links between entries', () => {
  const links = (entries: PlannedEntry[], matches = new Map<number, string[]>()) =>
    Object.fromEntries(linksOf(decideAll(entries, matches, () => 'new-1')));

  it('lead from a urn to what is created or found', () => {
    expect(links(plan({ ...post(), fullUrl: ANNA }))).toEqual({ [ANNA]: 'Patient/new-1' });
    expect(links(plan({ ...post({ ifNoneExist: mrn }), fullUrl: ANNA }), new Map([[0, ['anna']]]))).toEqual({
      [ANNA]: 'Patient/anna',
    });
  });

  it('lead from an address and the relative reference to it, since a POST gives a new id', () => {
    expect(links(plan({ ...post(), fullUrl: 'http://other.example/fhir/Patient/12' }))).toEqual({
      'http://other.example/fhir/Patient/12': 'Patient/new-1',
      'Patient/12': 'Patient/new-1',
    });
  });

  it('do not lead astray a relative reference to what another entry stores under that very id', () => {
    const found = links(plan({ ...post(), fullUrl: 'http://other.example/fhir/Patient/12' }, put('Patient/12')));
    expect(found).not.toHaveProperty('Patient/12');
  });

  it('do not lead to reads', () => {
    expect(links(plan({ fullUrl: ANNA, request: { method: 'GET', url: 'Patient/anna' } }))).toEqual({});
  });
});

describe('who may', () => {
  const access = (verbs: any, types: any = '*') => ({ actor: 'Practitioner/7', grants: [{ types, verbs }] });

  it('all of it, or nothing', () => {
    const entries = plan({ request: { method: 'GET', url: 'Patient/anna' } }, put('Patient/anna'));
    expect(() => authoriseAll(entries, access(['read', 'update']))).not.toThrow();
    const fault = faultOf(() => authoriseAll(entries, access(['read', 'search'])));
    expect(fault).toMatchObject({ status: 403, message: 'You may not update Patient.' });
    expect(expressionsOf(fault)).toEqual(['Bundle.entry[1]']);
  });

  it('searches over all types only with a grant on all types', () => {
    const entries = plan({ request: { method: 'GET', url: '?_type=Patient&_id=anna' } });
    expect(faultOf(() => authoriseAll(entries, access(['search'], ['Patient']))).status).toBe(403);
  });
});

import { describe, expect, it } from 'vitest';
import { Account } from '../../profiles/account.ts';
import { checkBundle } from '../../profiles/bundle.ts';
import { told } from '../setup/judged.ts';

const patient = (id?: string) => ({ resourceType: 'Patient', ...(id ? { id } : {}), active: true });
const bundle = (type: string, entry: any[], more = {}) => ({ resourceType: 'Bundle', type, entry, ...more });
const server = 'http://hospital.example.org/fhir';
const uuid = 'urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0';
const composition = (subject: string) => ({
  resourceType: 'Composition',
  id: 'c',
  status: 'final',
  type: { text: 'a' },
  subject: { reference: subject },
  date: '2020-01-01',
  author: [{ display: 'b' }],
  title: 'c',
});
const documentOf = (subject: string, fullUrl = `${server}/Composition/c`) =>
  bundle(
    'document',
    [
      { fullUrl, resource: composition(subject) },
      { fullUrl: `${server}/Patient/p`, resource: patient('p') },
    ],
    {
      identifier: { system: 'http://a', value: 'b' },
      timestamp: '2020-01-01T00:00:00Z',
    },
  );

describe('a Bundle', () => {
  it.each<[string, any, string[]]>([
    [
      'names what it holds by absolute addresses',
      bundle('collection', [
        { fullUrl: `${server}/Patient/p`, resource: patient('p') },
        { fullUrl: uuid, resource: patient() },
      ]),
      [],
    ],
    [
      'is warned of a relative fullUrl',
      bundle('collection', [{ fullUrl: 'Patient/p', resource: patient('p') }]),
      ['warning fullUrl Bundle.entry[0].fullUrl'],
    ],
    [
      'of a search survives an entry of nothing',
      bundle('searchset', [{ search: { mode: 'match' }, resource: null }]),
      ['error invalid-structure Bundle.entry[0].resource', 'error bdl-5 Bundle.entry[0]'],
    ],
    [
      'has fullUrls that fit the ids',
      bundle('collection', [{ fullUrl: `${server}/Patient/q`, resource: patient('p') }]),
      ['error fullUrl Bundle.entry[0].fullUrl'],
    ],
    [
      'has entries of one version each',
      bundle(
        'collection',
        [1, 2].map(() => ({ fullUrl: `${server}/Patient/p`, resource: patient('p') })),
      ),
      ['error bdl-7 Bundle'],
    ],
    [
      'has no versions in fullUrls',
      bundle('collection', [{ fullUrl: `${server}/Patient/p/_history/1`, resource: patient('p') }]),
      ['error bdl-8 Bundle.entry[0]'],
    ],
    [
      'has a total only of searches and histories',
      bundle('collection', [], { total: 0, entry: undefined }),
      ['error bdl-1 Bundle'],
    ],
    [
      'has requests in transactions only',
      bundle('collection', [{ request: { method: 'GET', url: 'Patient' } }]),
      ['error bdl-3 Bundle'],
    ],
    [
      'has something in each entry',
      bundle('collection', [{ link: [{ relation: 'a', url: 'http://a' }] }]),
      ['error bdl-5 Bundle.entry[0]'],
    ],
    [
      'finds what has ids',
      bundle('searchset', [{ fullUrl: uuid, search: { mode: 'match' }, resource: patient() }]),
      ['error search Bundle.entry[0].resource'],
    ],
    [
      'tells the outcome of a search as one',
      bundle('searchset', [{ search: { mode: 'outcome' }, resource: patient('p') }]),
      ['error search Bundle.entry[0].resource'],
    ],
    [
      'has one link to itself',
      bundle('collection', [{ resource: patient() }], {
        link: ['self', 'self'].map((relation) => ({ relation, url: 'http://a' })),
      }),
      ['error link Bundle.link[1]'],
    ],
    ['is a document with identifier, time and composition', documentOf('Patient/p'), []],
    [
      'of a document holds what the composition refers to',
      documentOf('Patient/q'),
      ['error bundle-reference Bundle.entry[0].resource.subject'],
    ],
    [
      'resolves relative references on the server of the entry',
      documentOf('Patient/p', uuid),
      ['warning bundle-reference Bundle.entry[0].resource.subject'],
    ],
    [
      'of a document begins with a Composition',
      bundle('document', [{ fullUrl: uuid, resource: patient() }], {
        identifier: { system: 'http://a', value: 'b' },
        timestamp: '2020-01-01T00:00:00Z',
      }),
      ['error bdl-11 Bundle'],
    ],
    [
      'of a message begins with a MessageHeader',
      bundle('message', [{ fullUrl: uuid, resource: patient() }]),
      ['error bdl-12 Bundle'],
    ],
    [
      'of a document gives each entry a fullUrl',
      { ...documentOf('Patient/p'), entry: [...documentOf('Patient/p').entry, { resource: patient('r') }] },
      ['error fullUrl Bundle.entry[2].fullUrl'],
    ],
  ])('%s', (_, resource, findings) => expect(told(resource)).toEqual(findings));

  it('may be anything that is no list of entries', () => {
    const account = new Account(true, {}, 'Bundle', undefined);
    for (const entry of [undefined, 'x', [null, 7]])
      checkBundle({ type: 'document', entry, link: 'x' }, account, undefined);
    expect(account.failed).toBe(false);
  });
});

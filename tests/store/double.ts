/** Stands in for the search side where only the writing is under test: identifiers, one string and references. */
import { createHash } from 'node:crypto';
import type { Access, Context, Parsed } from '../../resources/index.ts';
import { openAccess, parseJson } from '../../resources/index.ts';
import type { Searching, Store } from '../../store/open.ts';
import { openStoreWith, type StoreOptions } from '../../store/open.ts';
import { VERSION_COLUMNS } from '../../store/read.ts';
import type { Criteria, Draft } from '../../store/records.ts';
import { FLAG, type IndexValues } from '../../store/search/index-values.ts';

export const SLOT = { identifier: 11, family: 12, value: 13 };

/** The store with the stand-in for its search side. */
export function openDoubleStore(options: Omit<StoreOptions, 'applicationName'>): Promise<Store> {
  return openStoreWith({ applicationName: 'vesta test', ...options }, searching);
}

/** A context whose trips are counted in the array. */
export function testContext(trips: unknown[] = [], signal: AbortSignal = new AbortController().signal): Context {
  return {
    access: openAccess,
    requestId: 'test',
    base: 'http://localhost:8080/fhir',
    now: () => Date.now(),
    signal,
    observe: (observation) => void (observation.kind === 'trip' && trips.push(observation)),
  };
}

/** A draft of a resource, its references collected. */
export function draftOf(resource: object | string, method: Draft['method'] = 'POST', id?: string): Draft {
  const parsed = parseJson(typeof resource === 'string' ? resource : JSON.stringify(resource));
  return {
    type: parsed.value.resourceType,
    id: id ?? parsed.value.id,
    method,
    parsed,
    references: referencesIn(parsed.value),
  };
}

export function patient(value: string, more: object = {}): object {
  return {
    resourceType: 'Patient',
    identifier: [{ system: 'urn:oid:2.16.840.1.113883.2.4.6.3', value }],
    name: [{ family: 'van de Heuvel', given: ['Pieter'] }],
    ...more,
  };
}

export const byIdentifier = (type: string, value: string): Criteria => ({
  type,
  query: [['identifier', value]],
  where: 'If-None-Exist',
});

function hash(text: string): bigint {
  return BigInt.asIntN(64, createHash('sha256').update(text).digest().readBigUInt64BE());
}

const rid = (type: string, id: string): bigint => hash(`rid|${type}/${id}`);

function extract(
  type: string,
  id: string,
  { value }: Parsed,
  references: readonly { reference: string }[],
): IndexValues {
  const own = rid(type, id);
  const identifiers: { system?: string; value: string }[] = value.identifier ?? [];
  const tokens = references.flatMap(({ reference }) => {
    const [target, targetId] = reference.split('/');
    return target && targetId ? [rid(target, targetId) ^ hash('ref|*')] : [];
  });
  const family: string | undefined = value.name?.[0]?.family;
  const number: string | undefined = value.valueQuantity === undefined ? undefined : String(value.valueQuantity.value);
  return {
    rid: own,
    sk: own,
    comp: type === 'Patient' ? [id] : [],
    fl: number ? FLAG.numMany : 0,
    ac: 7,
    lv: 0,
    sens: 0,
    acTokens: [],
    subj: null,
    code1: null,
    dates: [null, null, null],
    num: null,
    numC: null,
    cu: null,
    uu: null,
    uc: null,
    sig: hash(`sig|${type}`),
    slots: [SLOT.identifier],
    targets: [...new Set(references.flatMap(({ reference }) => /^[A-Z]\w+(?=\/)/.exec(reference) ?? []))],
    nr: tokens.length,
    h: [...new Set(tokens)],
    s1: family ?? null,
    str: family ? `^f:${family.toLowerCase()}^` : null,
    raw: null,
    ids: identifiers.map((one, el) => ({
      k: SLOT.identifier,
      el,
      vh: hash(one.value),
      th: null,
      s: one.system ?? null,
      v: one.value,
    })),
    dateRows: [],
    numRows: number
      ? [
          {
            k: SLOT.value,
            el: 0,
            c: null,
            cs: null,
            lo: number,
            hi: number,
            us: null,
            uc: null,
            uu: null,
            cu: 0n,
            clo: number,
            chi: number,
            s: 3,
          },
        ]
      : [],
    strRows: family ? [{ k: SLOT.family, el: 0, c: null, cs: null, v: family.toLowerCase(), raw: family }] : [],
    tokRows: [],
    geoRows: [],
    dict: value.gender ? [{ k: 14, tok: hash(`gender|${value.gender}`), v: value.gender, norm: null }] : [],
    locks: [...new Set(identifiers.map((one) => hash(`lock|${type}|${one.value}`)))].sort((a, b) => (a < b ? -1 : 1)),
  };
}

const searching: Searching = {
  openExtractor: () => ({ extract, hash, rid }),
  openMatcher: ({ types }) => ({
    statement(_access: Access, { type, query }: Criteria, limit: number) {
      const { n, partition } = types.place(type);
      const [, value] = query[0]!;
      return {
        text: `select v.id, ${VERSION_COLUMNS} from x_id x join res_${partition} r on r.type = ${n} and r.rid = x.rid
          join ver_${partition} v on v.type = ${n} and v.id = r.id and v.ver = r.ver
          where x.k = ${SLOT.identifier} and x.type = ${n} and x.vh = $1 and x.v = $2 and not r.deleted limit $3`,
        values: [hash(value), value, limit],
      };
    },
    holds: () => true,
  }),
  range: (text) => {
    const fromMs = Date.parse(text);
    if (Number.isNaN(fromMs)) throw new RangeError('no time');
    return { fromMs, toMs: fromMs + (text.length > 10 ? 1 : 86_400_000) };
  },
  openSearch: () => ({}) as never,
};

function referencesIn(value: unknown): { reference: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = 'reference' in value && typeof value.reference === 'string' ? [{ reference: value.reference }] : [];
  return [...own, ...Object.values(value).flatMap(referencesIn)];
}

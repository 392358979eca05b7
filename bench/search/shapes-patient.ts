/** Searches for patients, and by way of what others say of them. */
import { searchParameters } from '../../resources/index.ts';
import { LOINC } from '../data/codes.ts';
import type { Known } from './known.ts';
import { MEASURES, RARE_MEASURES } from './measures.ts';
import { COMMON_FAMILY, RARE_FAMILY } from './names.ts';
import { resourceOf, type Sizes, timeOf } from './population.ts';
import { COUNT, type Hand, type Probe, pathOf, type Shape } from './shapes.ts';

const OF_PATIENTS = { table: 'patient' } as const;
/** A LOINC code that no result here has. */
const ABSENT = '600-7';

export async function patientShapes(known: Known, sizes: Sizes): Promise<Shape[]> {
  return [
    ...(await byIdentifier(known, sizes)),
    ...byName(),
    ...byBirth(),
    ...havingResults(known),
    ...byUpdate(sizes),
  ];
}

async function byIdentifier(known: Known, sizes: Sizes): Promise<Shape[]> {
  const numbers = Array.from({ length: 12 }, (_, n) => Math.floor((n * sizes.Patient) / 12));
  const kinds = {
    'of one patient': numbers.map(
      (n) => JSON.parse(resourceOf('Patient', n, sizes).text).identifier[1].value as string,
    ),
    absent: ['000-00-000000'],
  };
  return Promise.all(
    Object.entries(kinds).map(async ([value, identifiers]): Promise<Shape> => {
      const probes = identifiers.map(async (identifier): Promise<Probe> => {
        const path = pathOf('Patient', { identifier: `http://hl7.org/fhir/sid/us-ssn|${identifier}` });
        return { path, values: [await known.identifierHash(identifier), identifier] };
      });
      const where = 'r.type = 1 and r.rid in (select x.rid from x_id x where x.vh = $1 and x.v = $2)';
      return {
        name: 'identifier',
        value,
        count: COUNT,
        probes: await Promise.all(probes),
        hand: { ...OF_PATIENTS, where },
      };
    }),
  );
}

function byName(): Shape[] {
  const starts = { common: COMMON_FAMILY, usual: 'Ashb', rare: RARE_FAMILY, absent: 'Xanthop' };
  const parts = { common: 'worth', rare: 'stonehaugh', absent: 'nthopou' };
  const [family, any] = [tagsOf('family'), tagsOf('name')];
  const shape = (
    name: string,
    value: string,
    query: Record<string, string>,
    pattern: string,
    order?: string,
  ): Shape => {
    const probes = [{ path: pathOf('Patient', query), values: [pattern] }];
    return { name, value, count: COUNT, probes, hand: { ...OF_PATIENTS, where: 'r.str ~ $1', order } };
  };
  return [
    ...Object.entries(starts).map(([value, name]) => {
      const query = { family: name, _sort: 'family' };
      return shape(
        'family name begins with, in order',
        value,
        query,
        `\\^(${family}):${name.toLowerCase()}`,
        'r.s1, r.id',
      );
    }),
    ...Object.entries(starts).map(([value, name]) =>
      shape('a name begins with', value, { name }, `\\^(${any}):${name.toLowerCase()}`),
    ),
    ...Object.entries(parts).map(([value, part]) =>
      shape('a name contains', value, { 'name:contains': part }, `\\^(${any}):[^^]*${part}`),
    ),
  ];
}

/** How the store marks the strings of a parameter in a row's text; the hand-written SQL uses the same text. */
function tagsOf(parameter: string): string {
  const { slots } = searchParameters('Patient').get(parameter)!;
  return slots.map(({ tag }) => tag).join('|');
}

function byBirth(): Shape[] {
  const kinds = {
    'one year': ['1980-01-01', '1981-01-01'],
    'one day': ['1975-05-05', '1975-05-06'],
    'forty years': ['1950-01-01', '1990-01-01'],
    absent: ['1890-01-01', '1891-01-01'],
  };
  const hand: Hand = { ...OF_PATIENTS, where: 'r.dt >= $1 and r.dt < $2', order: 'r.dt, r.id' };
  return Object.entries(kinds).map(([value, [from, to]]): Shape => {
    const path = pathOf('Patient', { birthdate: [`ge${from}`, `lt${to}`], _sort: 'birthdate' });
    const probes = [{ path, values: [`${from}T00:00:00Z`, `${to}T00:00:00Z`] }];
    return { name: 'birthdate, in order', value, count: COUNT, probes, hand };
  });
}

function havingResults(known: Known): Shape[] {
  const kinds = {
    common: MEASURES[0]!.code,
    usual: MEASURES[60]!.code,
    rare: MEASURES.at(-RARE_MEASURES)!.code,
    absent: ABSENT,
  };
  return Object.entries(kinds).map(([value, code]): Shape => {
    const path = pathOf('Patient', { '_has:Observation:patient:code': `${LOINC}|${code}` });
    const where = 'exists (select from res_observation o where o.subj = r.rid and o.code1 = $1)';
    const text =
      value === 'rare' || value === 'absent'
        ? `with m as materialized (select distinct subj from res_observation where code1 = $1 limit ${COUNT + 1})
          select v.id, v.resource::text from m join res_patient r on r.type = 1 and r.rid = m.subj join ver_patient v on v.id = r.id and v.ver = r.ver`
        : undefined;
    const hand = { ...OF_PATIENTS, where, text };
    return {
      name: 'patients that have a result of a code',
      value,
      count: COUNT,
      probes: [{ path, values: [known.code(code)] }],
      hand,
      heavy: true,
    };
  });
}

function byUpdate({ Observation }: Sizes): Shape[] {
  const iso = (share: number): string => new Date(timeOf(Math.floor(Observation * share), Observation)).toISOString();
  const text = `with m as materialized (select v.id, v.ver, v.resource, v.last_updated from ver_observation v
      where v.last_updated >= $1 and exists (select from res_observation r where r.type = 4 and r.id = v.id and r.ver = v.ver)
      order by v.last_updated, v.id limit 101)
    select id, resource::text from m order by last_updated, id`;
  const where = 'r.lu >= $1';
  return [
    {
      name: 'paging by _lastUpdated, 100 a page',
      value: 'at any depth',
      count: 100,
      probes: [0.01, 0.3, 0.6, 0.9].map((share) => ({
        path: pathOf('Observation', { _lastUpdated: `ge${iso(share)}`, _sort: '_lastUpdated' }, 100),
        values: [iso(share)],
      })),
      hand: { table: 'observation', where, order: 'r.lu, r.id', text },
    },
  ];
}

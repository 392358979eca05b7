/** Searches among results: two thirds of what a server of records is asked for. */
import { LOINC, UCUM } from '../data/codes.ts';
import { type Known, patientIds, TYPE } from './known.ts';
import { MEASURES, RARE_MEASURES } from './measures.ts';
import { COMMON_FAMILY, RARE_FAMILY } from './names.ts';
import { heavyPatients, type Sizes } from './population.ts';
import { COUNT, type Probe, pathOf, type Shape } from './shapes.ts';

const NEWEST = 'r.dt desc, r.id desc';
const COMMON = MEASURES[0]!.code;
/** Of which there are a hundred and more in each size. */
const USUAL = MEASURES.slice(20, 32).map(({ code }) => code);
const RARE = MEASURES.slice(-RARE_MEASURES).map(({ code }) => code);
/** A code that LOINC has and nobody here. */
const ABSENT = '600-7';
const VALUES = { common: [COMMON], usual: USUAL, rare: RARE, absent: [ABSENT] };
const MONTHS = ['2026-03', '2025-11', '2024-06', '2023-09', '2022-02', '2020-10'];

export async function observationShapes(known: Known, sizes: Sizes): Promise<Shape[]> {
  return [
    ...(await patientAndCode(known, sizes)),
    ...codeAndDates(known),
    ...(await ofPatient(known, sizes)),
    ...(await byStatus(known)),
    ...(await byName(known)),
    ...severalCodes(known),
    ...byValue(known),
    ...(await totals(known)),
    ...(await withIncludes(known)),
  ];
}

function loinc(code: string): string {
  return `${LOINC}|${code}`;
}

async function patientAndCode(known: Known, sizes: Sizes): Promise<Shape[]> {
  const kinds = [
    ['usual patient, common code', patientIds(1000, 12), COMMON],
    ['usual patient, rare code', patientIds(1000, 12), RARE[0]!],
    ['20,000 results, common code', patientIds(0, 1), COMMON],
    ['20,000 results, rare code', patientIds(0, 1), RARE[0]!],
    ['absent patient', ['nobody'], COMMON],
  ] as const;
  const shapes = kinds.map(async ([value, ids, code]): Promise<Shape> => {
    const probes = ids.map(async (id): Promise<Probe> => {
      const path = pathOf('Observation', { patient: `Patient/${id}`, code: loinc(code), _sort: '-date' });
      return { path, values: [await known.rid('patient', id), known.code(code)] };
    });
    const hand = { table: 'observation', where: 'r.subj = $1 and r.code1 = $2', order: NEWEST };
    return { name: 'patient + code, by date', value, count: COUNT, probes: await Promise.all(probes), hand };
  });
  return heavyPatients(sizes) > 0 ? Promise.all(shapes) : [];
}

function nextMonth(month: string): string {
  const at = new Date(`${month}-01T00:00:00Z`);
  at.setUTCMonth(at.getUTCMonth() + 1);
  return at.toISOString().slice(0, 10);
}

function codeAndDates(known: Known): Shape[] {
  const shapes = Object.entries(VALUES).flatMap(([value, codes]) =>
    ['-date', undefined].map((sort): Shape => {
      const probes = MONTHS.map((month, n): Probe => {
        const code = codes[n % codes.length]!;
        const [from, to] = [`${month}-01`, nextMonth(month)];
        const query = { code: loinc(code), date: [`ge${from}`, `lt${to}`], ...(sort && { _sort: sort }) };
        return {
          path: pathOf('Observation', query),
          values: [known.code(code), `${from}T00:00:00Z`, `${to}T00:00:00Z`],
        };
      });
      const where = 'r.code1 = $1 and r.dt >= $2 and r.dt < $3';
      const hand = { table: 'observation', where, order: sort && NEWEST };
      return { name: sort ? 'code + month, by date' : 'code + month, in any order', value, count: COUNT, probes, hand };
    }),
  );
  return shapes;
}

async function ofPatient(known: Known, _sizes: Sizes): Promise<Shape[]> {
  const kinds = [
    ['usual patient', patientIds(1000, 12)],
    ['20,000 results', patientIds(0, 1)],
  ] as const;
  return Promise.all(
    kinds.flatMap(([value, ids]) =>
      ['-date', undefined].map(async (sort): Promise<Shape> => {
        const probes = ids.map(async (id): Promise<Probe> => {
          const query = { patient: `Patient/${id}`, ...(sort && { _sort: sort }) };
          return { path: pathOf('Observation', query, 100), values: [await known.rid('patient', id)] };
        });
        const hand = { table: 'observation', where: 'r.subj = $1', order: sort && NEWEST };
        const name = sort ? 'results of a patient, by date' : 'results of a patient, 100 of them';
        return { name, value, count: 100, probes: await Promise.all(probes), hand };
      }),
    ),
  );
}

async function byStatus(known: Known): Promise<Shape[]> {
  const kinds = { common: 'final', rare: 'cancelled', absent: 'entered-in-error' };
  return Promise.all(
    Object.entries(kinds).map(async ([value, status]): Promise<Shape> => {
      const token = await known.token(TYPE.Observation, status);
      const path = pathOf('Observation', { status, _sort: '-date' });
      const hand = { table: 'observation', where: 'r.h @> array[$1::int8]', order: NEWEST };
      return { name: 'status, by date', value, count: COUNT, probes: [{ path, values: [token] }], hand };
    }),
  );
}

async function byName(_known: Known): Promise<Shape[]> {
  const kinds = { common: COMMON_FAMILY, usual: 'Ashbrook', rare: RARE_FAMILY, absent: 'Xanthopoulos' };
  return Object.entries(kinds).map(([value, name]): Shape => {
    const path = pathOf('Observation', { 'subject:Patient.name': name, _sort: '-date' });
    const text = `with p as materialized (select rid from res_patient where str like $1),
      m as materialized (select o.* from p cross join lateral (
        select r.id, r.ver, r.dt from res_observation r where r.subj = p.rid order by ${NEWEST} limit ${COUNT + 1}) o
        order by o.dt desc, o.id desc limit ${COUNT + 1})
      select v.id, v.resource::text from m join ver_observation v on v.id = m.id and v.ver = m.ver order by m.dt desc, m.id desc`;
    const where = 'r.subj in (select rid from res_patient where str like $1)';
    const hand = { table: 'observation', where, order: NEWEST, text };
    const values = [`%:${name.toLowerCase()}%`];
    return {
      name: 'results by the patient’s name, by date',
      value,
      count: COUNT,
      probes: [{ path, values }],
      hand,
      heavy: true,
    };
  });
}

function severalCodes(known: Known): Shape[] {
  const kinds = {
    common: MEASURES.slice(0, 3).map(({ code }) => code),
    rare: RARE.slice(0, 3),
    mixed: [COMMON, RARE[0]!, ABSENT],
    absent: [ABSENT, '630-4'],
  };
  return Object.entries(kinds).map(([value, codes]): Shape => {
    const path = pathOf('Observation', { code: codes.map(loinc).join(','), _sort: '-date' });
    const branches = codes.map(
      (_, n) =>
        `(select r.id, r.ver, r.dt from res_observation r where r.code1 = $${n + 1} order by ${NEWEST} limit ${COUNT + 1})`,
    );
    const text = `with m as materialized (select * from (${branches.join(' union all ')}) r order by ${NEWEST} limit ${COUNT + 1})
      select v.id, v.resource::text from m join ver_observation v on v.id = m.id and v.ver = m.ver order by m.dt desc, m.id desc`;
    const where = `r.code1 in (${codes.map((_, n) => `$${n + 1}`).join(', ')})`;
    const hand = { table: 'observation', where, order: NEWEST, text };
    return {
      name: 'one of several codes, by date',
      value,
      count: COUNT,
      probes: [{ path, values: codes.map(known.code) }],
      hand,
    };
  });
}

function byValue(known: Known): Shape[] {
  const { code, unit, low, high } = MEASURES[0]!;
  const rare = MEASURES.at(-1)!;
  const span = high - low;
  const kinds = [
    ['common code, half of them', code, unit, low + span / 2],
    ['common code, one in 500', code, unit, high - span / 500],
    ['common code, none', code, unit, high + span],
    ['rare code', rare.code, rare.unit, rare.low],
  ] as const;
  return kinds.flatMap(([value, one, of, bound]) =>
    ['-date', undefined].map((sort): Shape => {
      const text = String(Math.round(bound * 100) / 100);
      const query = { code: loinc(one), 'value-quantity': `gt${text}|${UCUM}|${of}`, ...(sort && { _sort: sort }) };
      const probe = { path: pathOf('Observation', query), values: [known.code(one), text] };
      const hand = { table: 'observation', where: 'r.code1 = $1 and r.num > $2', order: sort && NEWEST };
      return {
        name: sort ? 'code + value above, by date' : 'code + value above, in any order',
        value,
        count: COUNT,
        probes: [probe],
        hand,
      };
    }),
  );
}

async function totals(known: Known): Promise<Shape[]> {
  const counted = { _summary: 'count' };
  const months = Object.entries(VALUES).map(([value, codes]): Shape => {
    const probes = MONTHS.map((month, n): Probe => {
      const code = codes[n % codes.length]!;
      const [from, to] = [`${month}-01`, nextMonth(month)];
      const query = { code: loinc(code), date: [`ge${from}`, `lt${to}`], ...counted };
      return {
        path: pathOf('Observation', query, 0),
        values: [known.code(code), `${from}T00:00:00Z`, `${to}T00:00:00Z`],
      };
    });
    const hand = { table: 'observation', where: 'r.code1 = $1 and r.dt >= $2 and r.dt < $3', counts: true };
    return { name: 'number of a code’s results in a month', value, count: 0, probes, hand };
  });
  const [patient] = patientIds(1000, 1);
  const hand = { table: 'observation', where: 'r.subj = $1', counts: true };
  const path = pathOf('Observation', { patient: `Patient/${patient}`, ...counted }, 0);
  const own = { name: 'number of a patient’s results', value: 'usual patient', count: 0, hand };
  return [...months, { ...own, probes: [{ path, values: [await known.rid('patient', patient!)] }] }];
}

async function withIncludes(known: Known): Promise<Shape[]> {
  const includes = { _include: ['Observation:subject', 'Observation:encounter'], _sort: '-date' };
  const rest = (where: string): string => `with m as materialized (
      select r.id, r.ver, r.dt, r.subj, r.h[1:r.nr] refs from res_observation r where ${where} order by ${NEWEST} limit ${COUNT + 1}),
      i as materialized (
        select p.type, p.id, p.ver from res_patient p where p.rid in (select subj from m) union all
        select e.type, e.id, e.ver from res_encounter e where e.rid in (select t # ${known.encounterKey}::int8 from m, unnest(refs) t))
      (select v.id, v.resource::text from m join ver_observation v on v.id = m.id and v.ver = m.ver order by m.dt desc, m.id desc)
      union all select v.id, v.resource::text from i join ver_patient v on v.id = i.id and v.ver = i.ver and i.type = ${TYPE.Patient}
      union all select v.id, v.resource::text from i join ver_encounter v on v.id = i.id and v.ver = i.ver and i.type = ${TYPE.Encounter}`;
  const ids = patientIds(1000, 12);
  const own = ids.map(async (id): Promise<Probe> => {
    const path = pathOf('Observation', { patient: `Patient/${id}`, ...includes });
    return { path, values: [await known.rid('patient', id)] };
  });
  const name = 'results with patient and encounter, by date';
  const table = 'observation';
  return [
    {
      name,
      value: 'of a patient',
      count: COUNT,
      probes: await Promise.all(own),
      hand: { table, where: 'r.subj = $1', order: NEWEST, text: rest('r.subj = $1') },
    },
    ...Object.entries({ common: COMMON, rare: RARE[0]!, absent: ABSENT }).map(([value, code]): Shape => {
      const path = pathOf('Observation', { code: loinc(code), ...includes });
      const hand = { table, where: 'r.code1 = $1', order: NEWEST, text: rest('r.code1 = $1') };
      return { name, value: `of a code, ${value}`, count: COUNT, probes: [{ path, values: [known.code(code)] }], hand };
    }),
  ];
}

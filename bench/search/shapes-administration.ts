/** The most used searches of the other types: visits, prescriptions, claims, bookings, insurance, bills, reports. */
import { HL7 } from '../data/codes.ts';
import { type Known, patientIds, TYPE } from './known.ts';
import { idOf, type Sizes } from './population.ts';
import { COUNT, type Probe, pathOf, type Shape } from './shapes.ts';

const NEWEST = 'r.dt desc, r.id desc';
const DAYS = ['2026-05-12', '2025-10-02', '2024-02-20', '2022-07-07', '2019-11-19'];

export async function administrationShapes(known: Known, _sizes: Sizes): Promise<Shape[]> {
  return [
    encountersOfDays(),
    ...(await ofPatients(known)),
    await bookings(known),
    await reports(known),
    await rareStatus(known),
  ];
}

/** Most begin and end on the day; a stay that began before it counts as well where it goes on after it: what `ge` of a day means. */
function encountersOfDays(): Shape {
  const isSince = `(r.dt >= $1 or r.dt_hi > $1::timestamptz + interval '1 day')`;
  const where = `r.dt_hi > $1 and r.dt < $2 and ${isSince}`;
  const matches = (rest: string): string =>
    `(select r.id, r.ver, r.dt from res_encounter r where ${isSince} and ${rest} order by ${NEWEST} limit ${COUNT + 1})`;
  const short = matches(`r.dt > $1::timestamptz - interval '26 h' and r.dt < $2 and r.dt_hi > $1 and r.fl & 4 = 0`);
  const long = matches('r.fl & 4 <> 0 and tstzrange(r.dt, r.dt_hi) && tstzrange($1, $2)');
  const text = `with m as materialized (select * from (${short} union all ${long}) r order by ${NEWEST} limit ${COUNT + 1})
    select v.id, v.resource::text from m join ver_encounter v on v.id = m.id and v.ver = m.ver order by m.dt desc, m.id desc`;
  const probes = DAYS.map((day): Probe => {
    const next = new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
    const query = { date: [`ge${day}`, `lt${next}`], _sort: '-date' };
    return { path: pathOf('Encounter', query), values: [`${day}T00:00:00Z`, `${next}T00:00:00Z`] };
  });
  const hand = { table: 'encounter', where, order: NEWEST, text };
  return { name: 'Encounter: visits of a day, by date', value: 'any', count: COUNT, probes, hand };
}

async function ofPatients(known: Known): Promise<Shape[]> {
  const active = await known.token(TYPE.MedicationRequest, 'active');
  const kinds = [
    ['Encounter: of a patient, by date', 'Encounter', 'patient', { _sort: '-date' }, '', [], NEWEST],
    ['MedicationRequest: of a patient, active', 'MedicationRequest', 'patient', { status: 'active' }, ' and r.h @> array[$2::int8]', [active], undefined],
    ['Claim: of a patient, since a day', 'Claim', 'patient', { created: 'ge2022-01-01' }, ` and r.dt >= $2`, ['2022-01-01T00:00:00Z'], undefined],
    ['Coverage: of a patient', 'Coverage', 'beneficiary', {}, '', [], undefined],
    ['Invoice: of a patient', 'Invoice', 'subject', {}, '', [], undefined],
  ] as const; // biome-ignore format: a table reads best in lines
  return Promise.all(
    kinds.map(async ([name, type, parameter, query, more, values, order]): Promise<Shape> => {
      const probes = patientIds(1000, 12).map(async (id): Promise<Probe> => {
        const path = pathOf(type, { [parameter]: `Patient/${id}`, ...query });
        return { path, values: [await known.rid('patient', id), ...values] };
      });
      const hand = { table: type.toLowerCase(), where: `r.subj = $1${more}`, order };
      return { name, value: 'any', count: COUNT, probes: await Promise.all(probes), hand };
    }),
  );
}

async function bookings(known: Known): Promise<Shape> {
  const probes = Array.from({ length: 8 }, async (_, n): Promise<Probe> => {
    const id = idOf('Practitioner', n * 23);
    const query = { actor: `Practitioner/${id}`, date: ['ge2024-01-01', 'lt2027-01-01'], _sort: 'date' };
    const token = BigInt.asIntN(64, BigInt(await known.rid('rest', id)) ^ BigInt(known.actorKey));
    return {
      path: pathOf('Appointment', query),
      values: [String(token), '2024-01-01T00:00:00Z', '2027-01-01T00:00:00Z'],
    };
  });
  const where = 'r.h @> array[$1::int8] and r.dt_hi > $2 and r.dt < $3';
  const hand = { table: 'appointment', where, order: 'r.dt, r.id' };
  return {
    name: 'Appointment: of a physician in three years',
    value: 'any',
    count: COUNT,
    probes: await Promise.all(probes),
    hand,
  };
}

async function reports(known: Known): Promise<Shape> {
  const token = await known.token(TYPE.DiagnosticReport, `${HL7}/v2-0074|LAB`);
  const probes = patientIds(1000, 12).map(async (id): Promise<Probe> => {
    const path = pathOf('DiagnosticReport', { patient: `Patient/${id}`, category: `${HL7}/v2-0074|LAB` });
    return { path, values: [await known.rid('patient', id), token] };
  });
  const hand = { table: 'diagnosticreport', where: 'r.subj = $1 and r.h @> array[$2::int8]' };
  return {
    name: 'DiagnosticReport: of a patient, laboratory',
    value: 'any',
    count: COUNT,
    probes: await Promise.all(probes),
    hand,
  };
}

async function rareStatus(known: Known): Promise<Shape> {
  const token = await known.token(TYPE.MedicationRequest, 'cancelled');
  const path = pathOf('MedicationRequest', { status: 'cancelled', _sort: '-authoredon' });
  const hand = { table: 'medicationrequest', where: 'r.h @> array[$1::int8]', order: NEWEST };
  return {
    name: 'MedicationRequest: cancelled ones, by date',
    value: 'rare',
    count: COUNT,
    probes: [{ path, values: [token] }],
    hand,
  };
}

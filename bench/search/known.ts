/** What the hand-written SQL is given: the numbers that stand for codes, resources and elements in one database. */
import type pg from 'pg';
import { LOINC } from '../data/codes.ts';
import { idOf } from './population.ts';

/** Answers what a value is called in this database. Texts, since they are 64-bit numbers. */
export interface Known {
  /** The token of a LOINC code of Observation.code. One that no Observation has gets a token that none has. */
  code(code: string): string;
  /** The token of a plain code or of `system|code` of a type. */
  token(type: number, value: string): Promise<string>;
  /** The hash of an identifier's value. */
  identifierHash(value: string): Promise<string>;
  /** The key of a resource that others refer to. */
  rid(table: string, id: string): Promise<string>;
  /** Turns a token of Observation.encounter into the key of the Encounter. */
  readonly encounterKey: string;
  /** Turns a token of Appointment.participant.actor into the key of the actor. */
  readonly actorKey: string;
}

/** Types by their numbers in the database. */
export const TYPE = {
  Patient: 1,
  Encounter: 2,
  MedicationRequest: 3,
  Observation: 4,
  DiagnosticReport: 5,
  Appointment: 6,
  Coverage: 7,
  Claim: 8,
  Invoice: 9,
} as const;

const NOWHERE = '1';

interface Asker {
  query(text: string, values?: unknown[]): Promise<pg.QueryResult>;
}

/** Reads what is needed, once for a database. */
export async function openKnown(connection: pg.Client): Promise<Known> {
  // Many ask at once, and a connection answers one after the other.
  let last: Promise<unknown> = Promise.resolve();
  const client: Asker = {
    query(text, values) {
      const answer = last.then(() => connection.query(text, values));
      last = answer.catch(() => {});
      return answer;
    },
  };
  const { rows: codes } = await client.query(
    `select d.v, d.tok from dict d where d.type = ${TYPE.Observation} and d.v like '${LOINC}|%'
       and exists (select from res_observation r where r.code1 = d.tok)`,
  );
  const byCode = new Map<string, string>(codes.map(({ v, tok }) => [v.slice(LOINC.length + 1), tok]));
  const rid = async (table: string, id: string): Promise<string> =>
    (await client.query(`select rid from res_${table} where id = $1`, [id])).rows[0]?.rid ?? NOWHERE;
  return {
    code: (code) => byCode.get(code) ?? NOWHERE,
    async token(type, value) {
      const { rows } = await client.query('select tok from dict where type = $1 and v = $2', [type, value]);
      return rows[0]?.tok ?? NOWHERE;
    },
    async identifierHash(value) {
      return (await client.query('select vh from x_id where v = $1 limit 1', [value])).rows[0]?.vh ?? NOWHERE;
    },
    rid,
    encounterKey: await keyOf(client, 'observation', `resource #>> '{encounter,reference}'`, 'encounter'),
    actorKey: await keyOf(client, 'appointment', `resource #>> '{participant,0,actor,reference}'`, 'patient'),
  };
}

/**
 * A reference token is the key of its target, turned by a number of the element; each reference has another token that
 * is turned by one number whatever the element. What two resources share is either, and that a third, another element of
 * the same resource, does not share, is the element's.
 */
async function keyOf(client: Asker, table: string, element: string, target: string): Promise<string> {
  const candidates = async (n: number, path: string, of: string): Promise<Set<string>> => {
    const { rows } = await client.query(
      `select t # e.rid as key from ver_${table} v join res_${table} r on r.id = v.id
         join res_${of} e on e.id = split_part(v.${path}, '/', 2) cross join lateral unnest(r.h[1:r.nr]) t
       where v.id = (select id from ver_${table} order by id offset ${n} limit 1)`,
    );
    return new Set(rows.map(({ key }) => key));
  };
  const any = await candidates(0, `resource #>> '{subject,reference}'`, 'patient').then((keys) =>
    keys.size > 0 ? keys : candidates(0, `resource #>> '{participant,1,actor,reference}'`, 'rest'),
  );
  const [one, other] = [await candidates(1, element, target), await candidates(2, element, target)];
  const shared = [...one].filter((key) => other.has(key));
  return shared.find((key) => !any.has(key)) ?? shared[0] ?? NOWHERE;
}

/** Ids of patients: some with a hundred results, then those with twenty thousand. */
export function patientIds(from: number, count: number): string[] {
  return Array.from({ length: count }, (_, n) => idOf('Patient', from + n * 7));
}

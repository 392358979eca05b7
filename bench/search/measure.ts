/** One shape measured: over HTTP with one client and with sixteen, and as SQL by hand; its answers compared. */
import type pg from 'pg';
import { type Line, openLine } from '../driver/line.ts';
import { handText, type Probe, type Shape } from './shapes.ts';

/** Milliseconds. */
export interface Times {
  readonly p50: number;
  readonly p99: number;
}

export interface Measured {
  readonly name: string;
  readonly value: string;
  readonly heavy: boolean;
  readonly one: Times;
  readonly many: Times;
  readonly hand: Times;
  /** What Postgres says of the first of its searches: pages looked at, the least milliseconds of several runs. */
  readonly postgres: { readonly pages: number; readonly planning: number; readonly execution: number };
}

export interface Way {
  readonly one: Line;
  readonly many: readonly Line[];
  readonly client: pg.Client;
}

const MANY = 16;
const ONE_MS = 500;
const MANY_MS = 700;
const EXPLAINED = 7;
/** However long they take. */
const REQUESTS_MIN = 15;
const WARM = 8;

export function openWay(origin: string, client: pg.Client): Way & { close(): Promise<void> } {
  const many = Array.from({ length: MANY }, () => openLine(origin));
  return {
    one: many[0]!,
    many,
    client,
    close: async () => {
      await Promise.all(many.map((line) => line.close()));
    },
  };
}

/** @throws Error where the server's answer is not that of the SQL by hand */
export async function measure(shape: Shape, way: Way): Promise<Measured> {
  const { one, many, client } = way;
  const { probes } = shape;
  for (const probe of probes) await compare(shape, probe, way);
  const http = (line: Line) => async (n: number) => {
    const { path } = probes[n % probes.length]!;
    const answer = await line.send('GET', `/fhir/${path}`);
    if (answer.status !== 200)
      throw new Error(`${path} was answered with ${answer.status}: ${answer.body.slice(0, 300)}`);
  };
  const statement = { name: `${shape.name} ${shape.value}`.slice(0, 60), text: handText(shape) };
  const byHand = async (n: number): Promise<void> => {
    await client.query({ ...statement, values: [...probes[n % probes.length]!.values] });
  };
  for (let n = 0; n < WARM; n++) await http(one)(n);
  const oneTimes = await timed(http(one), ONE_MS);
  for (let n = 0; n < WARM; n++) await byHand(n);
  const handTimes = await timed(byHand, ONE_MS);
  const explained = await explainedOf(probes[0]!, one);
  const manyTimes = (await Promise.all(many.map((line) => timed(http(line), MANY_MS)))).flat();
  return {
    name: shape.name,
    value: shape.value,
    heavy: shape.heavy ?? false,
    one: toTimes(oneTimes),
    many: toTimes(manyTimes),
    hand: toTimes(handTimes),
    postgres: explained,
  };
}

/** By `_explain`: other jobs of the machine cannot add to pages, and the least of several times has least of theirs. */
async function explainedOf({ path }: Probe, line: Line): Promise<Measured['postgres']> {
  let least = {
    pages: Number.POSITIVE_INFINITY,
    planning: Number.POSITIVE_INFINITY,
    execution: Number.POSITIVE_INFINITY,
  };
  for (let n = 0; n < EXPLAINED; n++) {
    const { parameter } = JSON.parse((await line.send('GET', `/fhir/${path}&_explain=true`)).body);
    const of = (name: string): any => parameter.find((one: { name: string }) => one.name === name);
    const buffers = /Buffers: shared(?: hit=(\d+))?(?: read=(\d+))?/.exec(of('plan').valueString);
    const pages = Number(buffers?.[1] ?? 0) + Number(buffers?.[2] ?? 0);
    const [planning, execution] = [of('planning').valueQuantity.value, of('execution').valueQuantity.value];
    least = {
      pages: Math.min(least.pages, pages),
      planning: Math.min(least.planning, planning),
      execution: Math.min(least.execution, execution),
    };
  }
  return least;
}

async function timed(run: (n: number) => Promise<void>, forMs: number): Promise<number[]> {
  const times: number[] = [];
  const until = performance.now() + forMs;
  for (let n = 0; n < REQUESTS_MIN || performance.now() < until; n++) {
    const began = performance.now();
    await run(n);
    times.push(performance.now() - began);
  }
  return times;
}

function toTimes(times: readonly number[]): Times {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
  return { p50: at(0.5), p99: at(0.99) };
}

/**
 * Where there is an order, the ids must be the same in the same order; where there is none, as many as SQL finds and each
 * of them one that matches.
 */
async function compare(shape: Shape, { path, values }: Probe, { one, client }: Way): Promise<void> {
  const { status, body } = await one.send('GET', `/fhir/${path}`);
  const wrong = (what: string): never => {
    throw new Error(`${shape.name} (${shape.value}): ${path}: ${what}`);
  };
  if (status !== 200) wrong(`answered with ${status}: ${body.slice(0, 500)}`);
  const bundle = JSON.parse(body);
  const { rows } = await client.query({ text: handText(shape), values: [...values] });
  const { hand, count } = shape;
  if (hand.counts) {
    if (bundle.total !== Number(rows[0].count)) wrong(`total ${bundle.total}, by hand ${rows[0].count}`);
    return;
  }
  const entries = (bundle.entry ?? []) as { resource: { id: string }; search: { mode: string } }[];
  const ids = entries.filter(({ search }) => search.mode === 'match').map(({ resource }) => resource.id);
  const included = entries.filter(({ search }) => search.mode === 'include').map(({ resource }) => resource.id);
  const found = rows.map(({ id }) => id as string);
  if (hand.order) {
    const expected = found.slice(0, Math.min(count, found.length));
    const own = expected.slice(0, ids.length);
    if (ids.join() !== own.join()) wrong(`${ids.join()} where by hand it is ${own.join()}`);
    if (included.length === 0 && ids.length !== Math.min(count, found.length))
      wrong(`${ids.length} results of ${found.length}`);
    // The row that tells that there are more brings what it refers to along, by hand.
    const missing = included.filter((id) => !found.includes(id));
    if (missing.length > 0) wrong(`included ${missing.join()}, not so by hand`);
    return;
  }
  if (ids.length !== Math.min(count, found.length))
    wrong(`${ids.length} results where by hand there are ${found.length}`);
  const text = `select count(*) from res_${hand.table} r where (${hand.where}) and r.id = any($${values.length + 1})`;
  const { rows: held } = await client.query({ text, values: [...values, ids] });
  if (Number(held[0].count) !== ids.length) wrong(`only ${held[0].count} of ${ids.length} results match by hand`);
}

/** `npm run bench -- --terminology`: questions about a made-up code system of 500,000 concepts, without HTTP. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { ConceptMap } from 'fhir/r4.js';
import { openOperations } from '../../operations/index.ts';
import { type Context, openAccess } from '../../resources/index.ts';
import { readConfig } from '../../server/config.ts';
import { openPostgres } from '../../server/postgres/index.ts';
import { software } from '../../server/software.ts';
import { migrate, openStore, type Store } from '../../store/index.ts';
import { openTerminology, type Terminology } from '../../terminology/index.ts';
import { codeOf, concepts, numbers, URL } from './hierarchy.ts';

export const TERMINOLOGY_HELP = `npm run bench -- --terminology [options]

  --concepts N     size of the code system (default: 500000)
  --runs N         times that each question is asked (default: 200)
  --help
`;

export interface TerminologyOptions {
  readonly concepts: number;
  readonly runs: number;
}

/** Arguments → options; undefined when help was asked for. */
export function parseTerminologyOptions(args: readonly string[]): TerminologyOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      terminology: { type: 'boolean' },
      concepts: { type: 'string', default: '500000' },
      runs: { type: 'string', default: '200' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const whole = (name: 'concepts' | 'runs') => {
    const number = Number(values[name]);
    if (!Number.isInteger(number) || number < 1)
      throw new Error(`--${name} takes a whole number from 1, not ${values[name]}.`);
    return number;
  };
  return { concepts: whole('concepts'), runs: whole('runs') };
}

/** Loads the system into a database of its own, asks, and prints a table. */
export async function benchTerminology({ concepts: count, runs }: TerminologyOptions): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'vesta-terminology-'));
  const postgres = await openPostgres({
    folder: join(folder, 'data'),
    purpose: 'bench',
    say: () => {},
    durable: false,
    mayCreateDatabases: true,
  });
  try {
    await migrate(postgres.connection);
    const store = await openStore({ connection: postgres.connection, applicationName: 'bench' });
    const started = performance.now();
    const about = {
      resourceType: 'CodeSystem',
      url: URL,
      version: '1',
      name: 'Clinical',
      status: 'active',
      content: 'complete',
    } as const;
    const system = { url: URL, version: '1', identity: 'bench', about, isCaseless: false, isLarge: true };
    await store.concepts.load(
      system,
      concepts(count),
      contextOf(() => {}),
    );
    console.log(`${count} concepts loaded in ${((performance.now() - started) / 1000).toFixed(1)} s`);
    await storeMap(store, Math.min(count, MAPPED));
    const terminology = openTerminology(store);
    for (const [name, ask] of questions(terminology, count)) await measure(name, runs, ask);
    await store.close();
  } finally {
    await postgres.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const TARGET = 'http://bench.example.org/CodeSystem/billing';
const MAP = 'http://bench.example.org/ConceptMap/billing';
/** Elements of the concept map. */
const MAPPED = 50_000;

/** A ConceptMap with so many elements, as a client would store it. */
async function storeMap(store: Store, count: number): Promise<void> {
  const element = Array.from({ length: count }, (_, n) => ({
    code: codeOf(n),
    target: [{ code: `T${codeOf(n - (n % 2))}`, equivalence: 'equivalent' as const }],
  }));
  const map: ConceptMap = {
    resourceType: 'ConceptMap',
    id: 'billing',
    url: MAP,
    status: 'active',
    group: [{ source: URL, target: TARGET, element }],
  };
  const settings = readConfig({}).operations;
  const limits = { ...settings.limits, inlineBundleBytes: Number.POSITIVE_INFINITY };
  const operations = await openOperations({ store, settings: { software, ...settings, limits } });
  const body = JSON.stringify(map);
  const request = { method: 'PUT', path: 'ConceptMap/billing', query: '', headers: {}, prefer: {}, body };
  await operations.perform(
    { ...request, mediaType: 'application/fhir+json' },
    contextOf(() => {}),
  );
  await operations.close();
}

type Ask = (context: Context) => Promise<unknown>;

function questions(terminology: Terminology, count: number): [name: string, ask: Ask][] {
  const random = numbers(7);
  const any = () => codeOf(Math.floor(random() * count));
  const mapped = () => codeOf(Math.floor(random() * Math.min(count, MAPPED)));
  const branch = (n: number) => `${URL}?fhir_vs=isa/${codeOf(n)}`;
  const expand =
    (url: string, filter?: string, offset = 0): Ask =>
    (context) =>
      terminology.expand({ url, offset, count: 20, ...(filter === undefined ? {} : { filter }) }, context);
  const expression = (text: string) => `${URL}?fhir_vs=ecl/${text}`;
  return [
    ['$lookup', (context) => terminology.lookUp({ system: URL, code: any() }, context)],
    [
      '$lookup, all properties',
      (context) => terminology.lookUp({ system: URL, code: any(), properties: ['*'] }, context),
    ],
    ['$validate-code, system', (context) => terminology.validateCode({ system: URL, code: any() }, context)],
    [
      '$validate-code, branch',
      (context) => terminology.validateCode({ valueSet: { url: branch(40) }, system: URL, code: any() }, context),
    ],
    ['$subsumes', (context) => terminology.subsumes({ system: URL, codeA: any(), codeB: any() }, context)],
    ['$translate', (context) => terminology.translate({ url: MAP, system: URL, code: mapped() }, context)],
    ['$translate, by any map', (context) => terminology.translate({ system: URL, code: mapped() }, context)],
    [
      '$translate, reverse',
      (context) => terminology.translate({ url: MAP, system: TARGET, code: `T${mapped()}`, reverse: true }, context),
    ],
    ['$expand, whole', expand(`${URL}?fhir_vs`)],
    ...[1_000, 100_000, 400_000].flatMap((offset): [string, Ask][] =>
      offset < count ? [[`$expand, whole, from ${offset}`, expand(`${URL}?fhir_vs`, undefined, offset)]] : [],
    ),
    ['$expand, whole, "heart" from 2000', expand(`${URL}?fhir_vs`, 'heart', 2_000)],
    ['$expand, expression of two branches', expand(expression(`<< ${codeOf(40)} AND << ${codeOf(41)}`))],
    ['$expand, expression with a difference', expand(expression(`< ${codeOf(40)} MINUS < ${codeOf(205)}`))],
    ...[3, 40, 400].map((n): [string, Ask] => [`$expand, branch ${n}`, expand(branch(n))]),
    ...['heart', 'w1a', 'heart w1', 'acute fracture'].flatMap((words): [string, Ask][] => [
      [`$expand, whole, "${words}"`, expand(`${URL}?fhir_vs`, words)],
      ...[3, 40, 400].map((n): [string, Ask] => [`$expand, branch ${n}, "${words}"`, expand(branch(n), words)]),
    ]),
  ];
}

async function measure(name: string, runs: number, ask: Ask): Promise<void> {
  let trips = 0;
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const started = performance.now();
    await ask(contextOf(() => trips++));
    times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.min(runs - 1, Math.floor(runs * share))]!.toFixed(2).padStart(9);
  console.log(`${name.padEnd(40)} p50 ${at(0.5)} ms  p99 ${at(0.99)} ms  trips ${(trips / runs).toFixed(2)}`);
}

function contextOf(trip: () => void): Context {
  return {
    access: openAccess,
    requestId: 'bench',
    base: 'http://localhost/fhir',
    now: Date.now,
    signal: new AbortController().signal,
    observe: ({ kind }) => {
      if (kind === 'trip') trip();
    },
  };
}

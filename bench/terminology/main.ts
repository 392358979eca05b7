/** `npm run bench -- --terminology`: questions about a made-up code system of 500,000 concepts, without HTTP. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Context, openAccess } from '../../resources/index.ts';
import { openPostgres } from '../../server/postgres/index.ts';
import { migrate, openStore } from '../../store/index.ts';
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
    const terminology = openTerminology(store);
    for (const [name, ask] of questions(terminology, count)) await measure(name, runs, ask);
    await store.close();
  } finally {
    await postgres.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

type Ask = (context: Context) => Promise<unknown>;

function questions(terminology: Terminology, count: number): [name: string, ask: Ask][] {
  const random = numbers(7);
  const any = () => codeOf(Math.floor(random() * count));
  const branch = (n: number) => `${URL}?fhir_vs=isa/${codeOf(n)}`;
  const expand =
    (url: string, filter?: string): Ask =>
    (context) =>
      terminology.expand({ url, count: 20, ...(filter === undefined ? {} : { filter }) }, context);
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
    ['$expand, whole', expand(`${URL}?fhir_vs`)],
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
  console.log(`${name.padEnd(40)} p50 ${at(0.5)} ms  p95 ${at(0.95)} ms  trips ${(trips / runs).toFixed(2)}`);
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

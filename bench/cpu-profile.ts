/** A .cpuprofile of V8 → where the microseconds went, by stage and by function. */

/** The parts of V8's format that are read here. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
    readonly children?: readonly number[];
  }[];
  /** Microseconds of the monotonic clock. */
  readonly startTime: number;
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** Self time of one function or of one stage. */
export interface Share {
  readonly name: string;
  readonly stage: string;
  readonly micros: number;
}

/** Idle time is no work: it is told apart and never part of a stage. */
export const IDLE = '(idle)';

/** Path of a source → the stage of a request that it belongs to; the first pattern that fits decides. */
const STAGES: readonly (readonly [RegExp, string])[] = [
  [/node_modules\/(pg|pg-pool|pg-protocol|pg-types|pg-connection-string|postgres-[a-z]+)\//, 'Postgres client (pg)'],
  [/node_modules\/(fastify|find-my-way|avvio|light-my-request|@fastify)\//, 'Fastify'],
  [/node_modules\/pino\//, 'log (pino)'],
  [/node_modules\/prom-client\//, 'metrics (prom-client)'],
  [/node_modules\/fhirpath\//, 'FHIRPath'],
  [/node_modules\//, 'other packages'],
  [/\/bench\//, 'bare server'],
  [/\/resources\/json/, 'JSON (resources/json)'],
  [/\/resources\//, 'resources'],
  [/\/profiles\//, 'structure check (profiles)'],
  [/\/terminology\//, 'terminology'],
  [/\/store\/search\/(extract|values|compile|column|slot)/, 'index values (store/search)'],
  [/\/store\/hash/, 'hashes (store/hash)'],
  [/\/store\/search\//, 'search (store/search)'],
  [/\/store\/encode/, 'encoding for Postgres (store/encode)'],
  [/\/store\//, 'store'],
  [/\/operations\//, 'operations'],
  [/\/server\//, 'door (server)'],
  [
    /^node:(internal\/)?(_?http|net|stream|streams|tls)|^node:internal\/(stream_base_commons|js_stream_socket)/,
    'Node: HTTP and sockets',
  ],
  [/^node:(internal\/)?(buffer|string_decoder|encoding)/, 'Node: buffers'],
  [/^node:/, 'Node: rest'],
];

// A Map, because functions are called toString and constructor too.
const BUILT_IN: ReadonlyMap<string, string> = new Map([
  ['(garbage collector)', 'garbage collection'],
  ['(program)', 'Node: native code, system calls'],
  ['(idle)', IDLE],
]);

/** The stage of one call frame. Functions generated at run time have no address: they count as compiled checks. */
export function stageOf(functionName: string, url: string): string {
  const builtIn = BUILT_IN.get(functionName);
  if (builtIn !== undefined) return builtIn;
  if (url === '') return 'V8: built-in functions (JSON.parse, RegExp, Map …)';
  if (url.startsWith('evalmachine') || url.startsWith('vesta:')) return 'generated code';
  return STAGES.find(([pattern]) => pattern.test(url))?.[1] ?? 'rest';
}

/**
 * Self time by function between two moments of the monotonic clock (microseconds, as process.hrtime tells them), largest
 * first. A built-in function counts for the stage that called it, because JSON.parse alone says less than whose it is.
 */
export function selfTimes(profile: CpuProfile, from = 0, to = Number.POSITIVE_INFINITY): Share[] {
  const frames = namedFrames(profile);
  const micros = new Map<number, number>();
  let clock = profile.startTime;
  for (let n = 0; n < profile.samples.length; n++) {
    clock += profile.timeDeltas[n]!;
    if (clock < from || clock > to) continue;
    // A sample holds until the next one is taken.
    const held = profile.timeDeltas[n + 1] ?? 0;
    micros.set(profile.samples[n]!, (micros.get(profile.samples[n]!) ?? 0) + Math.max(0, held));
  }
  const shares = new Map<string, { name: string; stage: string; micros: number }>();
  for (const [id, time] of micros) {
    const { name, stage } = frames.get(id)!;
    const key = `${stage}\n${name}`;
    const share = shares.get(key);
    if (share === undefined) shares.set(key, { name, stage, micros: time });
    else share.micros += time;
  }
  return [...shares.values()].sort((a, b) => b.micros - a.micros);
}

/** Sums of the stages, largest first. */
export function byStage(shares: readonly Share[]): { stage: string; micros: number }[] {
  const sums = new Map<string, number>();
  for (const { stage, micros } of shares) sums.set(stage, (sums.get(stage) ?? 0) + micros);
  return [...sums].map(([stage, micros]) => ({ stage, micros })).sort((a, b) => b.micros - a.micros);
}

function namedFrames(profile: CpuProfile): Map<number, { name: string; stage: string }> {
  const parents = new Map<number, number>();
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  for (const node of profile.nodes) for (const child of node.children ?? []) parents.set(child, node.id);
  const frames = new Map<number, { name: string; stage: string }>();
  for (const node of profile.nodes) {
    const { functionName, url, lineNumber } = node.callFrame;
    const place = url === '' ? '' : ` ${shortPath(url)}:${lineNumber + 1}`;
    let owner = node;
    while (owner.callFrame.url === '' && !BUILT_IN.has(owner.callFrame.functionName) && parents.has(owner.id)) {
      owner = nodes.get(parents.get(owner.id)!)!;
    }
    const builtIn = BUILT_IN.has(functionName);
    const stage = builtIn ? stageOf(functionName, url) : stageOf(owner.callFrame.functionName, owner.callFrame.url);
    frames.set(node.id, { name: `${functionName || '(anonymous)'}${place}`, stage });
  }
  return frames;
}

function shortPath(url: string): string {
  const path = decodeURIComponent(url.replace(/^file:\/\//, ''));
  const packages = path.lastIndexOf('node_modules/');
  if (packages >= 0) return path.slice(packages + 'node_modules/'.length);
  return path.split('/').slice(-3).join('/');
}

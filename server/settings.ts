/** The table of settings: name, kind, default, sentence. The manual's page of settings is printed from it. */
import { availableParallelism } from 'node:os';
import {
  baseUrl,
  databaseUrl,
  folder,
  host,
  type Kind,
  oneOf,
  ranges,
  secretFile,
  serverUrl,
  size,
  sized,
  typeNames,
  whole,
} from './kinds.ts';

/** One row: what the value must be, what it is where nothing is set, and what it does. */
export interface Setting<T> {
  readonly kind: Kind<T>;
  readonly otherwise: T;
  /** The default in words, where the value itself does not say it. */
  readonly otherwiseSays?: string;
  readonly sentence: string;
}

const MB = 1024 * 1024;
const DAY_MS = 86_400_000;

/** Every setting by its name in the environment. */
export const settings = {
  VESTA_HOST: setting(
    host,
    '127.0.0.1',
    'The address to listen on. A loopback address means every spelling of loopback, 127.0.0.1 and ::1.',
  ),
  VESTA_PORT: setting(whole(0, 65_535), 8080, 'The port to listen on; 0 takes any free one.'),
  VESTA_BASE_URL: optional(
    baseUrl,
    'The public FHIR base where it differs from the printed one: behind a proxy, also with a path.',
  ),
  VESTA_TRUSTED_PROXIES: optional(
    ranges,
    'Proxies whose Forwarded and X-Forwarded headers are believed; nobody else is.',
  ),
  VESTA_DATABASE_URL: optional(
    databaseUrl,
    'An existing Postgres 15 or newer in place of the embedded one. Its role must own the database and may be no superuser.',
  ),
  VESTA_DATA_DIR: setting(folder, './data', 'The folder of the embedded Postgres and of local files.'),
  VESTA_AUTH: setting(
    oneOf('open', 'smart'),
    'open',
    '`open` asks nobody who they are, and is refused unless the host is loopback. `smart` comes with sign-in.',
  ),
  VESTA_VALIDATION: setting(
    oneOf('on', 'off'),
    'on',
    '`off` checks the structure only: for loads of data that were checked elsewhere.',
  ),
  VESTA_PROFILE_FAULTS: setting(
    oneOf('error', 'warning'),
    'error',
    'What it weighs that a resource breaks an installed profile which it claims: as an error it is refused.',
  ),
  VESTA_ENFORCE: optional(
    typeNames,
    "Types whose resources must meet Vesta's own profiles, whatever they claim; without it these profiles warn where no other is claimed.",
  ),
  VESTA_REFERENCES: setting(
    oneOf('type', 'exist'),
    'type',
    '`type` checks the type of what a reference points to; `exist` also that it is there.',
  ),
  VESTA_DELETE_REFERENCED: setting(
    oneOf('refuse', 'allow'),
    'refuse',
    'Whether a resource may be deleted that others refer to.',
  ),
  VESTA_CONDITIONAL_DELETE: setting(
    oneOf('single', 'multiple'),
    'single',
    'Whether a conditional delete may delete several matches where the request does not say how many.',
  ),
  VESTA_WORKERS: setting(whole(1, 256), availableParallelism(), 'Processes that answer HTTP.', "the machine's cores"),
  VESTA_LOG: setting(
    oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
    'info',
    'How much is logged; at `info` one line a request, never its content.',
  ),
  VESTA_TERMINOLOGY_URL: optional(
    serverUrl,
    'The FHIR base of a terminology server to ask about code systems that are not at hand. Codes, and value sets, are sent there.',
  ),
  VESTA_TERMINOLOGY_TOKEN_FILE: optional(secretFile, 'A file with the token for that server.'),
  VESTA_METRICS_TOKEN_FILE: optional(
    secretFile,
    'A file with the token that lets other machines read /metrics; without it only this machine may.',
  ),

  VESTA_LIMIT_BODY_BYTES: limit(
    size(1024, 512 * MB),
    100 * MB,
    'The longest body of a request, after it was inflated.',
  ),
  VESTA_LIMIT_HELD_BODY_BYTES: limit(
    size(MB, 65_536 * MB),
    512 * MB,
    'The memory that the bodies of all requests under way may take in one process.',
  ),
  VESTA_LIMIT_STRING_BYTES: limit(size(1024, 256 * MB), 16 * MB, 'The longest single string in a resource.'),
  VESTA_LIMIT_DEPTH: limit(whole(10, 1000), 100, 'How deep objects and arrays may stand within each other.'),
  VESTA_LIMIT_DIGITS: limit(
    whole(20, 100_000),
    1000,
    'The most digits of one number when it is written without an exponent.',
  ),
  VESTA_LIMIT_ENTRIES: limit(whole(1, 1_000_000), 30_000, 'The most entries of a batch or transaction.'),
  VESTA_LIMIT_INLINE_BUNDLE_BYTES: limit(
    size(1024, 512 * MB),
    4 * MB,
    'Longer Bundles are parsed and checked on a thread of their own.',
  ),
  VESTA_LIMIT_COUNT_DEFAULT: limit(
    whole(1, 100_000),
    50,
    'The resources on a page where the request does not say how many.',
  ),
  VESTA_LIMIT_COUNT_MAX: limit(whole(1, 100_000), 1000, 'The most resources on a page, whatever the request says.'),
  VESTA_LIMIT_DELETE_MAX: limit(
    whole(1, 1_000_000),
    1000,
    'The most resources that one conditional delete may remove.',
  ),
  VESTA_LIMIT_URL_BYTES: limit(size(256, MB), 8192, 'The longest URL; longer searches go by POST to _search.'),
  VESTA_LIMIT_HEADER_BYTES: limit(size(1024, MB), 32 * 1024, 'The request line and all headers together.'),
  VESTA_LIMIT_CONNECTIONS: limit(whole(1, 1_000_000), 10_000, 'The connections open at once in one process.'),
  VESTA_LIMIT_REQUEST_MS: limit(
    whole(100, DAY_MS),
    30_000,
    'How long a request may take; its query is cancelled then.',
  ),
  VESTA_LIMIT_TRANSACTION_MS: limit(whole(100, DAY_MS), 300_000, 'The same for a batch or transaction.'),
  VESTA_LIMIT_SEARCH_MS: limit(
    whole(10, DAY_MS),
    25_000,
    'How long one search may take in Postgres before it is cancelled as too costly.',
  ),
  VESTA_LIMIT_WORDS_MS: limit(
    whole(0, DAY_MS),
    10_000,
    'How long a search by _text or _content waits for the words of what was stored before it.',
  ),
  VESTA_LIMIT_TERMINOLOGY_MS: limit(
    whole(10, 60_000),
    2_000,
    'How long a question to VESTA_TERMINOLOGY_URL may take; then it counts as not answered.',
  ),
  VESTA_LIMIT_HEADERS_MS: limit(whole(100, DAY_MS), 15_000, 'How long the headers of a request may take to arrive.'),
  VESTA_LIMIT_RECEIVE_MS: limit(whole(100, DAY_MS), 300_000, 'How long a whole request may take to arrive.'),
  VESTA_LIMIT_IDLE_MS: limit(whole(100, DAY_MS), 60_000, 'How long a client may take nothing of its answer.'),
  VESTA_LIMIT_KEEP_ALIVE_MS: limit(whole(0, DAY_MS), 65_000, 'How long a connection is kept that nobody uses.'),
  VESTA_LIMIT_DISK_FREE_BYTES: limit(
    size(MB, 1_048_576 * MB),
    512 * MB,
    'The room that stays free on the disk of the embedded Postgres: with less, writes are refused and reading goes on.',
  ),
  VESTA_LIMIT_GUIDE_BYTES: limit(
    size(MB, 4096 * MB),
    512 * MB,
    'The most that a FHIR package may hold, unpacked (`npm run ig`).',
  ),
  VESTA_LIMIT_GUIDE_FILES: limit(whole(10, 10_000_000), 100_000, 'The most files in a FHIR package.'),
  VESTA_LIMIT_DRAIN_MS: limit(whole(0, DAY_MS), 20_000, 'How long a stop waits for the requests under way.'),
} as const;

/** Names that are planned, and what they wait for: refused, so that nobody believes that they work. */
export const later: Readonly<Record<string, string>> = {
  VESTA_TLS_CERT: 'sign-in',
  VESTA_TLS_KEY: 'sign-in',
  VESTA_MASTER_KEY_FILE: 'sign-in',
};

/** The page docs/settings.md, printed from the table. */
export function settingsPage(): string {
  const rows = Object.entries(settings as Record<string, Setting<unknown>>);
  const isLimit = ([name]: [string, unknown]) => name.startsWith('VESTA_LIMIT_');
  return [
    '# Settings',
    '',
    'Environment variables, read once at the start and checked; all have safe defaults, and an empty one counts as not set.',
    'An unknown name that begins with `VESTA_` stops the start and names the nearest known one. This page is printed from',
    'the table in `server/settings.ts`, and a test holds it to that; `npm start -- --settings` prints the same.',
    '',
    ...table(rows.filter((row) => !isLimit(row))),
    '',
    '## Limits',
    '',
    'Whatever data or clients can lengthen has a limit. Sizes are written as bytes or as `16MB`, times in milliseconds.',
    '',
    ...table(rows.filter(isLimit)),
    '',
    '## Not yet',
    '',
    ...Object.entries(later).map(([name, what]) => `- \`${name}\` comes with ${what}; until then it is refused.`),
    '',
  ].join('\n');
}

function table(rows: readonly [string, Setting<unknown>][]): string[] {
  const line = ([name, it]: [string, Setting<unknown>]) =>
    `| \`${name}\` | ${defaultOf(it)} | ${it.sentence} | ${it.kind.says} |`;
  return ['| name | default | meaning | value |', '|---|---|---|---|', ...rows.map(line)];
}

function defaultOf({ kind, otherwise, otherwiseSays }: Setting<unknown>): string {
  if (otherwiseSays) return otherwiseSays;
  if (otherwise === undefined) return '–';
  return kind.says.startsWith('a size') ? sized(otherwise as number) : String(otherwise);
}

function setting<T>(kind: Kind<T>, otherwise: T, sentence: string, otherwiseSays?: string): Setting<T> {
  return Object.freeze({ kind, otherwise, sentence, otherwiseSays });
}

function limit(kind: Kind<number>, otherwise: number, sentence: string): Setting<number> {
  return setting(kind, otherwise, sentence);
}

function optional<T>(kind: Kind<T>, sentence: string): Setting<T | undefined> {
  return setting<T | undefined>(kind, undefined, sentence);
}

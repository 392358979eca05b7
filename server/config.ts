/** What this server was configured to do: the only reader of the environment. Read once, checked, frozen. */
import { resolve } from 'node:path';
import { nearest } from '../resources/index.ts';
import { clusterPath } from './postgres/index.ts';
import { FHIR_PATH } from './proxy.ts';
import { Refusal } from './refusal.ts';
import { later, type Setting, settings } from './settings.ts';

type Name = keyof typeof settings;
type Values = { readonly [N in Name]: (typeof settings)[N] extends Setting<infer T> ? T : never };

/** The settings in the server's own words; each floor is opened with its part only. */
export type Config = ReturnType<typeof toConfig>;

const PREFIX = 'VESTA_';

/**
 * Reads and checks the settings.
 * @param environment the process's own where not given
 * @throws Refusal naming every setting that is wrong, and what to write instead
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>> = process.env): Config {
  const faults: string[] = [];
  const given = Object.entries(environment).filter(([name, value]) => name.startsWith(PREFIX) && value !== '');
  for (const [name] of given) {
    if (!(name in settings)) faults.push(unknownName(name));
  }
  const values: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(settings) as [Name, Setting<unknown>][]) {
    const text = environment[name]?.trim();
    const value = text ? setting.kind.parse(text) : setting.otherwise;
    if (text && value === undefined) faults.push(`${name} must be ${setting.kind.says}${shown(name, text)}.`);
    values[name] = value;
  }
  if (faults.length === 0) faults.push(...contradictions(values as Values));
  if (faults.length > 0) throw new Refusal(faults.join('\n'), '`npm start -- --settings` prints every setting.');
  return toConfig(values as Values);
}

/** Whether a host name or address is this machine alone. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|::1)$/i.test(host);
}

/** The FHIR bases under which this server is reached: references that begin with one are its own. */
export function ownBases({ baseUrl, host, port }: Config['http']): string[] {
  const hosts = isLoopback(host) ? ['localhost', '127.0.0.1', '[::1]'] : [host];
  const bases = hosts.map((each) => `http://${each}:${port}${FHIR_PATH}`);
  return baseUrl === undefined ? bases : [baseUrl, ...bases];
}

function unknownName(name: string): string {
  const waited = later[name];
  if (waited)
    return `${name} comes with ${waited}, which this version does not have: nothing would come of it. Remove it.`;
  const near = nearest(name, Object.keys(settings));
  return `${name} is no setting of Vesta.${near ? ` Did you mean ${near}?` : ''}`;
}

// What may be a password is never repeated on the screen or in a log.
function shown(name: string, text: string): string {
  return name === 'VESTA_DATABASE_URL' || name === 'VESTA_BASE_URL' || name === 'VESTA_TERMINOLOGY_URL'
    ? ''
    : `; it is ${JSON.stringify(text.slice(0, 100))}`;
}

function contradictions(values: Values): string[] {
  const faults: string[] = [];
  if (values.VESTA_AUTH === 'smart') {
    faults.push(
      'VESTA_AUTH=smart comes with sign-in, which this version does not have. Leave it unset: `open`, on this machine only.',
    );
  } else if (!isLoopback(values.VESTA_HOST)) {
    faults.push(
      `VESTA_HOST=${values.VESTA_HOST} would let other machines in, and without sign-in nobody is asked who they are. Use 127.0.0.1.`,
    );
  }
  if (values.VESTA_TERMINOLOGY_TOKEN_FILE !== undefined && values.VESTA_TERMINOLOGY_URL === undefined) {
    faults.push('VESTA_TERMINOLOGY_TOKEN_FILE is for the server of VESTA_TERMINOLOGY_URL, which is not set.');
  }
  if (values.VESTA_LIMIT_COUNT_DEFAULT > values.VESTA_LIMIT_COUNT_MAX) {
    faults.push('VESTA_LIMIT_COUNT_DEFAULT must not be more than VESTA_LIMIT_COUNT_MAX.');
  }
  if (values.VESTA_LIMIT_HELD_BODY_BYTES < values.VESTA_LIMIT_BODY_BYTES) {
    faults.push(
      'VESTA_LIMIT_HELD_BODY_BYTES must not be less than VESTA_LIMIT_BODY_BYTES: a single body would not fit.',
    );
  }
  return faults;
}

function toConfig(values: Values) {
  return Object.freeze({
    dataFolder: resolve(values.VESTA_DATA_DIR),
    databaseUrl: values.VESTA_DATABASE_URL,
    workers: values.VESTA_WORKERS,
    log: values.VESTA_LOG,
    open: values.VESTA_AUTH === 'open',
    searchMs: values.VESTA_LIMIT_SEARCH_MS,
    wordsWaitMs: values.VESTA_LIMIT_WORDS_MS,
    // The data folder is not used where another Postgres is; then its disk is not ours to watch.
    disk: Object.freeze({
      folder: values.VESTA_DATABASE_URL === undefined ? clusterPath(resolve(values.VESTA_DATA_DIR)) : '',
      freeBytesMin: values.VESTA_LIMIT_DISK_FREE_BYTES,
    }),
    terminology:
      values.VESTA_TERMINOLOGY_URL === undefined
        ? undefined
        : Object.freeze({
            url: values.VESTA_TERMINOLOGY_URL,
            token: values.VESTA_TERMINOLOGY_TOKEN_FILE,
            waitMs: values.VESTA_LIMIT_TERMINOLOGY_MS,
          }),
    guides: Object.freeze({
      bytes: values.VESTA_LIMIT_GUIDE_BYTES,
      files: values.VESTA_LIMIT_GUIDE_FILES,
    }),
    http: Object.freeze({
      host: values.VESTA_HOST,
      port: values.VESTA_PORT,
      baseUrl: values.VESTA_BASE_URL,
      trustedProxies: values.VESTA_TRUSTED_PROXIES ?? [],
      metricsToken: values.VESTA_METRICS_TOKEN_FILE,
      limits: Object.freeze(httpLimits(values)),
    }),
    operations: Object.freeze({
      references: values.VESTA_REFERENCES,
      deleteReferenced: values.VESTA_DELETE_REFERENCED,
      conditionalDelete: values.VESTA_CONDITIONAL_DELETE,
      validation: values.VESTA_VALIDATION,
      profileFaults: values.VESTA_PROFILE_FAULTS,
      enforce: values.VESTA_ENFORCE ?? [],
      limits: Object.freeze(operationLimits(values)),
    }),
  });
}

function httpLimits(values: Values) {
  return {
    bodyBytes: values.VESTA_LIMIT_BODY_BYTES,
    // Base64 makes four characters of three bytes, and must fit one string.
    binaryBytes: Math.floor(values.VESTA_LIMIT_STRING_BYTES / 4) * 3,
    heldBodyBytes: values.VESTA_LIMIT_HELD_BODY_BYTES,
    urlBytes: values.VESTA_LIMIT_URL_BYTES,
    headerBytes: values.VESTA_LIMIT_HEADER_BYTES,
    connections: values.VESTA_LIMIT_CONNECTIONS,
    requestMs: values.VESTA_LIMIT_REQUEST_MS,
    transactionMs: values.VESTA_LIMIT_TRANSACTION_MS,
    headersMs: values.VESTA_LIMIT_HEADERS_MS,
    receiveMs: values.VESTA_LIMIT_RECEIVE_MS,
    idleMs: values.VESTA_LIMIT_IDLE_MS,
    keepAliveMs: values.VESTA_LIMIT_KEEP_ALIVE_MS,
    drainMs: values.VESTA_LIMIT_DRAIN_MS,
  };
}

function operationLimits(values: Values) {
  return {
    stringLengthMax: values.VESTA_LIMIT_STRING_BYTES,
    depthMax: values.VESTA_LIMIT_DEPTH,
    digitsMax: values.VESTA_LIMIT_DIGITS,
    entries: values.VESTA_LIMIT_ENTRIES,
    inlineBundleBytes: values.VESTA_LIMIT_INLINE_BUNDLE_BYTES,
    countDefault: values.VESTA_LIMIT_COUNT_DEFAULT,
    countMax: values.VESTA_LIMIT_COUNT_MAX,
    deleteMax: values.VESTA_LIMIT_DELETE_MAX,
  };
}

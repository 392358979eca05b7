/** `npm run terminology`: official releases of code systems into the tables and out of them, beside a running server or without one. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { type Operations, openOperations } from '../../operations/index.ts';
import { Fault } from '../../resources/index.ts';
import type { LoadedRelease } from '../../store/index.ts';
import { type Beside, beside } from '../beside.ts';
import { type Config, readConfig } from '../config.ts';
import { Refusal } from '../refusal.ts';
import { software } from '../software.ts';
import { dropRelease, formats, loadRelease, nameOf } from './load.ts';
import { openProgress } from './progress.ts';

const HELP = `npm run terminology -- load snomed FOLDER|ZIP     SNOMED CT, RF2 snapshot
npm run terminology -- load loinc FOLDER|ZIP      LOINC
npm run terminology -- load rxnorm FOLDER|ZIP     RxNorm, RRF
npm run terminology -- load icd10cm FILE|ZIP      ICD-10-CM, tabular XML or order file
npm run terminology -- load cvx|ndc FILE|ZIP      CVX or NDC, tables in text; needs --version
npm run terminology -- load csv FILE --map FILE   any table, with a mapping of its columns
                            --version V           where the release does not say it, or says it otherwise
npm run terminology -- list                       tells what is loaded
npm run terminology -- use 'SYSTEM|VERSION'       makes it the one that is meant where no version is named
npm run terminology -- drop 'SYSTEM|VERSION'      removes it

It ends with 0 where all went well, with 1 where something was refused, and with 2 where it does not understand.
`;

type Command =
  | { readonly do: 'help' | 'list' }
  | {
      readonly do: 'load';
      readonly format: string;
      readonly path: string;
      readonly version: string | undefined;
      readonly map: string | undefined;
    }
  | { readonly do: 'use' | 'drop'; readonly canonical: string };

/** The exit code where nothing was tried, since what was asked cannot be done. */
const MISUSED = 2;

/** The command with its arguments; gives the exit code: 1 where something was refused, 2 where it is not understood. */
export async function main(args: readonly string[]): Promise<number> {
  let command: Command;
  try {
    command = readArguments(args);
  } catch (error) {
    say((error as Refusal).message);
    return MISUSED;
  }
  if (command.do === 'help') {
    process.stdout.write(HELP);
    return 0;
  }
  const config = readConfig();
  return beside(config, 'npm run terminology', say, (parts) => withOperations(command, config, parts));
}

/** Pure. @throws Refusal with the whole help where it is not understood */
export function readArguments([verb, ...rest]: readonly string[]): Command {
  const options = new Map<string, string>();
  const words: string[] = [];
  for (let index = 0; index < rest.length; index++) {
    const word = rest[index]!;
    const [, name, value] = /^--([a-z]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (name === undefined) words.push(word);
    else if (name !== 'version' && name !== 'map') throw misunderstood(`npm run terminology does not know ${word}.`);
    else {
      const given = value ?? rest[++index];
      if (!given) throw misunderstood(`--${name} needs a value.`);
      options.set(name, given);
    }
  }
  if (verb === undefined || verb === '--help') return { do: 'help' };
  if (verb === 'list' && words.length === 0) return { do: 'list' };
  if ((verb === 'use' || verb === 'drop') && words.length === 1) return { do: verb, canonical: words[0]! };
  if (verb === 'load' && words.length === 2) {
    const [format, path] = words as [string, string];
    if (!Object.hasOwn(formats, format)) {
      throw misunderstood(`There is no format ${format}; there are ${Object.keys(formats).join(', ')}.`);
    }
    return { do: 'load', format, path, version: options.get('version'), map: options.get('map') };
  }
  throw misunderstood(`npm run terminology -- ${[verb, ...rest].join(' ')} is not understood.`);
}

/** What is loaded, as a table for people. Pure. */
export function releasesText(releases: readonly LoadedRelease[]): string {
  if (releases.length === 0) return 'No release is loaded.\n';
  const lines = releases.map(
    (one) => `${one.isCurrent ? '*' : ' '} ${nameOf(one)}  ${one.concepts} concepts, loaded ${one.made.slice(0, 16)}`,
  );
  return `${lines.join('\n')}\n* is meant where no version is named\n`;
}

/**
 * The release that a canonical names; a url alone is enough where it has one version only.
 * @throws Refusal where there is none, or more than one
 */
export function namedRelease(releases: readonly LoadedRelease[], canonical: string): LoadedRelease {
  const [whole] = releases.filter((one) => nameOf(one) === canonical);
  const sameUrl = releases.filter(({ url }) => url === canonical);
  const found = whole ?? (sameUrl.length === 1 ? sameUrl[0] : undefined);
  if (found) return found;
  const what = sameUrl.length > 1 ? `Of ${canonical} several versions are loaded.` : `${canonical} is not loaded.`;
  throw new Refusal(what, releases.length === 0 ? undefined : `Loaded are:\n${releasesText(releases).trimEnd()}`);
}

async function withOperations(command: Command, config: Config, parts: Beside): Promise<number> {
  const settings = { software, ...config.operations };
  const operations = await openOperations({ store: parts.store, settings, requireRoom: parts.requireRoom });
  try {
    return await carryOut(command, parts, operations);
  } finally {
    await operations.close();
  }
}

async function carryOut(command: Command, parts: Beside, operations: Operations): Promise<number> {
  const { store, context, requireRoom } = parts;
  const { releases } = store;
  switch (command.do) {
    case 'load': {
      requireRoom();
      const { format, path, version, map } = command;
      const mapping = map === undefined ? undefined : { name: basename(map), text: await readMapping(map) };
      const startedAt = Date.now();
      const loading = { store, operations, context, progress: openProgress(process.stderr) };
      const loaded = await loadRelease(formats[format]!, path, { version, mapping }, loading);
      const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
      say(
        `${nameOf(loaded)} is loaded: ${loaded.concepts} concepts in ${seconds} s. It is what its url means from now on.`,
      );
      return 0;
    }
    case 'use': {
      const release = namedRelease(await releases.list(context), command.canonical);
      await releases.use(release, context);
      say(`${release.url} means ${nameOf(release)} from now on.`);
      return 0;
    }
    case 'drop': {
      const release = namedRelease(await releases.list(context), command.canonical);
      await dropRelease(release, { store, operations, context });
      say(`${nameOf(release)} is dropped.`);
      return 0;
    }
    default:
      process.stdout.write(releasesText(await releases.list(context)));
      return 0;
  }
}

async function readMapping(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw new Refusal(`The mapping ${path} cannot be read.`, undefined, cause);
  });
}

function misunderstood(text: string): Refusal {
  return new Refusal(text, HELP.trimEnd());
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

if (import.meta.main) {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  const code = await main(process.argv.slice(2)).catch((error: unknown) => {
    if (error instanceof Fault) say([error.message, error.findings[0]?.hint].filter(Boolean).join('\n'));
    else say(error instanceof Refusal ? error.message : String((error as Error)?.stack ?? error));
    return 1;
  });
  process.exit(code);
}

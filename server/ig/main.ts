/** `npm run ig`: FHIR packages into the records and out of them, beside a running server or without one. */
import { Fault } from '../../resources/index.ts';
import { type Beside, beside } from '../beside.ts';
import { type Config, readConfig } from '../config.ts';
import { Refusal } from '../refusal.ts';
import { addPackages, listed, settle } from './add.ts';
import { guidesText } from './list.ts';

const HELP = `npm run ig -- add FILE.tgz|FOLDER…      installs FHIR packages, with what they depend on where it lies beside them
npm run ig -- list                      tells what is installed
npm run ig -- pin NAME@VERSION          lets canonicals without a version mean this one
npm run ig -- remove NAME[@VERSION]     deletes what the package brought and nothing else needs
npm run ig -- add vesta                 stores the server's own profiles, which it knows anyway, to be read

It ends with 0 where all went well, with 1 where something was refused, and with 2 where it does not understand.
`;

/** What a person asks for. */
type Command =
  | { readonly do: 'help' }
  | { readonly do: 'add'; readonly paths: readonly string[] }
  | { readonly do: 'list' }
  | { readonly do: 'pin'; readonly name: string; readonly version: string }
  | { readonly do: 'remove'; readonly name: string; readonly version: string | undefined };

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
  return beside(config, 'npm run ig', say, (parts) => carryOut(command, config, parts));
}

/** Pure. @throws Refusal with the whole help where it is not understood */
export function readArguments([verb, ...rest]: readonly string[]): Command {
  const unknown = rest.find((arg) => arg.startsWith('-'));
  if (verb === '--help' || verb === undefined) return { do: 'help' };
  if (unknown) throw new Refusal(`npm run ig does not know ${unknown}.`, HELP.trimEnd());
  const [, name = '', version] = /^(@?[^@#]+)(?:[@#](.+))?$/.exec(rest[0] ?? '') ?? [];
  if (verb === 'add' && rest.length > 0) return { do: 'add', paths: rest };
  if (verb === 'list' && rest.length === 0) return { do: 'list' };
  if (verb === 'remove' && rest.length === 1 && name) return { do: 'remove', name, version };
  if (verb === 'pin' && rest.length === 1 && name && version) return { do: 'pin', name, version };
  throw new Refusal(`npm run ig -- ${[verb, ...rest].join(' ')} is not understood.`, HELP.trimEnd());
}

async function carryOut(
  command: Exclude<Command, { do: 'help' }>,
  config: Config,
  { store, context, requireRoom }: Beside,
): Promise<number> {
  switch (command.do) {
    case 'add': {
      requireRoom();
      const refused = await addPackages(command.paths, { store, context, limits: config.guides }, say);
      return refused > 0 ? 1 : 0;
    }
    case 'list':
      process.stdout.write(guidesText(await store.guides.list(context), store.parameters.states()));
      return 0;
    case 'pin': {
      const count = await store.guides.pin(command.name, command.version, context);
      say(`${count} canonicals mean another version now: that of ${command.name}@${command.version}.`);
      await settle(store, context, say);
      return 0;
    }
    case 'remove': {
      const { deleted, shared, changed } = await store.guides.remove(command.name, command.version, context);
      say(`${[command.name, command.version].filter(Boolean).join('@')} removed: ${deleted} definitions deleted.`);
      if (shared > 0) say(`  ${shared} stay, since another guide has them, too.`);
      if (changed.length > 0) say(`  ${changed.length} stay, since somebody changed them: ${listed(changed)}.`);
      return 0;
    }
  }
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

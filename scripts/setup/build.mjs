// Builds dist/ from src/ when it is not what the sources say: checks the types, bundles the program and the keeper, sets the executable bit.
// Builds beside the old dist and then changes the names, so that a failed build leaves the old one, and a removed source leaves nothing behind.
// @ts-check
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun, projectRoot, say } from './run.mjs';

const dist = join(projectRoot, 'dist');
const next = join(projectRoot, '.cache/dist.next');
const stampName = '.built-from';
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
  const old = join(projectRoot, '.cache/dist.old');
  rmSync(old, { recursive: true, force: true });
  if (existsSync(dist)) renameSync(dist, old);
  renameSync(next, dist);
  rmSync(old, { recursive: true, force: true });
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

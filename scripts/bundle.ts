/**
 * Bundles the program and the keeper: a few files are read at a start, not hundreds. The keeper is one file, loaded whole, so that an upgrade of the agent leaves a
 * running one alone; of the program, what only some commands need stays in files of its own. koffi stays outside: it is a native module.
 * Usage: `tsx scripts/bundle.ts DIRECTORY`.
 */
import { execFileSync } from 'node:child_process';
import { mkdir, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const project = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** For a bundle of ES modules: packages in the old module format ask for Node's own modules by `require`. */
export const requireBanner =
  "--banner:js=import { createRequire as rackopsRequire } from 'node:module';\nconst require = rackopsRequire(import.meta.url);";

/**
 * Bundles `entry`, a path in the project. By esbuild's command, which ends: its calls from JavaScript, `buildSync` too, leave a service process with
 * whoever called. Throws when there are errors, which esbuild has then shown.
 */
export function bundle(entry: string, format: 'esm' | 'cjs', ...options: readonly string[]): void {
  const args = [
    path.join(project, entry),
    '--bundle',
    '--platform=node',
    `--format=${format}`,
    '--target=node20',
    '--external:koffi',
    '--log-level=warning',
  ];
  execFileSync(path.join(project, 'node_modules', '.bin', 'esbuild'), [...args, ...options], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** `main.js` and what it loads later, into `directory`, which must be below the project: koffi is looked up from there. */
export function bundleProgram(directory: string): void {
  const chunks = ['--splitting', '--chunk-names=parts/[name]-[hash]'];
  bundle('src/main.ts', 'esm', `--outdir=${directory}`, ...chunks, requireBanner);
}

/** Writes the keeper's bundle, replacing an old one in one rename. The file must be below the project, as above. */
export async function bundleKeeper(outfile: string): Promise<string> {
  const packageJson: unknown = JSON.parse(await readFile(path.join(project, 'package.json'), 'utf8'));
  const version =
    packageJson !== null && typeof packageJson === 'object' && 'version' in packageJson
      ? String(packageJson.version)
      : 'unknown';
  const partial = `${outfile}.${process.pid}`;
  await mkdir(path.dirname(outfile), { recursive: true });
  const defined = `--define:__RACKOPS_VERSION__=${JSON.stringify(version)}`;
  bundle('src/keeper/main.ts', 'esm', `--outfile=${partial}`, defined);
  await rename(partial, outfile);
  return outfile;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const directory = path.resolve(process.argv[2] ?? path.join(project, 'dist'));
  bundleProgram(directory);
  await bundleKeeper(path.join(directory, 'keeper.js'));
}

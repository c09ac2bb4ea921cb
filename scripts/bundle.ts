/**
 * Bundles the program and the keeper: a few files are read at a start, not hundreds. The keeper is one file, loaded whole, so that an upgrade of the agent leaves a
 * running one alone; of the program, what only some commands need stays in files of its own. koffi stays outside: it is a native module.
 * Usage: `tsx scripts/bundle.ts DIRECTORY`.
 */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, buildSync } from 'esbuild';

const project = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

const common = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  external: ['koffi'],
  logLevel: 'warning',
  // In one process that ends: the asynchronous calls of esbuild keep a service process in whoever called.
} satisfies BuildOptions;

/** `main.js` and what it loads later, into `directory`, which must be below the project: koffi is looked up from there. */
export function bundleProgram(directory: string): void {
  buildSync({
    ...common,
    entryPoints: [path.join(project, 'src', 'main.ts')],
    outdir: directory,
    splitting: true,
    chunkNames: 'parts/[name]-[hash]',
    // Packages in the old module format ask for Node's own modules by `require`.
    banner: {
      js: "import { createRequire as rackopsRequire } from 'node:module';\nconst require = rackopsRequire(import.meta.url);",
    },
  });
}

/** Writes the keeper's bundle, replacing an old one in one rename. The file must be below the project, as above. */
export async function bundleKeeper(outfile: string): Promise<string> {
  const packageJson: unknown = JSON.parse(await readFile(path.join(project, 'package.json'), 'utf8'));
  const version =
    packageJson !== null && typeof packageJson === 'object' && 'version' in packageJson
      ? String(packageJson.version)
      : 'unknown';
  const { outputFiles } = buildSync({
    ...common,
    entryPoints: [path.join(project, 'src', 'keeper', 'main.ts')],
    define: { __RACKOPS_VERSION__: JSON.stringify(version) },
    write: false,
  });
  const text = outputFiles[0]?.text ?? '';
  const partial = `${outfile}.${process.pid}`;
  await mkdir(path.dirname(outfile), { recursive: true });
  await writeFile(partial, text);
  await rename(partial, outfile);
  return outfile;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const directory = path.resolve(process.argv[2] ?? path.join(project, 'dist'));
  bundleProgram(directory);
  await bundleKeeper(path.join(directory, 'keeper.js'));
}

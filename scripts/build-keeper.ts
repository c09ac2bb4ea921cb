/**
 * Bundles the keeper into one file, so that it is loaded whole at its start and an upgrade of the agent leaves it alone. koffi stays outside: it
 * is a native module, loaded at the start as well. Usage: `tsx scripts/build-keeper.ts [OUTFILE]`, default `dist/keeper.js`.
 */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const project = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** Writes the bundle, replacing an old one in one rename. The file must be below the project: koffi is looked up from there. */
export async function buildKeeper(outfile = path.join(project, 'dist', 'keeper.js')): Promise<string> {
  const packageJson: unknown = JSON.parse(await readFile(path.join(project, 'package.json'), 'utf8'));
  const version =
    packageJson !== null && typeof packageJson === 'object' && 'version' in packageJson
      ? String(packageJson.version)
      : 'unknown';
  // In one process that ends: the asynchronous call keeps a service process in whoever called.
  const { outputFiles } = buildSync({
    entryPoints: [path.join(project, 'src', 'keeper', 'main.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: ['koffi'],
    define: { __RACKOPS_VERSION__: JSON.stringify(version) },
    write: false,
    logLevel: 'warning',
  });
  const text = outputFiles[0]?.text ?? '';
  const partial = `${outfile}.${process.pid}`;
  await mkdir(path.dirname(outfile), { recursive: true });
  await writeFile(partial, text);
  await rename(partial, outfile);
  return outfile;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(`${await buildKeeper(process.argv[2])}\n`);
}

/**
 * What the generator scripts share: write the files, or with `--check` fail when one of them is stale.
 * Never touches a file whose content is already right, so that watchers stay quiet.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout's top directory. */
export const top = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Content of a file of the checkout, by its path from the top. */
export function source(path: string): string {
  return readFileSync(join(top, path), 'utf8');
}

/**
 * Writes the files (path from the top → content). With `--check` in argv nothing is written; stale files are named on stderr and the exit code is 1.
 */
export function emit(files: ReadonlyMap<string, string>, command: string): void {
  const check = process.argv.includes('--check');
  const stale = [...files].filter(([path, content]) => {
    const file = join(top, path);
    return !existsSync(file) || readFileSync(file, 'utf8') !== content;
  });
  for (const [path, content] of stale) {
    const file = join(top, path);
    if (check) {
      process.stderr.write(`${relative(top, file)} is stale: run ${command}\n`);
      process.exitCode = 1;
      continue;
    }
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    process.stdout.write(`wrote ${relative(top, file)}\n`);
  }
}

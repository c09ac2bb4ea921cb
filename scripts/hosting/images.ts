/**
 * The images of the hosting example, built from its recipes by `rackops image build` as a team would, and kept in the cache: minutes and package mirrors the first time,
 * nothing afterwards. An entry's name carries the hash of the recipe and of all that it copies. Needs root.
 */
import { createHash } from 'node:crypto';
import { existsSync, linkSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { cached, recipeKey } from '../images/cache.js';
import { command } from '../images/command.js';
import { type BuiltImage, describeImage } from '../images/pack.js';
import { mainProgram } from '../sandbox/index.js';

const recipes = fileURLToPath(new URL('../../examples/hosting/images', import.meta.url));
/** Raise when what `rackops image build` makes of an unchanged recipe changes. */
const format = 1;
/** A thousand packages on a slow machine. */
const timeoutMs = 30 * 60_000;
const zeros = '0'.repeat(64);

type OnBuild = (text: string) => void;

/** `database-1.0.iso` from `images/database.yaml`, `rails-new-2.0.iso` from `images/rails-new-2.0.yaml`, with the image that it is laid over first. */
export async function buildHostingImage(file: string, onBuild: OnBuild): Promise<BuiltImage> {
  const path = recipeOf(file);
  const text = readFileSync(path, 'utf8');
  const baseFile = /^ {4}file: (\S+\.iso)$/m.exec(text)?.[1];
  const base = baseFile === undefined ? null : await buildHostingImage(baseFile, onBuild);
  // The example has zeros where its user puts what his own build printed.
  const recipe = base === null ? text : text.replace(zeros, base.sha256);
  const key = recipeKey({ format, arch: process.arch, recipe, copied: hashesOf(recipe) });
  const entry = await cached(`hosting-${basename(file, '.iso')}-${key}.iso`, async (scratch) => {
    onBuild(`building ${file} from ${basename(path)}`);
    const startedAt = Date.now();
    if (base !== null) linkSync(base.path, join(scratch, base.file));
    const filled = join(scratch, basename(path));
    writeFileSync(filled, recipe);
    const args = ['image', 'build', filled, '--context', recipes, '--out', scratch, '--scratch', scratch];
    await command(process.execPath, [mainProgram, ...args, '--json'], { timeoutMs });
    onBuild(`built it in ${Math.round((Date.now() - startedAt) / 1_000)} s`);
    return join(scratch, file);
  });
  return describeImage(entry, file);
}

/** A version with a recipe of its own, or the only one of its name. */
function recipeOf(file: string): string {
  const own = join(recipes, `${basename(file, '.iso')}.yaml`);
  return existsSync(own) ? own : join(recipes, `${file.replace(/-[^-]+\.iso$/, '')}.yaml`);
}

/** sha256 and mode of every file that the recipe copies, by path, sorted. */
function hashesOf(recipe: string): readonly string[] {
  const steps: unknown = parse(recipe)?.steps;
  const files = (Array.isArray(steps) ? steps : []).flatMap((step) => step?.files ?? []);
  return files
    .flatMap((entry) => (typeof entry?.source === 'string' ? filesAt(entry.source) : []))
    .map((path) => `${path} ${statSync(join(recipes, path)).mode} ${hashOf(join(recipes, path))}`)
    .sort();
}

function filesAt(path: string): string[] {
  if (!statSync(join(recipes, path)).isDirectory()) return [path];
  return readdirSync(join(recipes, path)).flatMap((name) => filesAt(join(path, name)));
}

function hashOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

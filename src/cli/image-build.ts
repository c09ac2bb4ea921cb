/** `image build`: a recipe becomes an image, with its manifest and provenance beside it. */
import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Command } from 'commander';
import { parseRecipe } from '../definition/index.js';
import { buildImage } from '../images/index.js';
import { sha256Hex } from '../lib/index.js';
import { isError, problemLine, RackError, type Recipe } from '../model/index.js';
import { imageSnippet } from '../report/index.js';
import { globals, needRoot, usageError } from './globals.js';
import { absolute, making, needZsync, scratchOption, zsyncOption } from './image-making.js';
import { printJson, printNote, printResult } from './output.js';
import type { Program } from './program.js';

interface Options {
  readonly out: string;
  readonly context?: string;
  readonly scratch: string;
  readonly zsync?: boolean;
}

/** Bytes of a recipe that are read at all; its reader says what is too much. */
const maxRecipeBytes = 4 * 1_048_576;
/** A release with a service takes half of it unpacked. */
const needBytes = 1_024 * 1_048_576;

const details = `
The same recipe and inputs give the same bytes. Beside the image are its manifest (.manifest.jsonl: everything that is in it) and its provenance (.provenance.json: what it was made of). Paths in the recipe
are below its own directory. An existing image is never replaced by another one: raise the version. What to put into a definition is printed.

Example:
  rackops image build images/webserver.yaml --out /racks/iso`;

export function addImageBuild(image: Command, program: Program): void {
  const command = image
    .command('build <recipe>')
    .description('make an image from a recipe (kind: Image)')
    .option('--out <dir>', 'where the image goes', '.')
    .option('--context <dir>', "where the recipe's paths are; default: its own directory")
    .addHelpText('after', details);
  zsyncOption(scratchOption(command)).action(async (file: string, options: Options, called: Command) => {
    needRoot();
    const zsync = await needZsync(program, options.zsync);
    const { json } = globals(called);
    const { recipe, digest } = await readRecipe(file);
    const context = absolute(options.context ?? dirname(file));
    if (!(await isDirectory(context))) throw usageError(`--context must be a directory, not "${context}"`);
    const packed = await making(
      program,
      options.scratch,
      async ({ workspace, signal, progress }) =>
        await buildImage(
          { ...program.images, now: program.now },
          {
            recipe,
            recipeFile: file,
            recipeDigest: digest,
            context,
            directory: absolute(options.out),
            zsync,
            workspace,
            signal,
            progress,
          },
        ),
      needBytes,
    );
    if (json) printJson({ apiVersion: 'rackops/v1', image: packed, directory: absolute(options.out) });
    else {
      printNote(packed.isNew ? 'done' : 'the same image was there already');
      printResult(imageSnippet(packed));
    }
  });
}

/** Errors: E_USAGE (cannot be read), E_RECIPE with every problem. */
async function readRecipe(file: string): Promise<{ readonly recipe: Recipe; readonly digest: string }> {
  const bytes = await stat(file)
    .then(async (found) => {
      if (!found.isFile() || found.size > maxRecipeBytes) throw usageError(`"${file}" is no recipe`);
      return await readFile(file);
    })
    .catch((cause: unknown) => {
      throw cause instanceof RackError ? cause : usageError(`cannot read the recipe "${file}"`);
    });
  const { recipe, problems } = parseRecipe(bytes, file);
  const lines = problems.map(problemLine);
  if (recipe === null) {
    const count = problems.filter(isError).length;
    throw new RackError('E_RECIPE', `cannot use the recipe:\n  ${lines.join('\n  ')}`, {
      blame: 'definition',
      hint: `correct ${count === 1 ? 'it' : 'them'}; nothing was made`,
    });
  }
  for (const line of lines) printNote(line);
  return { recipe, digest: `sha256:${sha256Hex(bytes)}` };
}

async function isDirectory(path: string): Promise<boolean> {
  return await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

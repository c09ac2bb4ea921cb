/** `image import`: a container image becomes a rack image, with a definition to start from. */
import { access, constants, lstat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Command } from 'commander';
import { importImage, parseOciSource, sourceForms } from '../images/index.js';
import { isRackName, RackError } from '../model/index.js';
import { globals, needRoot, usageError } from './globals.js';
import { absolute, making, needZsync, scratchOption, zsyncOption } from './image-making.js';
import { newImage } from './image-place.js';
import { printJson, printNote, printResult } from './output.js';
import type { Program } from './program.js';
import { validStarter } from './starter.js';

interface Options {
  readonly name?: string;
  readonly version?: string;
  readonly to?: string;
  readonly definition?: string;
  readonly authfile?: string;
  readonly certDir?: string;
  readonly scratch: string;
  readonly zsync?: boolean;
}

const details = `
SOURCE is ${sourceForms}. From a list of images the one for this machine is taken. The definition is printed, with comments on what to check and on what was left out. Registries are asked over TLS only, and
get no credentials but those of --authfile (made by: skopeo login --authfile FILE HOST).

Example:
  rackops image import docker://registry.example/team/webserver:1.0 --to /racks/iso/webserver-1.0.iso --definition racks/webserver.yaml`;

export function addImageImport(image: Command, program: Program): void {
  const command = image
    .command('import <source>')
    .description('make a rack image from a container image, and a definition to start from')
    .option('--name <name>', 'name of the rack (default: that of the source)')
    .option('--version <version>', "version in the file's name (default: the tag, or the digest)")
    .option('--to <file>', 'the image (default: <name>-<version>.iso here)')
    .option('--definition <file>', 'write the definition there instead of printing it')
    .option('--authfile <file>', 'credentials for the registry, root only')
    .option('--cert-dir <dir>', 'certificates (*.crt) of a registry that no public authority knows')
    .addHelpText('after', details);
  zsyncOption(scratchOption(command)).action(async (text: string, options: Options, called: Command) => {
    needRoot();
    const zsync = await needZsync(program, options.zsync);
    const { json } = globals(called);
    const named = parseOciSource(text, process.cwd());
    if (named === null) throw usageError(`a source is ${sourceForms}, not "${text}"`);
    const name = options.name ?? named.rack;
    if (name === null || !isRackName(name))
      throw usageError(`name the rack with --name: "${name ?? ''}" is no name`);
    if (options.definition !== undefined) await assertCanBeMade(options.definition);
    const made = await making(program, options.scratch, async ({ workspace, signal, progress }) => {
      const { oci, packing } = program.images;
      return await importImage(
        { oci, packing, workspace, now: program.now },
        {
          source: named.source,
          name: named.name,
          to: (digest) => {
            const version = options.version ?? named.version ?? digest.slice('sha256:'.length).slice(0, 12);
            return newImage(options.to ?? `${name}-${version}.iso`, null);
          },
          authFile: options.authfile === undefined ? null : absolute(options.authfile),
          certDirectory: options.certDir === undefined ? null : absolute(options.certDir),
          zsync,
          signal,
          progress,
        },
      );
    });
    for (const path of made.takenOut) printNote(`taken out: ${path}`);
    const { text: definition, problems } = validStarter({ name, ...made });
    for (const problem of problems) printNote(`the definition has to be corrected: ${problem}`);
    if (options.definition !== undefined) await writeNew(options.definition, definition);
    if (json) printJson({ apiVersion: 'rackops/v1', ...made, definition });
    else if (options.definition === undefined) printResult(definition);
    else printResult(`wrote ${options.definition}`);
  });
}

/** Before minutes of work. Error: E_USAGE when there is a file already, which may be somebody's work, or no directory to write to. */
async function assertCanBeMade(path: string): Promise<void> {
  if (await lstat(path).catch(() => null))
    throw usageError(`--definition: there is a file "${path}" already`);
  await access(dirname(path), constants.W_OK).catch((cause: NodeJS.ErrnoException) => {
    throw usageError(`--definition: cannot write to "${dirname(path)}": ${cause.code}`);
  });
}

/** Error: E_USAGE when there is a file now. */
async function writeNew(path: string, text: string): Promise<void> {
  await writeFile(path, text, { flag: 'wx' }).catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === 'EEXIST' ? 'there is a file already' : cause.code;
    throw new RackError('E_USAGE', `cannot write "${path}": ${why}`, {
      cause,
      hint: 'the image was made; run it again without --definition to see the definition',
    });
  });
}

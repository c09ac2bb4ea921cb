/** `validate`: definitions and recipes without a host, for a team's pull requests; or the definitions of a ref, with this host's rules. */
import type { Command } from 'commander';
import { DefinitionReader, isDefinitionPath, parseRecipe } from '../definition/index.js';
import { isError, type Problem } from '../model/index.js';
import { problemsGithub, problemsJson, problemsSarif, problemsText } from '../report/index.js';
import { readDirectory } from './directory.js';
import { globals, usageError } from './globals.js';
import { printJson, printResult, stopSignal } from './output.js';
import type { Program } from './program.js';

interface Options {
  readonly ref?: string;
  readonly format: string;
}

export function addValidate(cli: Command, program: Program): void {
  cli
    .command('validate [dir]')
    .description('check rack definitions and recipes of images; needs no host and no root')
    .option('--ref <ref>', "check a branch, tag or commit of the host's repository instead")
    .option('--format <format>', 'text, json, github or sarif', 'text')
    .addHelpText('after', '\nExample:\n  rackops validate . --format github')
    .action(async (dir: string | undefined, options: Options, command: Command) => {
      const { config, json } = globals(command);
      const format = json ? 'json' : options.format;
      if (!['text', 'json', 'github', 'sarif'].includes(format))
        throw usageError(`unknown format "${format}"`);
      if (dir !== undefined && options.ref !== undefined)
        throw usageError('give a directory or --ref, not both');
      const checked =
        options.ref === undefined
          ? await validateDirectory(dir ?? '.')
          : await validateRef(program, config, options.ref);
      print(checked, format);
      process.exitCode = checked.problems.some(isError) ? 3 : 0;
    });
}

interface Checked {
  readonly problems: readonly Problem[];
  /** Valid ones. */
  readonly racks: number;
  readonly recipes: number;
}

async function validateDirectory(dir: string): Promise<Checked> {
  const { entries, blobs, repository, recipes, path } = await readDirectory(dir);
  const set = new DefinitionReader().read({ entries, blobs, repository, path, host: null, installed: [] });
  const parsed = [...recipes].map(([file, bytes]) => parseRecipe(bytes, file));
  return {
    problems: [...set.problems, ...parsed.flatMap(({ problems }) => problems)],
    racks: set.racks.length,
    recipes: parsed.filter(({ recipe }) => recipe !== null).length,
  };
}

async function validateRef(program: Program, configPath: string, ref: string): Promise<Checked> {
  const machine = await program.openMachine(configPath);
  const source = machine.source(program.createLog('warn'));
  await source.fetch(stopSignal());
  const revision = await source.resolve(ref);
  if (revision === null) throw usageError(`"${ref}" is no branch, tag or commit of the repository`);
  const tree = await source.list(revision);
  const { path } = machine.config.repository;
  const reader = new DefinitionReader();
  const entries = tree.filter((entry) => isDefinitionPath(entry.path, path));
  const missing = new Set(reader.missing(entries).map((entry) => entry.oid));
  const blobs = await source.readBlobs(tree.filter((entry) => missing.has(entry.oid)));
  const repository = new Map(tree.map((entry) => [entry.path, entry]));
  const { problems, racks } = reader.read({
    entries,
    blobs,
    repository,
    path,
    host: machine.config,
    installed: [],
  });
  return { problems, racks: racks.length, recipes: 0 };
}

function print({ problems, racks, recipes }: Checked, format: string): void {
  if (format === 'json') printJson(problemsJson(problems, racks, recipes));
  else if (format === 'sarif') printJson(problemsSarif(problems));
  else if (format === 'github') printResult(problemsGithub(problems));
  else printResult(problemsText(problems, racks, recipes));
}

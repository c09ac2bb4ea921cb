/** The steps of a recipe, one after the other, on a tree. A step that fails says where it is written and what it printed last. */
import { assertNever, errorMessage, shorten } from '../lib/index.js';
import { type HostPath, hasCode, RackError, type RecipeStep } from '../model/index.js';
import type { Build } from './build.js';
import { describeStep } from './describe.js';
import { installCommands } from './package-managers.js';
import { runInImage } from './root-command.js';

/** Characters of a step in messages. */
const maxShown = 60;
/** Lines of output in an error. */
const maxLines = 10;

/** From the step after `done` on. Errors: E_IMAGE_STEP, E_IMAGE_SOURCE, E_RUNTIME, the signal's reason. */
export async function runSteps(build: Build, tree: HostPath, done: number): Promise<void> {
  const { steps } = build.recipe;
  for (const [index, step] of steps.entries()) {
    if (index < done) continue;
    build.signal?.throwIfAborted();
    build.progress(`step ${index + 1} of ${steps.length}: ${shorten(describeStep(step), maxShown)}`);
    try {
      await runStep(build, tree, step);
    } catch (error) {
      throw failed(build, index, step, error);
    }
  }
}

async function runStep(build: Build, tree: HostPath, step: RecipeStep): Promise<void> {
  const { building } = build.ports;
  switch (step.kind) {
    case 'files':
      for (const file of step.files) {
        const { digest, paths } = await building.place(tree, build.context, file);
        build.placed.push(...paths);
        if (digest !== null && file.from.kind === 'source')
          build.inputs.push({ kind: 'file', name: file.from.source, digest });
      }
      return;
    case 'remove':
      for (const path of step.paths) await building.remove(tree, path);
      return;
    case 'packages': {
      const commands = installCommands(build.ports, tree, step.packages);
      for (const command of commands) await runCommand(build, tree, { ...step, command, network: true });
      return;
    }
    case 'run':
      return await runCommand(build, tree, step);
    default:
      return assertNever(step, 'step');
  }
}

interface Command {
  readonly command: readonly string[];
  readonly network: boolean;
  readonly timeoutMs: number;
}

async function runCommand(build: Build, tree: HostPath, command: Command): Promise<void> {
  const { ports, workspace, signal, progress } = build;
  const tools = { commands: ports.rootCommands(workspace.path), building: ports.building };
  const result = await runInImage(tools, {
    root: tree,
    ...command,
    progress,
    ...(signal === undefined ? {} : { signal }),
  });
  if (result.exitCode === 0) return;
  const how =
    result.exitCode === null
      ? `it did not end within ${command.timeoutMs}ms`
      : `exit code ${result.exitCode}`;
  throw new CommandFailed(how, result.tail);
}

class CommandFailed extends Error {
  constructor(
    message: string,
    readonly tail: readonly string[],
  ) {
    super(message);
  }
}

/** What stopped the build rather than the step is left as it is. */
function failed({ recipeFile }: Build, index: number, step: RecipeStep, error: unknown): unknown {
  const isOurs =
    error instanceof CommandFailed || hasCode(error, 'E_IMAGE_STEP', 'E_IMAGE_SOURCE', 'E_RUNTIME');
  if (!isOurs) return error;
  const lines = error instanceof CommandFailed ? error.tail.slice(-maxLines) : [];
  const place = `${recipeFile}:${step.line}`;
  return new RackError(
    error instanceof RackError ? error.code : 'E_IMAGE_STEP',
    `${place}: cannot do step ${index + 1} (${shorten(describeStep(step), maxShown)}): ${errorMessage(error)}${lines
      .map((line) => `\n  | ${line}`)
      .join('')}`,
    {
      blame: 'definition',
      cause: error,
      hint: (error instanceof RackError ? error.hint : undefined) ?? 'correct the step; nothing was made',
    },
  );
}

/** The command line: which commands there are, flags before or after their names, exit code 64 for wrong use. */
import { Command, CommanderError } from 'commander';
import { addAgent } from './agent.js';
import { addDoctor } from './doctor.js';
import { addHistory, addWhy } from './history.js';
import { addImage } from './image.js';
import { addExec, addLogs, addShell } from './look-inside.js';
import { addOperations } from './operate.js';
import { reportError, tolerateClosedOutput } from './output.js';
import { addPlan } from './plan.js';
import { defaultConfigPath, type Program } from './program.js';
import { addShadow } from './shadow.js';
import { addSnapshot } from './snapshot.js';
import { addStatus } from './status.js';
import { addSync } from './sync.js';
import { addValidate } from './validate.js';

/** Builds the whole command line; also used to generate its reference page. */
export function buildCli(program: Program): Command {
  const cli = new Command('rackops')
    .description('GitOps for racks: merge a definition, and the host moves toward it, or back by itself')
    .version(program.version)
    // Without commander's default: it would win over the flag after the command.
    .option('--config <file>', `the host's configuration (default: "${defaultConfigPath}")`)
    .option('--json', 'print one JSON document to stdout')
    .enablePositionalOptions()
    .showHelpAfterError('(see --help)')
    .addHelpText('after', '\nExample:\n  rackops --config /etc/rackops/host.yaml plan');
  for (const add of [
    addValidate,
    addPlan,
    addSync,
    addAgent,
    addStatus,
    addHistory,
    addWhy,
    addLogs,
    addExec,
    addShell,
    addOperations,
    addSnapshot,
    addShadow,
    addDoctor,
    addImage,
  ]) {
    add(cli, program);
  }
  for (const command of cli.commands.flatMap((child) => [child, ...child.commands])) {
    command
      .option('--config <file>', "the host's configuration")
      .option('--json', 'print one JSON document to stdout');
  }
  throwInsteadOfExit(cli);
  return cli;
}

function throwInsteadOfExit(command: Command): void {
  command.exitOverride();
  for (const child of command.commands) throwInsteadOfExit(child);
}

/** Runs one command; sets `process.exitCode`, never throws. */
export async function runCli(argv: readonly string[], program: Program): Promise<void> {
  tolerateClosedOutput();
  const json = argv.includes('--json');
  try {
    await buildCli(program).parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 64;
    else process.exitCode = reportError(error, json);
  }
}

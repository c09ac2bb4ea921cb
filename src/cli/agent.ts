/** `agent`: poll and reconcile until told to stop. */
import type { Command } from 'commander';
import { createSchedule, runAgent } from '../agent/index.js';
import { globals, needRoot } from './globals.js';
import { printWarnings, stopSignal } from './output.js';
import type { Program } from './program.js';
import { reconcilerDeps } from './reconciling.js';

export function addAgent(cli: Command, program: Program): void {
  cli
    .command('agent')
    .description('poll the repository and reconcile until told to stop; racks outlive it')
    .option('--log-level <level>', 'debug, info, warn or error', 'info')
    .addHelpText('after', '\nExample:\n  rackops --config /etc/rackops/host.yaml agent')
    .action(async (options: { readonly logLevel: string }, command: Command) => {
      needRoot();
      const emit = program.createLog(options.logLevel);
      const machine = await program.openMachine(globals(command).config);
      printWarnings(machine.warnings);
      const stop = stopSignal();
      const since = new Date(program.now()).toISOString();
      const lock = await machine.lock('agent', 0);
      // An agent that cannot tell whose commits count would refuse each of them, unseen by whoever started it.
      await machine.source(emit).checkKeys(true);
      const store = await machine.openStore(emit);
      const deps = reconcilerDeps(program, machine, store, emit, stop, () => ({
        pid: process.pid,
        command: 'agent',
        since,
      }));
      await runAgent({
        ...deps,
        controlPath: machine.controlPath,
        createSchedule: (onDue) =>
          createSchedule({
            poll: machine.config.repository.poll,
            random: () => machine.host.ids.random(),
            onDue,
          }),
        stop,
      });
      await lock.release();
      // Work that did not end in time must not keep the process: the next pass goes on with it.
      process.exit(0);
    });
}

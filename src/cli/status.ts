/** `status`: what runs, since when, from which commit, and why not. Works without an agent and before any pass. */
import type { Command } from 'commander';
import { askAgent } from '../agent/index.js';
import type { StatusReport } from '../model/index.js';
import { observe, readStatus } from '../reconciler/index.js';
import { type StatusInput, statusText } from '../report/index.js';
import { globals, needRoot } from './globals.js';
import { clearScreen, printJson, printResult, styleOf, watchSignal } from './output.js';
import type { Machine, Program } from './program.js';

const watchIntervalMs = 1_000;

export function addStatus(cli: Command, program: Program): void {
  cli
    .command('status')
    .description('show what runs on this host')
    .option('-w, --watch', 'show it again every second until interrupted')
    .addHelpText('after', '\nExample:\n  rackops status --json | jq .racks[].condition')
    .action(async (options: { readonly watch?: boolean }, command: Command) => {
      needRoot();
      const { config, json } = globals(command);
      const machine = await program.openMachine(config);
      const show = async (): Promise<void> => {
        const status = await currentStatus(machine);
        if (json) printJson(status);
        else printResult(statusText(status, styleOf(process.stdout), program.now()));
      };
      if (!options.watch) return show();
      const stop = watchSignal();
      while (!stop.aborted) {
        if (!json) clearScreen();
        await show();
        await machine.host.clock.sleep(watchIntervalMs, stop).catch(() => {});
      }
    });
}

/** Status from disk and kernel; a running agent adds its latest probe results. */
export async function currentStatus(machine: Machine): Promise<StatusReport> {
  const answer = await askAgent(machine.controlPath, { kind: 'probed' }).catch(() => null);
  const probed: StatusInput['probed'] = new Map(
    answer?.kind === 'probed' ? Object.entries(answer.probed) : [],
  );
  const observed = await observe(machine.host);
  const deps = {
    hostName: machine.config.name,
    host: machine.host,
    store: machine.readableStore(),
    agent: await machine.lockHolder(),
    probed,
  };
  return readStatus(deps, observed);
}

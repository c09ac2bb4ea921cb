/** `history` and `why`: what happened, and why something is as it is. */
import type { Command } from 'commander';
import { RackError } from '../model/index.js';
import { historyText, whyText } from '../report/index.js';
import { count, globals, needRoot } from './globals.js';
import { printJson, printResult, styleOf } from './output.js';
import type { Program } from './program.js';
import { currentStatus } from './status.js';

export function addHistory(cli: Command, program: Program): void {
  cli
    .command('history [rack]')
    .description('list what was installed, swapped, rolled back, removed')
    .option('-n, --limit <n>', 'at most so many entries, the newest', '50')
    .addHelpText('after', '\nExample:\n  rackops history webserver')
    .action(async (rack: string | undefined, options: { readonly limit: string }, command: Command) => {
      needRoot();
      const { config, json } = globals(command);
      const machine = await program.openMachine(config);
      const entries = await machine.readableStore().history(rack ?? null, count(options.limit, '--limit'));
      if (json) printJson({ apiVersion: 'rackops/v1', entries });
      else printResult(historyText(entries));
    });
}

export function addWhy(cli: Command, program: Program): void {
  cli
    .command('why <rack>')
    .description('explain the state of a rack, with the evidence of its last failure')
    .addHelpText('after', '\nExample:\n  rackops why webserver')
    .action(async (name: string, _options: unknown, command: Command) => {
      needRoot();
      const { config, json } = globals(command);
      const machine = await program.openMachine(config);
      const store = machine.readableStore();
      const status = await currentStatus(machine);
      const [summary, evidence, history] = await Promise.all([
        store.summary(),
        store.evidence(name),
        store.history(name, 20),
      ]);
      const rack = status.racks.find((candidate) => candidate.name === name);
      const said = (summary?.explanation ?? [])
        .filter((item) => item.rack === name)
        .map((item) => item.message);
      if (rack === undefined && history.length === 0) {
        throw new RackError('E_UNKNOWN_RACK', `cannot find a rack "${name}" on this host`, {
          hint: 'see: rackops status',
        });
      }
      if (json)
        printJson({ apiVersion: 'rackops/v1', rack: rack ?? null, explanation: said, evidence, history });
      else if (rack === undefined)
        printResult([`${name}: not on this host any more`, ...said, historyText(history)].join('\n'));
      else printResult(whyText(rack, said, evidence.at(-1) ?? null, history, styleOf(process.stdout)));
    });
}

/** `doctor`: what this host can do and what to install, in one screen. */
import type { Command } from 'commander';
import { doctorText } from '../report/index.js';
import { globals } from './globals.js';
import { printJson, printResult, printWarnings, styleOf } from './output.js';
import type { Program } from './program.js';

export function addDoctor(cli: Command, program: Program): void {
  cli
    .command('doctor')
    .description('check whether this host is able to run racks, and say what is missing')
    .addHelpText('after', '\nExample:\n  rackops doctor')
    .action(async (_options: unknown, command: Command) => {
      const { config, json } = globals(command);
      const machine = await program.openMachine(config);
      printWarnings(machine.warnings);
      const findings = await machine.doctor();
      const able = !findings.some((finding) => finding.level === 'missing');
      if (json) printJson({ apiVersion: 'rackops/v1', able, findings });
      else printResult(doctorText(findings, styleOf(process.stdout)));
      process.exitCode = able ? 0 : 1;
    });
}

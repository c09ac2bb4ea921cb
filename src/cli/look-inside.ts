/** `logs`, `exec` and `shell`: look inside a running rack. */
import type { Command } from 'commander';
import { escapeControl } from '../lib/index.js';
import { RackError } from '../model/index.js';
import { count, globals, needRoot, usageError } from './globals.js';
import { printJson, printResult, watchSignal } from './output.js';
import type { Machine, Program } from './program.js';

export function addLogs(cli: Command, program: Program): void {
  cli
    .command('logs <rack> [service]')
    .description("show the output of a rack's services, with time stamps")
    .option('-f, --follow', 'go on as more comes, until interrupted')
    .option('-n, --lines <n>', 'at most so many lines of each service', '100')
    .addHelpText('after', '\nExample:\n  rackops logs webserver nginx -f')
    .action(
      async (
        rack: string,
        service: string | undefined,
        options: { follow?: boolean; lines: string },
        command: Command,
      ) => {
        needRoot();
        const { config, json } = globals(command);
        if (json && options.follow)
          throw usageError('--json prints one document: it does not go with --follow');
        const machine = await program.openMachine(config);
        const services = await servicesOf(machine, rack, service);
        const lines = count(options.lines, '--lines');
        if (options.follow) return follow(machine, rack, services, lines);
        const output: Record<string, readonly string[]> = {};
        for (const name of services)
          output[name] = await machine.host.supervisor.lastOutput(rack, name, lines);
        if (json) return printJson({ apiVersion: 'rackops/v1', rack, output });
        for (const [name, text] of Object.entries(output)) {
          for (const line of text) printResult(labelled(services, name, line));
        }
      },
    );
}

async function follow(
  machine: Machine,
  rack: string,
  services: readonly string[],
  lines: number,
): Promise<void> {
  const stop = watchSignal();
  await Promise.all(
    services.map(async (name) => {
      for await (const line of machine.followOutput(rack, name, lines, stop))
        printResult(labelled(services, name, line));
    }),
  );
}

function labelled(services: readonly string[], name: string, line: string): string {
  return services.length > 1 ? `${name} | ${escapeControl(line)}` : escapeControl(line);
}

export function addExec(cli: Command, program: Program): void {
  cli
    .command('exec <rack> [command...]')
    .description('run a command inside a running rack; its exit code is the result')
    .option('--service <service>', 'inside this service, not the first one')
    .passThroughOptions()
    .addHelpText('after', '\nExample:\n  rackops exec webserver -- nginx -T')
    .action(
      async (rack: string, given: readonly string[], options: { service?: string }, command: Command) => {
        needRoot();
        // Passing options through leaves the separator in.
        const words = given[0] === '--' ? given.slice(1) : given;
        if (words.length === 0) throw usageError('name the command to run: rackops exec RACK -- CMD');
        const machine = await program.openMachine(globals(command).config);
        process.exitCode = await machine.exec(rack, options.service ?? null, words);
      },
    );
}

export function addShell(cli: Command, program: Program): void {
  cli
    .command('shell <rack>')
    .description('open a shell inside a running rack')
    .option('--service <service>', 'inside this service, not the first one')
    .addHelpText('after', '\nExample:\n  rackops shell webserver')
    .action(async (rack: string, options: { service?: string }, command: Command) => {
      needRoot();
      const machine = await program.openMachine(globals(command).config);
      process.exitCode = await machine.exec(rack, options.service ?? null, ['/bin/sh']);
    });
}

async function servicesOf(
  machine: Machine,
  rack: string,
  service: string | undefined,
): Promise<readonly string[]> {
  const store = machine.readableStore();
  const record = await store.record(rack);
  const journal = (await store.journals()).find((candidate) => candidate.rack === rack);
  const failed = (await store.evidence(rack)).at(-1);
  const names = [
    ...(record?.committed?.desired.services ?? journal?.to.desired.services ?? []).map((item) => item.name),
    ...Object.keys(record?.committed ? {} : (failed?.output ?? {})),
  ];
  const known = [...new Set(names)];
  if (known.length === 0)
    throw new RackError('E_UNKNOWN_RACK', `cannot find services of a rack "${rack}"`, {
      hint: 'see: rackops status',
    });
  if (service === undefined) return known;
  if (!known.includes(service)) {
    throw new RackError('E_NOT_RUNNING', `cannot find a service "${service}" in "${rack}"`, {
      hint: `it has: ${known.join(', ')}`,
    });
  }
  return [service];
}

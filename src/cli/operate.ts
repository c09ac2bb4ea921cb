/** `suspend`, `resume`, `retry` and `purge`: what a person tells the agent. By the running agent if there is one, else under the lock. */
import type { Command } from 'commander';
import { askAgent } from '../agent/index.js';
import { type Operation, runOperation } from '../reconciler/index.js';
import { globals, needRoot } from './globals.js';
import { printJson, printResult, stopSignal } from './output.js';
import type { Program } from './program.js';

const lockTimeoutMs = 60_000;

export function addOperations(cli: Command, program: Program): void {
  const add = (
    usage: string,
    description: string,
    example: string,
    operation: (rack: string | undefined) => Operation,
  ): void => {
    cli
      .command(usage)
      .description(description)
      .addHelpText('after', `\nExample:\n  rackops ${example}`)
      .action(async (...args: unknown[]) => {
        const rack = typeof args[0] === 'string' ? args[0] : undefined;
        const command = args.at(-1) as Command;
        needRoot();
        const { config, json } = globals(command);
        const message = await operate(program, config, operation(rack));
        if (json) printJson({ apiVersion: 'rackops/v1', message });
        else printResult(message);
      });
  };
  add(
    'suspend [rack]',
    'hold a rack, or all: it keeps running, nothing is changed',
    'suspend webserver',
    (rack) => ({
      kind: 'suspend',
      rack: rack ?? null,
    }),
  );
  add('resume [rack]', 'end the suspension of a rack, or of all', 'resume webserver', (rack) => ({
    kind: 'resume',
    rack: rack ?? null,
  }));
  add(
    'retry <rack>',
    'forget that versions of a rack failed, so that they are tried again',
    'retry webserver',
    (rack) => ({
      kind: 'retry',
      rack: rack ?? '',
    }),
  );
  add(
    'purge <rack>',
    "delete a removed rack's writable directory for good",
    'purge old-webserver',
    (rack) => ({
      kind: 'purge',
      rack: rack ?? '',
    }),
  );
}

/** Asks the agent, or does it here under the lock. What was done, in one line. */
export async function operate(program: Program, configPath: string, operation: Operation): Promise<string> {
  const emit = program.createLog('warn');
  const machine = await program.openMachine(configPath);
  const answer = await askAgent(machine.controlPath, { kind: 'operate', operation });
  if (answer?.kind === 'done') return answer.message;
  const lock = await machine.lock(operation.kind, lockTimeoutMs);
  try {
    const store = await machine.openStore(emit);
    return await runOperation({ host: machine.host, store, emit, signal: stopSignal() }, operation);
  } finally {
    await lock.release();
  }
}

/** Flags that every command understands, before or after its name. */
import type { Command } from 'commander';
import { RackError } from '../model/index.js';
import type { GlobalOptions } from './output.js';
import { defaultConfigPath } from './program.js';

export function globals(command: Command): GlobalOptions {
  const options = command.optsWithGlobals<{ config?: string; json?: boolean }>();
  return { config: options.config ?? defaultConfigPath, json: options.json === true };
}

export function usageError(message: string): RackError {
  return new RackError('E_USAGE', message, { hint: 'see --help' });
}

/** A count from the command line. Error: E_USAGE. */
export function count(text: string, name: string): number {
  if (!/^\d{1,9}$/.test(text)) throw usageError(`${name} must be a whole number, not "${text}"`);
  return Number(text);
}

/** Everything that looks at or changes a host needs root. Error: E_NOT_ROOT. */
export function needRoot(): void {
  if (process.geteuid?.() === 0) return;
  throw new RackError('E_NOT_ROOT', 'cannot work on this host without root', {
    hint: 'run it with sudo; validate needs no root',
  });
}

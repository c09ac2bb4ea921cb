/**
 * Whether a process would take a signal. PID 1 of a pid namespace ignores every signal it has no handler for, so waiting for it to end by one is
 * a wait for the timeout. Parsing is pure; `takesSignal` reads /proc.
 */
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';

const numbers: ReadonlyMap<string, number> = new Map(Object.entries(constants.signals));

/** `TERM` or `SIGTERM` → 15; null for no signal of this system. */
export function signalNumber(name: string): number | null {
  return numbers.get(name.startsWith('SIG') ? name : `SIG${name}`) ?? null;
}

/**
 * From the text of /proc/PID/status: the signal is caught, or blocked. Blocked counts because it stays pending and is read by
 * sigwait or signalfd, as small init programs do.
 */
export function statusTakesSignal(status: string, signal: number): boolean {
  return ['SigCgt', 'SigBlk'].some((field) => {
    const mask = new RegExp(`^${field}:\\s*([0-9a-f]+)$`, 'm').exec(status)?.[1];
    return mask !== undefined && (BigInt(`0x${mask}`) & (1n << BigInt(signal - 1))) !== 0n;
  });
}

/** False when the process would ignore it or is gone. SIGKILL always works. */
export function takesSignal(pid: number, signal: number): boolean {
  if (signal === constants.signals.SIGKILL) return true;
  try {
    return statusTakesSignal(readFileSync(`/proc/${pid}/status`, 'utf8'), signal);
  } catch {
    return false;
  }
}

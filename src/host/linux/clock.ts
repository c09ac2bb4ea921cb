/** Real time and real chance. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import type { Clock, Ids } from '../ports.js';

export const realClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    await wait(ms, undefined, signal === undefined ? {} : { signal });
  },
};

export const realIds: Ids = {
  next: () => {
    const stamp = new Date().toISOString().replace(/[-:]/g, '').slice(0, 15).toLowerCase();
    return `${stamp}-${randomBytes(4).toString('hex')}`;
  },
  random: () => Math.random(),
};

let boot: Promise<string> | null = null;

/** Changes with every boot of the machine. */
export function bootId(): Promise<string> {
  boot ??= readFile('/proc/sys/kernel/random/boot_id', 'utf8').then((text) => text.trim());
  return boot;
}

/** Counts the passes of an agent from outside: each leaves a time stamp in its state directory. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Sandbox } from '../../scripts/sandbox/index.js';

export class Passes {
  readonly #file: string;
  #last = '';

  constructor(sandbox: Sandbox) {
    this.#file = join(sandbox.state, 'last-pass.json');
  }

  /** Resolves after `count` more passes to what each took, ms. */
  async wait(count: number): Promise<readonly number[]> {
    const took: number[] = [];
    const deadline = Date.now() + count * 5_000 + 20_000;
    this.#last = readFileSync(this.#file, 'utf8');
    while (took.length < count) {
      if (Date.now() > deadline) throw new Error(`the agent made ${took.length} of ${count} passes`);
      await sleep(10);
      const now = readFileSync(this.#file, 'utf8');
      if (now === this.#last) continue;
      this.#last = now;
      const { startedAt, endedAt } = JSON.parse(now);
      took.push(Date.parse(endedAt) - Date.parse(startedAt));
    }
    return took;
  }
}

/** One swap as a client of it sees it, for whoever does the swap. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientQuestion } from './client-program.js';
import type { Contender, Swap, Version } from './contender.js';
import { settleDisk, writeFresh } from './fresh-writes.js';
import { Helper } from './helper.js';
import { type Request, type Seen, seen } from './seen.js';

/** Time to get into step before, and to see what comes after. */
const aroundMs = 300;

export interface Measured {
  readonly seen: Seen;
  readonly swap: Swap;
}

export class Client {
  readonly #helper = new Helper<ClientQuestion, readonly Request[]>('./client-program.ts');

  /** `freshMb`: written to the writable layer just before. */
  async watch(contender: Contender, from: Version, to: Version, freshMb: number): Promise<Measured> {
    await settleDisk(contender.data);
    if (freshMb > 0) await writeFresh(contender.data, freshMb);
    await this.#helper.ask({ kind: 'begin', port: contender.port });
    await sleep(aroundMs);
    const swap = await contender.swap(to);
    await sleep(aroundMs);
    const requests = await this.#helper.ask({ kind: 'end' });
    return { seen: seen(requests, { from, to, beganMs: swap.beganMs }), swap };
  }

  end(): Promise<void> {
    return this.#helper.end();
  }
}

/**
 * Visitors who come at their own pace: a new connection every few ms, however long the earlier ones wait. (A `Watcher` waits for each answer, so a server
 * that hangs hides from it what the next visitor would have met.)
 */
import { httpGet } from './rig.js';

/** What visitors met. */
export interface Met {
  readonly requests: number;
  readonly refused: number;
  /** Refused, no answer, or another status than 200. */
  readonly failed: number;
  /** Different bodies of good answers, in the order in which they were first seen. */
  readonly bodies: readonly string[];
  /** How often each error code or status was met. */
  readonly errors: Readonly<Record<string, number>>;
}

/** Longer than any outage of a test: who gave up would not be counted as refused. */
const patienceMs = 20_000;

export class Load {
  readonly #timer: NodeJS.Timeout;
  #asked: ReturnType<typeof httpGet>[] = [];

  constructor(url: string, everyMs: number) {
    this.#timer = setInterval(() => this.#asked.push(httpGet(url, patienceMs)), everyMs);
  }

  /** What those met who came since the last look; waits for their answers, while others come. */
  async look(): Promise<Met> {
    const asked = this.#asked;
    this.#asked = [];
    const errors: Record<string, number> = {};
    const bodies = new Set<string>();
    for (const { status, body, error } of await Promise.all(asked)) {
      if (status === 200) bodies.add(body.trim());
      else errors[error ?? `status ${status}`] = (errors[error ?? `status ${status}`] ?? 0) + 1;
    }
    const failed = Object.values(errors).reduce((sum, count) => sum + count, 0);
    return { requests: asked.length, refused: errors.ECONNREFUSED ?? 0, failed, bodies: [...bodies], errors };
  }

  /** Nobody comes any more. */
  stop(): Promise<Met> {
    clearInterval(this.#timer);
    return this.look();
  }
}

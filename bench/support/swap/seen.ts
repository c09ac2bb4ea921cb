/** What a client saw of a swap, from its requests. Pure. */

/** One request over a connection of its own; times by the clock of `clock.ts`. */
export interface Request {
  readonly startMs: number;
  /** When the answer was complete, or when it failed. */
  readonly endMs: number;
  /** 0 when there was no answer. */
  readonly status: number;
  /** The version that answered: the body. */
  readonly version: string;
  /** `ECONNREFUSED`, `ETIMEDOUT` …; null when there was an answer. */
  readonly error: string | null;
}

export interface Seen {
  readonly requests: number;
  /** Without an answer, or with another status than 200. */
  readonly failed: number;
  /** How often each error code or status was met. */
  readonly codes: Readonly<Record<string, number>>;
  /** Answers of a version that is neither, or of the old one to a request made after the new one had answered. */
  readonly wrong: number;
  /** Longest time between two good answers that ended after the swap began, ms. */
  readonly longestGapMs: number;
  /** The same before the swap began: what the client and the machine do by themselves. */
  readonly noiseMs: number;
  /** From the first failed request's start to the last one's end; 0 without failures. */
  readonly failureWindowMs: number;
  /** From the beginning of the swap to the first answer of the new version; null when it never answered. */
  readonly firstNewMs: number | null;
}

export interface Change {
  readonly from: string;
  readonly to: string;
  readonly beganMs: number;
}

/** `requests` in any order. */
export function seen(requests: readonly Request[], { from, to, beganMs }: Change): Seen {
  const ended = [...requests].sort((a, b) => a.endMs - b.endMs);
  const good = ended.filter(isGood);
  const failed = ended.filter((request) => !isGood(request));
  const firstNew = good.find(({ version }) => version === to);
  const isWrong = ({ version, startMs }: Request): boolean =>
    version !== to && (version !== from || (firstNew !== undefined && startMs > firstNew.endMs));
  const gaps = good
    .slice(1)
    .map(({ endMs }, index) => ({ endMs, ms: endMs - (good[index]?.endMs ?? endMs) }));
  const longest = (list: typeof gaps): number => Math.max(0, ...list.map(({ ms }) => ms));
  return {
    requests: requests.length,
    failed: failed.length,
    codes: counted(failed.map(({ error, status }) => error ?? `status ${status}`)),
    wrong: good.filter(isWrong).length,
    longestGapMs: longest(gaps.filter(({ endMs }) => endMs >= beganMs)),
    noiseMs: longest(gaps.filter(({ endMs }) => endMs < beganMs)),
    failureWindowMs:
      failed.length === 0
        ? 0
        : Math.max(...failed.map(({ endMs }) => endMs)) - Math.min(...failed.map(({ startMs }) => startMs)),
    firstNewMs: firstNew === undefined ? null : firstNew.endMs - beganMs,
  };
}

function isGood({ status, error }: Request): boolean {
  return error === null && status === 200;
}

function counted(names: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/**
 * When is the repository looked at next? Cron expression in UTC, some jitter, and longer pauses while the remote is down.
 * node-cron says which times an expression means; the waiting is done here, because its runner stops for good when the wall clock
 * is set back, and walks every missed time when it jumps ahead. Knows nothing of passes: it only says that one is due.
 */
import { createTask, type ScheduledTask, validateDetailed } from 'node-cron';
import { backoffMs, shorten } from '../lib/index.js';

export interface Schedule {
  /** Begins; the first poll is due at the next time of the expression. Started twice is started once. */
  start(): void;
  /** Nothing is due any more, no timer is left. */
  stop(): void;
  /** The remote did not answer: the next poll comes later each time. Returns the ms until then. */
  remoteFailed(): number;
  /** The remote answered: back to the plain rhythm. */
  remoteAnswered(): void;
}

/** Most that chance may add, ms: enough to keep many hosts from knocking in step, too little to be waited for. */
const maxJitterMs = 5_000;
/** Longest pause while the remote is down, ms (a rarer expression keeps its own pace). */
const maxBackoffMs = 300_000;
/** The wall clock is looked at again at least this often, ms: it may have been set meanwhile. */
const longestWaitMs = 30_000;
/** Rarest expression that is allowed: once a day. Ms. */
const rarestMs = 24 * 3_600_000;

/**
 * Calls `onDue` at the times of the cron expression (5 or 6 fields, UTC), each late by a jitter. One plain timer is open between
 * `start` and `stop`. `onDue` must not throw.
 * `random`: [0, 1). Throws a plain Error for an expression that `pollProblem` names.
 */
export function createSchedule(options: {
  readonly poll: string;
  readonly random: () => number;
  readonly onDue: () => void;
}): Schedule {
  const problem = pollProblem(options.poll);
  if (problem !== null) throw new Error(`internal error: poll expression: ${problem}`);
  const runs = runsOf(taskOf(options.poll));
  let timer: NodeJS.Timeout | null = null;
  let running = false;
  let failures = 0;
  /** Wall time that the next poll waits for, and the jitter that comes on top. */
  let target = 0;
  let jitter = 0;
  /** Monotonic time before which no poll is due. */
  let notBefore = 0;

  function plan(): void {
    const [next, after] = runs(2);
    target = next ?? Date.now() + rarestMs;
    jitter = jitterMs((after ?? target) - target, options.random());
    wait();
  }

  function wait(): void {
    if (timer !== null) clearTimeout(timer);
    const delay = Math.max(target + jitter - Date.now(), notBefore - performance.now(), 0);
    timer = setTimeout(wake, Math.min(delay, longestWaitMs));
  }

  function wake(): void {
    timer = null;
    if (!running) return;
    const now = Date.now();
    if (performance.now() < notBefore || now < target + jitter) {
      // Set back: the time waited for may be years ahead now. Asked again, node-cron answers from the clock as it is.
      const next = runs(1)[0];
      if (next !== undefined && next < target) target = next;
      wait();
      return;
    }
    plan();
    options.onDue();
  }

  return {
    start() {
      if (running) return;
      running = true;
      plan();
    },
    stop() {
      running = false;
      if (timer !== null) clearTimeout(timer);
      timer = null;
    },
    remoteFailed() {
      const [next, after] = runs(2);
      const interval = next === undefined || after === undefined ? rarestMs : after - next;
      const pause = retryDelayMs(failures, interval, options.random());
      failures += 1;
      notBefore = performance.now() + pause;
      if (running) wait();
      return Math.round(Math.max(target + jitter - Date.now(), pause));
    },
    remoteAnswered() {
      failures = 0;
      notBefore = 0;
    },
  };
}

/** Jitter for an interval (ms): up to half of it and at most 5 s. `random` in [0, 1). */
export function jitterMs(intervalMs: number, random: number): number {
  return Math.floor(random * Math.min(intervalMs / 2, maxJitterMs));
}

/** Pause after the `failures`-th failure in a row (from 0): doubles from the interval, at most 5 minutes or the interval. Ms. */
export function retryDelayMs(failures: number, intervalMs: number, random: number): number {
  return backoffMs(failures, Math.max(1_000, intervalMs), Math.max(maxBackoffMs, intervalMs), random);
}

/**
 * What is wrong with a poll expression of host.yaml, as the end of a sentence, or null. Right are 5 or 6 cron fields in UTC
 * that name a time at least once a day; cron knows no times less than a second apart.
 */
export function pollProblem(expression: string): string | null {
  if (/^\s*@/.test(expression)) return 'nicknames such as @hourly are not supported';
  const checked = validateDetailed(expression);
  if (!checked.valid) return shorten(checked.errors[0]?.message ?? 'not a cron expression', 80);
  const task = taskOf(expression);
  const times = runsOf(task)(8);
  void task.destroy();
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? time));
  if (gaps.some((gap) => gap > rarestMs)) return 'it must name a time at least once a day';
  return null;
}

/** A task that is never started: it only answers. Without the explicit zone it would skip or repeat an hour twice a year. */
function taskOf(expression: string): ScheduledTask {
  return createTask(expression, () => {}, { timezone: 'Etc/UTC' });
}

/** The next `count` times of the task after now, ms since the epoch. */
function runsOf(task: ScheduledTask): (count: number) => readonly number[] {
  return (count) => task.getNextRuns(count).map((date) => date.getTime());
}

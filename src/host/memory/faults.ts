/**
 * Faults by name: the n-th call of an operation fails, or the agent dies before, in the middle of or after it. A life that died stays dead: whatever of it still runs
 * gets `Crash` at its next call, as a killed process does nothing more. Must know nothing of what the operations do.
 */
import { setMaxListeners } from 'node:events';
import { RackError } from '../../model/index.js';

/** The agent was killed. Not an error of the host: tests start a new life with `world.restart()`. */
export class Crash extends Error {
  constructor(where: string) {
    super(`the agent was killed ${where}`);
    this.name = 'Crash';
  }
}

export type CrashMoment = 'before' | 'middle' | 'after';

interface Rule {
  /** `mounts.mountTree`, or `mountTree` for the method of any port. */
  readonly operation: string;
  /** Calls until it strikes: 1 is the next. */
  left: number;
  readonly strike:
    | { readonly kind: 'fail'; readonly error: Error }
    | { readonly kind: 'crash'; readonly moment: CrashMoment };
}

/** Calls that only look: left out of the trace, because dying there is dying before the next act. */
const looking = new Set([
  'observe',
  'holders',
  'list',
  'sizeBytes',
  'lastOutput',
  'probe',
  'isFull',
  'isTorn',
  'bigFiles',
  'changedFiles',
]);

/** Rules and counts of a whole world, over all lives. */
export class Faults {
  #rules: Rule[] = [];
  readonly #calls = new Map<string, number>();
  readonly #trace: string[] = [];

  failOn(operation: string, nth: number, error?: Error): void {
    const injected = error ?? new RackError('E_INTERNAL', `injected failure of ${operation}`);
    this.#rules.push({ operation, left: nth, strike: { kind: 'fail', error: injected } });
  }

  crashOn(operation: string, nth: number, moment: CrashMoment): void {
    this.#rules.push({ operation, left: nth, strike: { kind: 'crash', moment } });
  }

  clear(): void {
    this.#rules = [];
  }

  calls(operation: string): number {
    return this.#calls.get(operation) ?? 0;
  }

  /** Acting calls so far, qualified, in order; the caller may empty it. */
  get trace(): string[] {
    return this.#trace;
  }

  /** Counts the call; the strike that is due for it, if any. */
  next(operation: string): Rule['strike'] | null {
    const method = operation.slice(operation.indexOf('.') + 1);
    this.#calls.set(operation, (this.#calls.get(operation) ?? 0) + 1);
    if (!looking.has(method)) this.#trace.push(operation);
    let strike: Rule['strike'] | null = null;
    for (const rule of this.#rules) {
      if (rule.operation !== operation && rule.operation !== method) continue;
      rule.left--;
      if (rule.left === 0) strike ??= rule.strike;
    }
    this.#rules = this.#rules.filter((rule) => rule.left > 0);
    return strike;
  }
}

/** One life of the agent, from start to kill. */
export class Life {
  readonly #faults: Faults;
  readonly #killed = new AbortController();
  /** Operations that must die in their middle, while they run. */
  readonly #dieInMiddle = new Set<string>();
  /** Guarded calls of others (the real store) that have not returned. */
  #busy = 0;

  constructor(faults: Faults) {
    this.#faults = faults;
    // Every sleeper listens to it.
    setMaxListeners(0, this.#killed.signal);
  }

  /** Aborted with a `Crash` when the agent is killed. */
  get signal(): AbortSignal {
    return this.#killed.signal;
  }

  get busy(): boolean {
    return this.#busy > 0;
  }

  kill(where: string): Crash {
    const crash = new Crash(where);
    if (!this.#killed.signal.aborted) this.#killed.abort(crash);
    return crash;
  }

  throwIfDead(): void {
    this.#killed.signal.throwIfAborted();
  }

  /** For operations with a state half-way: dies here when that was asked for. */
  readonly middle = (operation: string): void => {
    if (this.#dieInMiddle.delete(operation)) throw this.kill(`in the middle of ${operation}`);
  };

  async run<T>(operation: string, act: () => T | Promise<T>): Promise<T> {
    this.throwIfDead();
    const strike = this.#faults.next(operation);
    if (strike?.kind === 'fail') throw strike.error;
    if (strike?.moment === 'before') throw this.kill(`before ${operation}`);
    if (strike?.moment === 'middle') this.#dieInMiddle.add(operation);
    const result = await act();
    if (strike !== null) {
      // An operation without a state half-way is done or not: its middle is its end.
      this.#dieInMiddle.delete(operation);
      throw this.kill(`after ${operation}`);
    }
    this.throwIfDead();
    return result;
  }

  /**
   * The same object with every method counted and open to faults as `name.method`. Its methods must be async. `external`: it does real input or output,
   * during which virtual time stands still.
   */
  guard<T extends object>(name: string, target: T, external = false): T {
    return new Proxy(target, {
      get: (object, property) => {
        const value: unknown = Reflect.get(object, property, object);
        if (typeof value !== 'function' || typeof property !== 'string') return value;
        return async (...args: unknown[]): Promise<unknown> => {
          if (external) this.#busy++;
          try {
            return await this.run(`${name}.${property}`, () => Reflect.apply(value, object, args));
          } finally {
            if (external) this.#busy--;
          }
        };
      },
    });
  }
}

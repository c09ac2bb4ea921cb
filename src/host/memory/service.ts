/**
 * One service of the imagined machine: starts, ends by its script, is restarted with backoff as the keeper does it. Time moves it only when it is
 * looked at. Must never look at anything but its own values.
 */
import { backoffMs } from '../../lib/index.js';
import type { ObservedService, ServiceSpec } from '../../model/index.js';
import type { Behaviour } from './state.js';

/** Up so long, the backoff starts again from its first delay. */
const recoveredAfterMs = 60_000;
/** Exits worked through at one look; beyond that a leap of the clock only counts once. */
const exitsPerLook = 1_000;
const outputLines = 200;

export class MemoryService {
  readonly spec: ServiceSpec;
  readonly imageSha256: string;
  readonly output: string[] = [];
  readonly #script: () => Behaviour;
  #behaviour: Behaviour;
  readonly #newPid: () => number;
  pid: number | null = null;
  state: ObservedService['state'] = 'starting';
  startError: string | null = null;
  #restarts = 0;
  #failures = 0;
  #startedAt: number | null = null;
  #lastExit: ObservedService['lastExit'] = null;
  #exitAt: number | null = null;
  #restartAt: number | null = null;

  constructor(spec: ServiceSpec, imageSha256: string, script: () => Behaviour, newPid: () => number) {
    this.spec = spec;
    this.imageSha256 = imageSha256;
    this.#script = script;
    this.#behaviour = script();
    this.#newPid = newPid;
  }

  get behaviour(): Behaviour {
    return this.#behaviour;
  }

  /** When time will change it; null: never by itself. */
  get changesAt(): number | null {
    return this.pid === null ? this.#restartAt : this.#exitAt;
  }

  /** Every start reads the script anew, so that a test can change it for the next restart. */
  launch(now: number): void {
    this.#behaviour = this.#script();
    this.pid = this.#newPid();
    this.state = 'running';
    this.startError = null;
    this.#startedAt = now;
    this.#restartAt = null;
    const { kind } = this.#behaviour;
    this.#exitAt = kind === 'exits' || kind === 'dies during bake' ? now + this.#behaviour.afterMs : null;
    this.#note(now, `started: pid ${this.pid}`);
  }

  /** Works off what was due until `now`. */
  look(now: number): void {
    for (let exits = 0; exits < exitsPerLook; exits++) {
      const at = this.changesAt;
      if (at === null || at > now) return;
      if (this.pid === null) this.launch(at);
      else this.exit(at, this.#behaviour.kind === 'exits' ? this.#behaviour.code : 1, null);
    }
    if (this.pid !== null) this.#exitAt = now + 1;
    else this.#restartAt = now + 1;
  }

  /** It ended, and not because it was told to: the restart policy decides what comes. */
  exit(at: number, code: number | null, signal: string | null): void {
    if (this.pid === null) return;
    const { policy, delayMs, maxDelayMs } = this.spec.restart;
    const upMs = at - (this.#startedAt ?? at);
    this.pid = null;
    this.#exitAt = null;
    this.#lastExit = { code, signal, at };
    this.#note(at, signal === null ? `exited with code ${code}` : `killed by ${signal}`);
    if (policy === 'never' || (policy === 'on-failure' && code === 0)) {
      this.state = code === 0 ? 'stopped' : 'failed';
      return;
    }
    if (upMs >= recoveredAfterMs) this.#failures = 0;
    this.#restarts++;
    this.state = 'starting';
    this.#restartAt = at + backoffMs(this.#failures++, delayMs, maxDelayMs);
  }

  fail(now: number, message: string): void {
    this.pid = null;
    this.state = 'failed';
    this.startError = message;
    this.#note(now, message);
  }

  /** Null while it is healthy, else what a probe would be told. */
  ailment(now: number): string | null {
    if (this.pid === null) return 'connection refused';
    const upMs = now - (this.#startedAt ?? now);
    const behaviour = this.#behaviour;
    if (behaviour.kind === 'unhealthy') return behaviour.message ?? 'HTTP 500, want 200';
    if (behaviour.kind === 'sickens' && upMs >= behaviour.afterMs) return 'HTTP 500, want 200';
    if (behaviour.kind === 'runs' && upMs < (behaviour.healthyAfterMs ?? 0)) return 'connection refused';
    return null;
  }

  observe(): ObservedService {
    const { rack, service, generation, runDigest } = this.spec;
    return {
      rack,
      service,
      generation,
      runDigest,
      state: this.state,
      pid: this.pid,
      restarts: this.#restarts,
      startedAt: this.#startedAt,
      lastExit: this.#lastExit,
      startError: this.startError,
    };
  }

  #note(at: number, text: string): void {
    this.output.push(`${new Date(at).toISOString()} ${text}`);
    if (this.output.length > outputLines) this.output.shift();
  }
}

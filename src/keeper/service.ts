/**
 * One service's life in the keeper: started, restarted with backoff, stopped until its cgroup is empty. All changes go through one queue, so that a
 * stop never meets a start in its middle. Must never end a process outside the container's own cgroup.
 */
import { closeSync } from 'node:fs';
import { isCgroupEmpty, killCgroup, pipe, removeCgroup } from '../kernel/index.js';
import { backoffMs, errorMessage } from '../lib/index.js';
import {
  containerPrefix,
  type KeptService,
  RackError,
  type ServiceSpec,
  type StopResult,
  type StopSpec,
} from '../model/index.js';
import type { Children, ExitStatus } from './children.js';
import { Downtime } from './downtime.js';
import { type Container, endContainer, inTime, killDeadlineMs } from './end-container.js';
import { limited } from './limited.js';
import { ServiceOutput } from './output.js';
import type { Runtime } from './runtime.js';

/** A service that stayed up this long has recovered: its next exit is met with the first delay again. */
const recoveredAfterMs = 60_000;
/** What was written before the end is in the pipe; a stranger that holds its other end is not waited for. */
const outputDeadlineMs = 1_000;

export interface ServiceDeps {
  readonly runtime: Runtime;
  readonly children: Children;
  /** Cgroup under which containers are, without a slash in front. */
  readonly cgroupRoot: string;
  /** Descriptors of the service's addresses, in order; opened anew where they were closed. Error: E_ADDRESS_IN_USE. */
  readonly sockets: (spec: ServiceSpec) => readonly number[];
  /** Held sockets have the options of the service again, whatever it did to them. */
  readonly adjustSockets: (spec: ServiceSpec) => void;
  readonly closeSockets: (spec: ServiceSpec) => void;
}

type State = KeptService['state'];

let launches = 0;

export class Service {
  readonly #deps: ServiceDeps;
  readonly #output: ServiceOutput;
  readonly #queue = limited(1);
  readonly #downtime: Downtime;
  #spec: ServiceSpec;
  #state: State = 'starting';
  #container: Container | null = null;
  #restarts = 0;
  /** Exits in a row without having recovered: what the backoff counts. */
  #failures = 0;
  #startedAt: number | null = null;
  #lastExit: KeptService['lastExit'] = null;
  #startError: string | null = null;
  #timer: NodeJS.Timeout | null = null;
  #stopping = false;
  /** Requests that are under way or wait for their turn. */
  #pending = 0;

  constructor(deps: ServiceDeps, spec: ServiceSpec) {
    this.#deps = deps;
    this.#spec = spec;
    this.#output = new ServiceOutput(spec.log);
    this.#downtime = new Downtime(() => {
      if (this.#container !== null || this.#stopping) return;
      deps.closeSockets(this.#spec);
      this.#output.note('down for too long: its sockets are closed until it starts');
    });
  }

  /** Stopped, and nobody is about to start it again: it can be forgotten. */
  get isOver(): boolean {
    return this.#stopping && this.#container === null && this.#pending === 0;
  }

  observe(): KeptService {
    const { rack, service, generation, runDigest } = this.#spec;
    return {
      rack,
      service,
      generation,
      runDigest,
      state: this.#state,
      pid: this.#container?.pid ?? null,
      restarts: this.#restarts,
      startedAt: this.#startedAt,
      lastExit: this.#lastExit,
      startError: this.#startError,
      container: this.#container?.id ?? null,
    };
  }

  /**
   * Runs as specified; left alone when it already does, or is about to be restarted as such. Error: E_START, when it cannot be started (it is `failed`
   * then and not tried again by itself) or when it runs as something else.
   */
  async start(spec: ServiceSpec): Promise<void> {
    await this.#request(async () => {
      const same = spec.generation === this.#spec.generation && spec.runDigest === this.#spec.runDigest;
      if (this.#container !== null) {
        if (same) return;
        throw new RackError(
          'E_START',
          `cannot start service "${spec.service}": it still runs as generation ${this.#spec.generation}`,
          { blame: 'agent', rack: spec.rack },
        );
      }
      if (same && this.#timer !== null) return;
      this.#clearTimer();
      this.#stopping = false;
      this.#spec = spec;
      this.#restarts = 0;
      this.#failures = 0;
      this.#lastExit = null;
      try {
        await this.#launch();
      } catch (error) {
        this.#state = 'failed';
        this.#downtime.begin(spec.closeSocketsAfterMs);
        throw error;
      }
    });
  }

  /** Its cgroup is empty and it is not started again. Error: E_STOP naming what is left; it can be tried again. */
  async stop(spec: StopSpec): Promise<StopResult> {
    const begin = performance.now();
    this.#stopping = true;
    this.#clearTimer();
    return await this.#request(async () => {
      this.#stopping = true;
      this.#clearTimer();
      this.#downtime.end();
      this.#adjustSockets();
      const how =
        this.#container === null
          ? 'absent'
          : await endContainer(this.#container, this.#cgroup(this.#container.id), this.#spec, spec);
      this.#state = 'stopped';
      const durationMs = Math.round(performance.now() - begin);
      if (how !== 'absent') this.#output.note(`stopped: ${how} after ${durationMs}ms`);
      await this.#output.close();
      return { how, durationMs };
    });
  }

  async #request<T>(task: () => Promise<T>): Promise<T> {
    this.#pending++;
    try {
      return await this.#queue(task);
    } finally {
      this.#pending--;
    }
  }

  async #launch(): Promise<void> {
    const spec = this.#spec;
    this.#state = 'starting';
    const id = `${containerPrefix(spec.rack, spec.service)}${Date.now().toString(36)}${(launches++).toString(36)}`;
    const out = pipe();
    const err = pipe();
    const followed = [this.#output.follow(out.read, 'out'), this.#output.follow(err.read, 'err')];
    let pid: number;
    try {
      pid = await this.#deps.runtime.start({
        rack: spec.rack,
        service: spec.service,
        bundle: spec.bundle,
        id,
        cgroup: `/${this.#cgroup(id)}`,
        stdout: out.write,
        stderr: err.write,
        handed: this.#deps.sockets(spec),
      });
    } catch (error) {
      this.#startError = error instanceof Error ? error.message : String(error);
      this.#output.note(this.#startError);
      throw error;
    } finally {
      closeSync(out.write);
      closeSync(err.write);
    }
    this.#startError = null;
    this.#startedAt = Date.now();
    this.#output.note(`started: pid ${pid}`);
    const exit = this.#deps.children.exit(pid);
    // By a clock that nobody sets: how long it was up decides about the backoff.
    const begin = performance.now();
    const ended = exit.then(async (status) => {
      await this.#onExit(id, status, performance.now() - begin, followed);
    });
    this.#container = { id, pid, ended };
    this.#state = 'running';
  }

  async #onExit(
    id: string,
    status: ExitStatus,
    upMs: number,
    followed: readonly { readonly ended: Promise<void>; readonly stop: () => void }[],
  ): Promise<void> {
    const at = Date.now();
    const cgroup = this.#cgroup(id);
    // With PID 1 its namespace has ended; this only meets what was put into the cgroup from outside.
    if (!isCgroupEmpty(cgroup)) await killCgroup(cgroup, killDeadlineMs);
    await inTime(Promise.all(followed.map(({ ended }) => ended)), outputDeadlineMs);
    for (const { stop } of followed) stop();
    this.#lastExit = { ...status, at };
    this.#container = null;
    this.#adjustSockets();
    this.#output.note(exitText(status));
    // Nobody waits for the runtime to forget it: a new start has an id and a cgroup of its own.
    void this.#deps.runtime.forget(id).then(() => removeCgroup(cgroup));
    if (this.#stopping) return;
    if (upMs >= recoveredAfterMs) this.#downtime.end();
    this.#downtime.begin(this.#spec.closeSocketsAfterMs);
    this.#planRestart(status, upMs);
  }

  #planRestart(status: ExitStatus, upMs: number): void {
    const { policy } = this.#spec.restart;
    const clean = status.code === 0;
    if (policy === 'never' || (policy === 'on-failure' && clean)) {
      this.#state = clean ? 'stopped' : 'failed';
      return;
    }
    if (upMs >= recoveredAfterMs) this.#failures = 0;
    // Counted when it is decided: whoever watches a rollout need not wait for the delay to see that it ended.
    this.#restarts++;
    this.#restartLater();
  }

  #restartLater(): void {
    const { delayMs, maxDelayMs } = this.#spec.restart;
    const waitMs = backoffMs(this.#failures++, delayMs, maxDelayMs);
    this.#state = 'starting';
    this.#output.note(`restart in ${waitMs}ms`);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.#queue(async () => {
        if (this.#stopping || this.#container !== null) return;
        await this.#launch().catch(() => {
          // The reason is in `startError` and in the log. What kept it from starting may pass: a full disk, a missing mount.
          if (!this.#stopping) this.#restartLater();
        });
      });
    }, waitMs);
  }

  /** From here on nobody accepts: visitors wait in the backlog. Best effort, nothing must keep a service from being stopped. */
  #adjustSockets(): void {
    try {
      this.#deps.adjustSockets(this.#spec);
    } catch (error) {
      this.#output.note(`its sockets keep their options: ${errorMessage(error)}`);
    }
  }

  #clearTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #cgroup(id: string): string {
    return `${this.#deps.cgroupRoot}/${id}`;
  }
}

function exitText({ code, signal }: ExitStatus): string {
  if (signal !== null) return `ended: by ${signal}`;
  return code === null ? 'ended' : `ended: exit code ${code}`;
}

/**
 * Runs the OCI runtime: one container's start, and its deletion afterwards. Every call has a deadline and leaves no runtime process behind.
 * Must never hand the runtime a descriptor beyond those it is told to.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { errorMessage } from '../lib/index.js';
import { type OciRuntime, RackError, runtimeReason } from '../model/index.js';
import { bindSourceProblem } from './bind-sources.js';
import type { Children } from './children.js';
import { limited } from './limited.js';
import { deleteArguments, runArguments } from './runtime-command.js';
import { RuntimeProgram } from './runtime-program.js';

/** A start takes some 30 ms; a minute means that something below (a network file system) hangs. */
const startDeadlineMs = 60_000;
const deleteDeadlineMs = 30_000;
/** Runtime processes at a time: more than a few only take the processors from the services that start. */
const startsAtOnce = 4;

export interface RuntimeDirectories {
  /** The runtime's state. */
  readonly root: string;
  /** One directory per container. */
  readonly containers: string;
}

export interface ContainerStart {
  readonly rack: string;
  readonly service: string;
  /** Directory with the `config.json` to start from. */
  readonly bundle: string;
  readonly id: string;
  /** Absolute cgroup path of the container. */
  readonly cgroup: string;
  readonly stdout: number;
  readonly stderr: number;
  /** Become 3, 4 … in the container. */
  readonly handed: readonly number[];
}

export class Runtime {
  readonly #name: string;
  readonly #program: RuntimeProgram;
  readonly #directories: RuntimeDirectories;
  readonly #children: Children;
  readonly #limited = limited(startsAtOnce);
  /** Deletions go one after the other: nobody waits for them. */
  readonly #limitedDeletes = limited(1);

  constructor(runtime: OciRuntime, directories: RuntimeDirectories, children: Children) {
    this.#name = path.basename(runtime.path);
    this.#program = new RuntimeProgram(runtime);
    this.#children = children;
    this.#directories = directories;
  }

  /** Starts the container; resolves to its pid on the host. Error: E_START with the runtime's reason; then nothing of it is left. */
  async start(start: ContainerStart): Promise<number> {
    return await this.#limited(async () => {
      try {
        return await this.#start(start);
      } catch (error) {
        await this.delete(start.id);
        throw error;
      }
    });
  }

  async #start(start: ContainerStart): Promise<number> {
    const directory = path.join(this.#directories.containers, start.id);
    const log = path.join(directory, 'runtime.log');
    const pidFile = path.join(directory, 'pid');
    const config = readBundle(start);
    const problem = await bindSourceProblem(config);
    if (problem !== null) throw startError(start, problem);
    writeBundle(start, directory, config);
    const args = runArguments({
      root: this.#directories.root,
      log,
      bundle: directory,
      pidFile,
      fds: start.handed.length,
      id: start.id,
    });
    const stdio = ['ignore' as const, start.stdout, start.stderr, ...start.handed];
    const end = await this.#runToEnd(args, stdio, startDeadlineMs);
    if (end.failure !== null) {
      const reason = runtimeReason(readText(log));
      throw startError(start, reason ?? `${this.#name} ${end.failure}`);
    }
    const pid = Number(readText(pidFile).trim());
    if (!Number.isInteger(pid) || pid <= 1) throw startError(start, 'the runtime gave no pid');
    return pid;
  }

  /** Every deletion asked for so far has been done. */
  async settled(): Promise<void> {
    await this.#limitedDeletes(async () => {});
  }

  /**
   * The runtime forgets a container that has ended, whose cgroup is empty: there is nothing left that only the runtime could do, so it is not started for this, least of all
   * while the next version starts. Never throws: what is left is swept by the next keeper.
   */
  async forget(id: string): Promise<void> {
    await this.#limitedDeletes(() => this.#removeState(id));
  }

  /** The container, whatever of it runs, and its directory are gone. Never throws, as above. */
  async delete(id: string): Promise<void> {
    await this.#limitedDeletes(async () => {
      const args = deleteArguments(this.#directories.root, id);
      await this.#runToEnd(args, ['ignore', 'ignore', 'ignore'], deleteDeadlineMs);
      await this.#removeState(id);
    });
  }

  /** Runs the runtime to its end or the deadline. `failure` says how it went wrong, null when well. */
  async #runToEnd(
    args: readonly string[],
    stdio: readonly (number | 'ignore')[],
    deadlineMs: number,
  ): Promise<{ readonly failure: string | null }> {
    let pid: number;
    try {
      pid = this.#program.start(args, stdio);
    } catch (error) {
      return { failure: `could not be run: ${errorMessage(error)}` };
    }
    // The pid is nobody else's until its end is known.
    const deadline = setTimeout(() => process.kill(pid, 'SIGKILL'), deadlineMs);
    const { code, signal } = await this.#children.exit(pid);
    clearTimeout(deadline);
    if (code === 0) return { failure: null };
    if (signal === null) return { failure: `failed with exit code ${code}` };
    return { failure: `was ended by ${signal} (deadline ${deadlineMs / 1_000}s)` };
  }

  async #removeState(id: string): Promise<void> {
    for (const directory of Object.values(this.#directories)) {
      await rm(path.join(directory, id), { recursive: true, force: true }).catch(() => {});
    }
  }
}

/** At once, as all that is read and written for a start: visitors wait for it, and these are small files in the run directory. */
function readBundle(start: ContainerStart): object {
  try {
    const config: unknown = JSON.parse(readFileSync(path.join(start.bundle, 'config.json'), 'utf8'));
    if (config === null || typeof config !== 'object') throw new Error('config.json is no object');
    return config;
  } catch (error) {
    throw startError(start, `cannot read its bundle "${start.bundle}"`, error);
  }
}

/** Empty when it is not there. */
function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** The same bundle serves every start; only the cgroup is the container's own, so that a start never waits for an old one's end. */
function writeBundle(start: ContainerStart, directory: string, config: object): void {
  const linux =
    'linux' in config && config.linux !== null && typeof config.linux === 'object' ? config.linux : {};
  const own = { ...config, linux: { ...linux, cgroupsPath: start.cgroup } };
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    writeFileSync(path.join(directory, 'config.json'), JSON.stringify(own), { mode: 0o600 });
  } catch (error) {
    throw startError(start, `cannot write its bundle "${directory}"`, error);
  }
}

function startError(start: ContainerStart, reason: string, cause?: unknown): RackError {
  return new RackError('E_START', `cannot start service "${start.service}": ${reason}`, {
    blame: 'definition',
    rack: start.rack,
    cause,
  });
}

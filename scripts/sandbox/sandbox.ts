/**
 * A host in a directory: its own root, state and run directories, its own host.yaml and its own Git repository. What the demo and the tests run rackops on.
 * Never uses /racks, /var/lib/rackops or /run/rackops. `dispose` ends everything that is in it and says what had not ended by itself.
 */
import { copyFileSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import type { BuiltImage } from '../images/index.js';
import { AgentProcess, type ProgramOptions, type ProgramResult, runProgram } from './program.js';
import { type Changes, TestRepository } from './repository.js';
import { removeDirectory, sweep, waitUntilNothingLeft } from './sweep.js';

export interface SandboxOptions {
  /** Host path; must not exist or be empty. */
  readonly directory: string;
  /** Merged over the defaults of host.yaml, one level deep. */
  readonly host?: Readonly<Record<string, unknown>>;
}

export class Sandbox {
  readonly directory: string;
  /** Host path of host.yaml. */
  readonly config: string;
  readonly root: string;
  readonly state: string;
  readonly run: string;
  readonly repository: TestRepository;
  private readonly logFile: string;
  private readonly agents: AgentProcess[] = [];

  constructor(options: SandboxOptions) {
    this.directory = options.directory;
    this.config = join(options.directory, 'host.yaml');
    this.root = join(options.directory, 'racks');
    this.state = join(options.directory, 'state');
    this.run = join(options.directory, 'run');
    this.logFile = join(options.directory, 'agent.log');
    mkdirSync(join(this.root, 'iso'), { recursive: true, mode: 0o755 });
    this.repository = TestRepository.create(options.directory);
    this.writeHost(options.host ?? {});
  }

  /** Writes host.yaml anew: the defaults of a sandbox with `overrides` over them, one level deep. */
  writeHost(overrides: Readonly<Record<string, unknown>>): void {
    const defaults: Record<string, unknown> = {
      apiVersion: 'rackops/v1',
      kind: 'Host',
      name: 'sandbox',
      repository: { url: this.repository.bare, poll: '* * * * * *' },
      root: this.root,
      state: this.state,
      run: this.run,
      allow: { mounts: [join(this.directory, 'share')], secrets: [join(this.directory, 'secrets')] },
    };
    for (const [key, value] of Object.entries(overrides)) {
      const before = defaults[key];
      defaults[key] = isRecord(before) && isRecord(value) ? { ...before, ...value } : value;
    }
    writeFileSync(this.config, stringify(defaults), { mode: 0o600 });
  }

  /** The image is in `iso/`; returns what a definition says about it. */
  putImage(image: BuiltImage): { file: string; sha256: string } {
    const target = join(this.root, 'iso', image.file);
    rmSync(target, { force: true });
    try {
      linkSync(image.path, target);
    } catch {
      // Another file system than the cache.
      copyFileSync(image.path, target);
    }
    return { file: image.file, sha256: image.sha256 };
  }

  commit(changes: Changes, message: string): string {
    return this.repository.commit(changes, message);
  }

  rackops(args: readonly string[], options: Omit<ProgramOptions, 'config'> = {}): Promise<ProgramResult> {
    return runProgram(args, { ...options, config: this.config });
  }

  startAgent(env: Readonly<Record<string, string>> = {}): AgentProcess {
    const agent = AgentProcess.start(this.config, this.logFile, env);
    this.agents.push(agent);
    return agent;
  }

  /** Resolves when an agent answers at its door: from then on the command line asks it, and does nothing itself. Throws when none does. */
  async agentAnswers(timeoutMs = 20_000): Promise<void> {
    const door = join(this.run, 'agent.sock');
    const deadline = Date.now() + timeoutMs;
    while (!(await isOpen(door))) {
      if (Date.now() >= deadline)
        throw new Error(`no agent answers after ${timeoutMs} ms:\n${this.agentLog().slice(-2_000)}`);
      await sleep(50);
    }
  }

  /** What the agents of this sandbox printed so far. */
  agentLog(): string {
    return this.agents.length === 0 ? '' : readFileSync(this.logFile, 'utf8');
  }

  /** The agents go on after this process has ended. */
  letGo(): void {
    for (const agent of this.agents) agent.letGo();
  }

  async stopAgents(): Promise<void> {
    await Promise.all(this.agents.map((agent) => agent.stop()));
  }

  /** Removes every rack the way an administrator would: a commit with the allowance, a sync, a purge of the data. Returns what did not go well. */
  async removeRacks(): Promise<string[]> {
    this.commit({ racks: null }, 'remove all racks\n\nRackops-Allow-Prune: 1000');
    const sync = await this.rackops(['sync'], { json: true });
    if (sync.exitCode !== 0)
      return [`sync that removes all racks ended with ${sync.exitCode}: ${sync.stderr}`];
    const status = await this.rackops(['status'], { json: true });
    const complaints: string[] = [];
    for (const name of retained(status.json)) {
      const purge = await this.rackops(['purge', name]);
      if (purge.exitCode !== 0)
        complaints.push(`purge ${name} ended with ${purge.exitCode}: ${purge.stderr}`);
    }
    return complaints;
  }

  /** What is still there `timeoutMs` after everything should be gone. */
  left(timeoutMs: number): Promise<string[]> {
    return waitUntilNothingLeft(this.directory, [this.run], timeoutMs);
  }

  /** Everything is ended by force and the directory is gone. Returns what had to be ended. */
  async destroy(): Promise<string[]> {
    for (const agent of this.agents) if (agent.isRunning) await agent.stop('SIGKILL');
    const swept = await sweep(this.directory, [this.run]);
    removeDirectory(this.directory);
    return swept;
  }
}

/** A killed agent leaves the file: only a connection tells. */
function isOpen(socketFile: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketFile, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

function retained(status: unknown): string[] {
  if (!isRecord(status) || !Array.isArray(status.retainedData)) return [];
  return status.retainedData.flatMap((item: unknown) =>
    isRecord(item) && typeof item.name === 'string' ? [item.name] : [],
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

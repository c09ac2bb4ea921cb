/**
 * The supervisor port over the embedded keeper. Reading starts nothing; acting starts a keeper when there is none. Without a keeper the kernel's cgroups say
 * what still runs, and stopping works on them. Must never treat a keeper that does not answer as absent.
 */
import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type HostPath,
  hasCode,
  type KeeperHello,
  type KeeperKind,
  type KeeperKinds,
  type KeptService,
  keeperPaths,
  keeperProtocol,
  type Layout,
  type ListenAddress,
  type ObservedSupervisor,
  type OciRuntime,
  RackError,
} from '../../model/index.js';
import type { Supervisor } from '../ports.js';
import { killOrphans, racksWithProcesses } from './cgroups.js';
import { askKeeper, KeeperAbsent } from './keeper-connection.js';
import { spawnKeeper } from './keeper-spawn.js';
import { lastLines } from './logs.js';
import { checkSocketDirectories } from './socket-directories.js';

/** A living keeper answers in a millisecond; seconds mean that the machine or the keeper is stuck. */
const answerDeadlineMs = 3_000;
/** A new keeper first kills what an earlier one left. */
const startDeadlineMs = 30_000;
/** The runtime's own deadline in the keeper is 60 s. */
const launchDeadlineMs = 90_000;
/** On top of a service's stop timeout: kill, wait, reap. */
const stopSlackMs = 15_000;

export interface KeeperSupervisorOptions {
  readonly layout: Layout;
  /** Asked for only when a keeper is started. */
  readonly runtime: () => Promise<OciRuntime>;
  /** The bundled keeper, `dist/keeper.js`. */
  readonly keeperProgram: HostPath;
  /** `allow.mounts` of host.yaml: where unix sockets may be. */
  readonly allowedMounts: readonly HostPath[];
}

/** The port, and what `exec` and probes need besides. */
export interface KeeperSupervisor extends Supervisor {
  /** The keeper's services with their containers' ids; null when no keeper runs. Error: E_KEEPER. */
  kept(): Promise<readonly KeptService[] | null>;
  /** As `openSockets`, in the network namespace of the file. Error: E_KEEPER also for a keeper that is too old for it. */
  openSocketsIn(rack: string, listen: readonly ListenAddress[], network: HostPath): Promise<void>;
  /** Who keeps; null when nobody does. Error: E_KEEPER. */
  hello(): Promise<KeeperHello | null>;
}

export function createKeeperSupervisor(options: KeeperSupervisorOptions): KeeperSupervisor {
  const { layout } = options;
  const { socket } = keeperPaths(layout);
  let starting: Promise<void> | null = null;

  /** Null when no keeper is there. */
  const askIfThere = async <K extends KeeperKind>(
    kind: K,
    params: KeeperKinds[K]['params'],
    deadlineMs: number,
  ): Promise<KeeperKinds[K]['result'] | null> => {
    try {
      return await askKeeper(socket, kind, params, deadlineMs);
    } catch (error) {
      if (error instanceof KeeperAbsent) return null;
      throw error;
    }
  };

  const ensure = async (): Promise<void> => {
    starting ??= ensureKeeper(options, async () => await askIfThere('hello', {}, answerDeadlineMs)).finally(
      () => {
        starting = null;
      },
    );
    await starting;
  };

  /** Only for requests that may be made twice: a keeper that ends for want of work may do so between two of them. */
  const askSurely = async <K extends KeeperKind>(
    kind: K,
    params: KeeperKinds[K]['params'],
    deadlineMs: number,
  ): Promise<void> => {
    for (let attempt = 0; attempt < 3; attempt++) {
      if ((await askIfThere(kind, params, deadlineMs)) !== null) return;
      await ensure();
    }
    throw new RackError('E_KEEPER', `cannot ask the keeper (${kind}): it ends again and again`, {
      hint: 'see keeper.log in the run directory',
    });
  };

  return {
    observe: async () => await observe(layout, async () => await askIfThere('observe', {}, answerDeadlineMs)),
    ensure,
    openSockets: async (rack, listen) => {
      await checkSocketDirectories(listen, { allowed: options.allowedMounts, layout }, rack);
      await askSurely('openSockets', { rack, listen }, answerDeadlineMs);
    },
    openSocketsIn: async (rack, listen, network) =>
      await askSurely('openSocketsIn', { rack, listen, network }, answerDeadlineMs),
    closeSockets: async (rack, keep) => {
      const addresses = keep.map(({ address }) => address);
      await askIfThere('closeSockets', { rack, keep: addresses }, answerDeadlineMs);
    },
    start: async (spec) => await askSurely('start', { spec }, launchDeadlineMs),
    stop: async (rack, spec) => {
      const begin = performance.now();
      const result = await askIfThere('stop', { rack, spec }, spec.timeoutMs + stopSlackMs);
      if (result !== null) return result;
      const { found, left } = await killOrphans(layout, rack, spec.service);
      if (left.length > 0) {
        throw new RackError(
          'E_STOP',
          `cannot stop service "${spec.service}": pid ${left.join(', ')} did not end after SIGKILL`,
          { rack, hint: 'the kernel holds them, often for a network file system or a bad disk' },
        );
      }
      return { how: found ? 'killed' : 'absent', durationMs: Math.round(performance.now() - begin) };
    },
    lastOutput: async (rack, service, lines) => await lastLines(layout, rack, service, lines),
    kept: async () => (await askIfThere('observe', {}, answerDeadlineMs))?.services ?? null,
    hello: async () => await askIfThere('hello', {}, answerDeadlineMs),
  };
}

async function observe(
  layout: Layout,
  ask: () => Promise<KeeperKinds['observe']['result'] | null>,
): Promise<ObservedSupervisor> {
  try {
    const answer = await ask();
    if (answer !== null) return { state: 'running', ...answer, orphans: [] };
    return { state: 'absent', services: [], sockets: [], orphans: racksWithProcesses(layout) };
  } catch (error) {
    if (!hasCode(error, 'E_KEEPER')) throw error;
    return { state: 'unknown', services: [], sockets: [], orphans: [] };
  }
}

async function ensureKeeper(
  { layout, runtime, keeperProgram }: KeeperSupervisorOptions,
  hello: () => Promise<KeeperHello | null>,
): Promise<void> {
  const running = await hello();
  if (running !== null) return refuseOtherProtocol(running);
  const child = spawnKeeper(layout, { program: keeperProgram, runtime: await runtime() });
  const failure = failureOf(child);
  const deadline = performance.now() + startDeadlineMs;
  for (;;) {
    const answer = await hello();
    if (answer !== null) return refuseOtherProtocol(answer);
    const failed = failure();
    if (failed !== null || performance.now() > deadline) {
      throw new RackError('E_KEEPER', `cannot start the keeper: ${failed ?? 'it does not come up'}`, {
        hint: `see ${keeperPaths(layout).log}`,
      });
    }
    await sleep(10);
  }
}

/** A keeper that ends well found another one: that one will answer. */
function failureOf(child: ChildProcess): () => string | null {
  let failure: string | null = null;
  child.once('error', (error) => {
    failure = error.message;
  });
  child.once('exit', (code, signal) => {
    if (code !== 0)
      failure = signal === null ? `it ended with exit code ${code}` : `it was ended by ${signal}`;
  });
  return () => failure;
}

function refuseOtherProtocol({ protocol, version, pid }: KeeperHello): void {
  if (protocol === keeperProtocol) return;
  throw new RackError('E_KEEPER', `cannot work with the keeper: pid ${pid} is of version "${version}"`, {
    hint: `end it with kill ${pid} when the racks may be restarted: it stops them all, and the next pass starts them under a new keeper`,
  });
}

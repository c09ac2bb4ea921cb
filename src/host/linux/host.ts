/** Puts the Linux adapters together. The only place that knows which of them needs which. */
import { type HostConfig, type HostPath, type Layout, networkOf, RackError } from '../../model/index.js';
import type { Commands, Host } from '../ports.js';
import { createAnswererCheck } from './answerer.js';
import { createBundles } from './bundles.js';
import { rackPids } from './cgroups.js';
import { bootId, realClock, realIds } from './clock.js';
import { createData } from './data.js';
import { examineHost, type HostFinding } from './doctor.js';
import { captureInRack, type ExecDeps, execInRack } from './exec.js';
import { createImageMounts } from './image-mounts.js';
import { createImageStore } from './image-store.js';
import { createKeeperSupervisor } from './keeper-client.js';
import { endOfLog, followLines, lastLines } from './logs.js';
import { createMounts } from './mounts.js';
import { withPreview } from './preview.js';
import { createProbes } from './probes.js';
import { createRehearsals } from './rehearsals.js';
import { chooseRuntime, type WorkingRuntime } from './runtime.js';
import { createShadows } from './shadows.js';
import { createStoredImages } from './stored-images.js';

export interface LinuxHost {
  readonly host: Host;
  /** Exit code of the command. Error: E_NOT_RUNNING. */
  exec(rack: string, service: string | null, command: readonly string[]): Promise<number>;
  followOutput(rack: string, service: string, lines: number, signal: AbortSignal): AsyncIterable<string>;
  /** Which OCI runtime works here; tried out once per boot. Error: E_RUNTIME. */
  findRuntime(): Promise<unknown>;
  doctor(tip: () => Promise<string>): Promise<readonly HostFinding[]>;
}

export function createLinuxHost(options: {
  readonly config: HostConfig;
  readonly layout: Layout;
  /** The bundled keeper. */
  readonly keeperProgram: HostPath;
  /** Content of a definition's file, by sha256. */
  readonly blob: (sha256: string) => Promise<Uint8Array>;
}): LinuxHost {
  const { config, layout, keeperProgram, blob } = options;
  let finding: ReturnType<typeof workingRuntime> | null = null;
  /** Whoever asks while it is being found out waits for the same trial. */
  const findRuntime = (): ReturnType<typeof workingRuntime> => {
    finding ??= workingRuntime(config, layout).finally(() => {
      finding = null;
    });
    return finding;
  };
  const allowedMounts = config.allow.mounts;
  const supervisor = createKeeperSupervisor({ layout, runtime: findRuntime, keeperProgram, allowedMounts });
  const images = createImageStore({ layout, ...config.images });
  const imageMounts = createImageMounts(layout, images);
  const execDeps: ExecDeps = {
    layout,
    // Only the runtime that started a container knows it.
    runtime: async () => (await supervisor.hello())?.runtime ?? (await findRuntime()),
    kept: () => supervisor.kept(),
  };
  const run: Commands['run'] = (rack, service, command, limits) =>
    captureInRack(execDeps, rack, service, command, limits);
  return {
    host: {
      clock: realClock,
      ids: realIds,
      images,
      storedImages: createStoredImages(layout),
      mounts: createMounts({ layout, images, ownPids: async (rack) => rackPids(layout, rack), imageMounts }),
      data: createData(layout),
      bundles: createBundles({
        layout,
        allow: config.allow,
        blob,
        preview: (tree, work) => withPreview(layout, tree, work),
      }),
      supervisor,
      commands: { run },
      rehearsals: createRehearsals({ layout, imageMounts, supervisor, allowedMounts }),
      shadows: createShadows(layout, images),
      probes: createProbes({
        exec: run,
        now: realClock.now,
        foreign: createAnswererCheck(layout),
        network: (name) => networkOf(layout, name),
      }),
      bootId,
    },
    exec: (rack, service, command) =>
      execInRack(execDeps, rack, service, command, { tty: process.stdin.isTTY === true }),
    followOutput: (rack, service, lines, signal) => follow(layout, rack, service, lines, signal),
    findRuntime,
    doctor: (tip) => examineHost({ config, layout, runtime: findRuntime, tip }),
  };
}

async function workingRuntime(config: HostConfig, layout: Layout): Promise<WorkingRuntime> {
  const choice = await chooseRuntime(config.runtime, layout);
  if (!('problem' in choice)) return choice;
  throw new RackError('E_RUNTIME', `cannot run containers here: ${choice.problem}`, {
    hint: 'apt-get install runc; rackops doctor says more',
  });
}

/** The last lines, then each new one as it is written. */
async function* follow(
  layout: Layout,
  rack: string,
  service: string,
  lines: number,
  signal: AbortSignal,
): AsyncIterable<string> {
  const queue: string[] = [];
  let wake: () => void = () => {};
  // What comes while the last lines are read is told once.
  const end = await endOfLog(layout, rack, service);
  const ended = followLines(
    layout,
    rack,
    service,
    end,
    (line) => {
      queue.push(line);
      wake();
    },
    signal,
  ).then(() => wake());
  yield* await lastLines(layout, rack, service, lines, end);
  while (!signal.aborted || queue.length > 0) {
    const line = queue.shift();
    if (line !== undefined) yield line;
    else
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (signal.aborted) resolve();
      });
  }
  await ended;
}

/**
 * Commands in the root of an image that is being made, through the OCI runtime that works here: the same isolation as a service's. Everything that a command started has ended when it is over,
 * and nothing of ours is left in the root. Must never run anything outside of the root.
 */
import { closeSync, existsSync } from 'node:fs';
import { copyFile, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createNetwork, killCgroup, removeCgroup, startRuntime } from '../../kernel/index.js';
import {
  cgroupRoot,
  type HostPath,
  hostPath,
  type OciRuntime,
  RackError,
  runtimeReason,
  under,
} from '../../model/index.js';
import type { RootCommand, RootCommandResult, RootCommands } from '../root-commands.js';
import { maxOpenFiles } from './bundles.js';
import { limitsAvailable } from './cgroups.js';
import { lackingIn, removePlaceholders } from './placeholders.js';
import { runProgram } from './programs.js';
import { rootConfig } from './root-config.js';
import { chooseRuntime, type WorkingRuntime } from './runtime.js';
import { streamProgram } from './streamed-program.js';

/** After SIGKILL only the kernel can keep a process. */
const killMs = 5_000;
const deleteMs = 15_000;

/** Package scripts ask it whether they may start what they installed; nothing may, in an image that is being made (the Debian policy for chroots). */
const policy = '#!/bin/sh\nexit 101\n';
const policyPath = '/usr/sbin/policy-rc.d';
const asksForPolicy = '/usr/sbin/invoke-rc.d';
const resolverPath = '/etc/resolv.conf';

/** `scratch`: an existing directory of root's, where each command has a directory of its own meanwhile. `runtime`: as in host.yaml. */
export function createRootCommands(options: {
  readonly scratch: HostPath;
  readonly runtime: string;
}): RootCommands {
  let finding: Promise<WorkingRuntime> | null = null;
  return {
    run: async (command) => {
      finding ??= findRuntime(options.runtime, options.scratch);
      return await runIn(command, await finding, options.scratch);
    },
  };
}

async function findRuntime(name: string, scratch: HostPath): Promise<WorkingRuntime> {
  const choice = await chooseRuntime(name, { run: scratch });
  if (!('problem' in choice)) return choice;
  throw new RackError('E_RUNTIME', `cannot run commands in an image here: ${choice.problem}`, {
    hint: 'apt-get install runc',
  });
}

async function runIn(
  command: RootCommand,
  runtime: OciRuntime,
  scratch: HostPath,
): Promise<RootCommandResult> {
  const root = hostPath(await realpath(command.root));
  const directory = hostPath(await mkdtemp(path.join(scratch, 'command-')));
  const network = command.network === 'none' ? createNetwork([]) : null;
  try {
    const files = await layOver(root, directory, command.network);
    const lacking = lackingIn(
      root,
      files.map(({ target }) => target),
    );
    const id = path.basename(directory).toLowerCase();
    const cgroup = `/${cgroupRoot(scratch)}.${id}`;
    const config = rootConfig({
      root,
      command: command.command,
      env: command.env ?? {},
      network: network === null ? null : `/proc/${process.pid}/fd/${network}`,
      cgroup,
      files,
      maxOpenFiles: maxOpenFiles(),
      limitsProcesses: limitsAvailable().pids,
    });
    await writeFile(under(directory, 'config.json'), JSON.stringify(config), { mode: 0o600 });
    try {
      return await runContainer(command, runtime, directory, { id, cgroup: cgroup.slice(1) });
    } finally {
      removePlaceholders(root, lacking);
    }
  } finally {
    if (network !== null) closeSync(network);
    await rm(directory, { recursive: true, force: true });
  }
}

async function runContainer(
  command: RootCommand,
  runtime: OciRuntime,
  directory: HostPath,
  { id, cgroup }: { readonly id: string; readonly cgroup: string },
): Promise<RootCommandResult> {
  const state = under(directory, 'state');
  const log = under(directory, 'runtime.log');
  const globals = ['--root', state, '--log', log, '--log-format', 'json'];
  const within = <T>(start: () => T): T => startRuntime(runtime, start);
  try {
    const result = await streamProgram(runtime.path, [...globals, 'run', '--bundle', directory, id], {
      timeoutMs: command.timeoutMs,
      within,
      end: async () => {
        await killCgroup(cgroup, killMs);
      },
      ...(command.signal === undefined ? {} : { signal: command.signal }),
      ...(command.onLine === undefined ? {} : { onLine: command.onLine }),
    });
    const reason = result.exitCode === 0 ? null : runtimeReason(await readFile(log, 'utf8').catch(() => ''));
    if (reason !== null && result.exitCode !== null) throw notRun(command, reason);
    const { exitCode, tail, durationMs } = result;
    return { exitCode, tail, durationMs };
  } finally {
    await killCgroup(cgroup, killMs);
    if (existsSync(under(state, id)))
      await runProgram(runtime.path, ['--root', state, 'delete', '--force', id], {
        timeoutMs: deleteMs,
        within,
      });
    removeCgroup(cgroup);
  }
}

function notRun(command: RootCommand, reason: string): RackError {
  return new RackError('E_RUNTIME', `cannot run "${command.command[0]}" in the image: ${reason}`, {
    hint: 'the program must be in the image, for this machine',
  });
}

/** Files of ours that lie over paths of the root while the command runs. */
async function layOver(
  root: HostPath,
  directory: HostPath,
  network: RootCommand['network'],
): Promise<readonly { readonly source: HostPath; readonly target: string }[]> {
  const files: { source: HostPath; target: string }[] = [];
  if (lackingIn(root, [asksForPolicy]).length === 0) {
    const source = under(directory, 'policy-rc.d');
    await writeFile(source, policy, { mode: 0o755 });
    files.push({ source, target: policyPath });
  }
  if (network === 'host' && existsSync(resolverPath)) {
    // A copy: the host's own may be a link, and is nobody's to bind.
    const source = under(directory, 'resolv.conf');
    await copyFile(resolverPath, source);
    files.push({ source, target: resolverPath });
  }
  return files;
}

/**
 * Holds a listening socket and swaps the tree behind it by system calls: everything that can be done before the stop is done before (image mounted, bundle written,
 * disk synced), then stop, unmount, mount, start. No journal, no check that anything is as it should be, no way back.
 */
import { closeSync, constants, mkdirSync, openSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RuntimeProgram } from '../../../src/keeper/runtime-program.js';
import {
  attachLoop,
  becomeSubreaper,
  listenTcp,
  MS_NODEV,
  MS_NOSUID,
  MS_RDONLY,
  mount,
  type ProcessExit,
  syncfs,
  unmount,
  waitChild,
} from '../../../src/kernel/index.js';
import type { OciRuntime } from '../../../src/model/index.js';
import { laps } from './clock.js';
import type { Part } from './contender.js';
import { serve } from './helper.js';

export type FloorQuestion =
  | {
      readonly kind: 'begin';
      readonly directory: string;
      readonly port: number;
      readonly runtime: OciRuntime;
      /** Host path. */
      readonly image: string;
      /** Of rackops, for the same service: only its tree and its cgroup are others here. */
      readonly config: object;
      /** Cgroup above its containers, without a slash. */
      readonly cgroup: string;
    }
  | { readonly kind: 'swap'; readonly image: string }
  | { readonly kind: 'reload' | 'restart' };

interface Running {
  readonly id: string;
  readonly pid: number;
}

interface State {
  readonly directory: string;
  readonly runtime: RuntimeProgram;
  readonly config: object;
  readonly cgroup: string;
  readonly socket: number;
  readonly log: number;
  /** Mount point of the image. */
  image: string;
  container: Running;
}

let state: State | null = null;
let count = 0;

serve<FloorQuestion, readonly Part[]>(async (question) => {
  if (question.kind === 'begin') {
    state = await begin(question);
    return [];
  }
  if (state === null) throw new Error('not begun');
  if (question.kind === 'swap') return await swap(state, question.image);
  if (question.kind === 'reload') process.kill(state.container.pid, 'SIGHUP');
  else await restart(state);
  return [];
});

async function begin(question: Extract<FloorQuestion, { kind: 'begin' }>): Promise<State> {
  const { directory, port, config, cgroup } = question;
  const runtime = new RuntimeProgram(question.runtime);
  becomeSubreaper();
  for (const name of ['upper', 'work', 'active', 'run/state'])
    mkdirSync(join(directory, name), { recursive: true, mode: 0o755 });
  const image = await mountImage(directory, question.image);
  await mountTree(directory, image);
  const socket = listenTcp({ family: 'v4', host: '127.0.0.1', port }, 4_096);
  const log = openSync(join(directory, 'nginx.log'), 'a');
  const common = { directory, runtime, config, cgroup, socket, log };
  const bundle = writeBundle(common);
  return { ...common, image, container: await start(common, bundle) };
}

async function swap(now: State, imageFile: string): Promise<readonly Part[]> {
  const { directory, container: old, image: oldImage } = now;
  const { parts, lap } = laps();
  const image = await mountImage(directory, imageFile);
  const bundle = writeBundle(now);
  lap('prepare');
  const upper = openSync(join(directory, 'upper'), constants.O_RDONLY | constants.O_DIRECTORY);
  await syncfs(upper).finally(() => closeSync(upper));
  lap('sync');
  await stop(old);
  lap('stop');
  await unmount(join(directory, 'active'));
  lap('unmount');
  await mountTree(directory, image);
  lap('mount');
  now.container = await start(now, bundle);
  now.image = image;
  lap('start');
  await forget(now, old);
  await unmount(oldImage);
  rmdirSync(oldImage);
  return parts;
}

async function restart(now: State): Promise<void> {
  const bundle = writeBundle(now);
  const old = now.container;
  await stop(old);
  now.container = await start(now, bundle);
  await forget(now, old);
}

async function mountImage(directory: string, file: string): Promise<string> {
  const target = join(directory, `image-${count++}`);
  mkdirSync(target);
  const fd = openSync(file, 'r');
  const loop = attachLoop(fd, file);
  await mount(loop.path, target, 'squashfs', MS_RDONLY | MS_NOSUID | MS_NODEV, '');
  closeSync(loop.fd);
  closeSync(fd);
  return target;
}

async function mountTree(directory: string, image: string): Promise<void> {
  const layers = `lowerdir=${image},upperdir=${directory}/upper,workdir=${directory}/work`;
  const options = `${layers},index=off,metacopy=off,redirect_dir=off,xino=off,nfs_export=off`;
  await mount('floor', join(directory, 'active'), 'overlay', MS_NOSUID | MS_NODEV, options);
}

/** Its name is the next container's id. */
function writeBundle({ directory, config, cgroup }: Omit<State, 'image' | 'container'>): string {
  const id = `floor-${count++}`;
  const linux = 'linux' in config && typeof config.linux === 'object' ? config.linux : {};
  const own = {
    ...config,
    root: { path: join(directory, 'active'), readonly: false },
    linux: { ...linux, cgroupsPath: `/${cgroup}/${id}` },
  };
  mkdirSync(bundleOf(directory, id));
  writeFileSync(join(bundleOf(directory, id), 'config.json'), JSON.stringify(own));
  return id;
}

function bundleOf(directory: string, id: string): string {
  return join(directory, 'run', id);
}

async function start(now: Omit<State, 'image' | 'container'>, id: string): Promise<Running> {
  const { directory, socket, log } = now;
  const pidFile = join(bundleOf(directory, id), 'pid');
  const bundle = ['--pid-file', pidFile, '--bundle', bundleOf(directory, id), '--preserve-fds', '1'];
  await runToEnd(now, ['run', '--detach', ...bundle, id], ['ignore', log, log, socket]);
  return { id, pid: Number(readFileSync(pidFile, 'utf8')) };
}

/** Its parent has ended, so it is ours: reaped here. */
async function stop({ pid }: Running): Promise<void> {
  process.kill(pid, 'SIGQUIT');
  await endOf(pid);
}

async function forget(now: State, { id }: Running): Promise<void> {
  await runToEnd(now, ['delete', '--force', id], ['ignore', 'ignore', 'ignore']);
}

async function runToEnd(
  { directory, runtime }: Omit<State, 'image' | 'container'>,
  args: readonly string[],
  stdio: readonly (number | 'ignore')[],
): Promise<void> {
  const end = await endOf(runtime.start(['--root', join(directory, 'run/state'), ...args], stdio));
  if (end.code !== 0) throw new Error(`the runtime's ${args[0]} ended with ${end.code ?? end.signal}`);
}

async function endOf(pid: number): Promise<ProcessExit> {
  for (;;) {
    const end = waitChild(pid);
    if (end !== null) return end;
    await sleep(1);
  }
}

/**
 * One rackops works on a host at a time. The lock is the kernel's (flock), so it is free the moment its holder is gone, however it went; the text in the file is for people.
 * The descriptor is inherited by helper programs on purpose: while a mount or a git of a killed agent still runs, the lock is not free.
 */
import { type FileHandle, mkdir, open, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isUnlocked, setInheritable, tryLock } from '../kernel/index.js';
import { formatDurationMs } from '../lib/index.js';
import { type HostPath, RackError } from '../model/index.js';

export interface LockHolder {
  readonly pid: number;
  readonly bootId: string;
  readonly command: string;
  /** ISO time. */
  readonly since: string;
}

export interface Lock {
  /** Other processes may have it; idempotent. */
  release(): Promise<void>;
}

const pollMs = 50;
/** Who only looks whether the lock is free has it for microseconds: that must not fail somebody who does not want to wait. */
const leastMs = 120;

/**
 * Waits up to `timeoutMs`. Error: E_LOCKED naming the holder's pid, command and since when. The directory is made when it is missing.
 * A lock file that was deleted or replaced meanwhile is no lock: the file at `path` is what counts.
 */
export async function acquireLock(options: {
  readonly path: HostPath;
  readonly command: string;
  readonly bootId: string;
  readonly timeoutMs: number;
}): Promise<Lock> {
  const { path, command, bootId, timeoutMs } = options;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const deadline = performance.now() + Math.max(timeoutMs, leastMs);
  let file: FileHandle | null = null;
  for (file = await tryPath(path); file === null; file = await tryPath(path)) {
    if (performance.now() >= deadline) throw await locked(path, bootId, timeoutMs);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  setInheritable(file.fd, true);
  const holder: LockHolder = { pid: process.pid, bootId, command, since: new Date().toISOString() };
  await file.truncate(0);
  await file.writeFile(JSON.stringify(holder));
  let held: FileHandle | null = file;
  return {
    release: async () => {
      const mine = held;
      held = null;
      // Closed, not unlocked: a helper program that still runs keeps it. The text stays, so that whoever waits knows whose helper it is.
      await mine?.close();
    },
  };
}

/** The locked file that is at `path`; null when somebody else has it. */
async function tryPath(path: HostPath): Promise<FileHandle | null> {
  const file = await open(path, 'a+', 0o600);
  try {
    if (tryLock(file.fd) && (await isAt(file, path))) return file;
  } catch (error) {
    await file.close();
    throw error;
  }
  await file.close();
  return null;
}

async function isAt(file: FileHandle, path: HostPath): Promise<boolean> {
  const [mine, there] = await Promise.all([file.stat(), stat(path).catch(() => null)]);
  return there !== null && mine.ino === there.ino && mine.dev === there.dev;
}

/** Who holds the lock now; null when it is free. Takes nothing. */
export async function lockHolder(path: HostPath): Promise<LockHolder | null> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch {
    return null;
  }
  try {
    return isUnlocked(file.fd) ? null : parseHolder(await readFile(path, 'utf8'));
  } finally {
    await file.close();
  }
}

async function locked(path: HostPath, bootId: string, timeoutMs: number): Promise<RackError> {
  const holder = parseHolder(await readFile(path, 'utf8').catch(() => ''));
  const who = holder.pid === 0 ? 'another process' : whoText(holder, bootId);
  const waited = timeoutMs > 0 ? ` for over ${formatDurationMs(timeoutMs)}` : '';
  return new RackError('E_LOCKED', `cannot work on this host: ${who} holds the lock${waited}`, {
    hint: 'wait for it, or raise --lock-timeout',
  });
}

function whoText(holder: LockHolder, bootId: string): string {
  const who = `pid ${holder.pid} (rackops ${holder.command}, since ${holder.since})`;
  const isThere = holder.bootId === bootId && isAlive(holder.pid);
  return isThere ? who : `a program that was started by ${who}, which is gone itself,`;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function parseHolder(text: string): LockHolder {
  try {
    const value: Partial<LockHolder> = JSON.parse(text);
    return {
      pid: value.pid ?? 0,
      bootId: value.bootId ?? '',
      command: value.command ?? '',
      since: value.since ?? '',
    };
  } catch {
    return { pid: 0, bootId: '', command: 'unknown', since: '' };
  }
}

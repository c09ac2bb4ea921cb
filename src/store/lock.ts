/**
 * One rackops works on a host at a time. The lock is the kernel's (flock), so it is free the moment its holder is gone, however it went; the text in the file is for people.
 * The descriptor is inherited by helper programs on purpose: while a mount or a git of a killed agent still runs, the lock is not free.
 */
import { type FileHandle, mkdir, open, readFile } from 'node:fs/promises';
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

/** Waits up to `timeoutMs`. Error: E_LOCKED naming the holder's pid, command and since when. */
export async function acquireLock(options: {
  readonly path: HostPath;
  readonly command: string;
  readonly bootId: string;
  readonly timeoutMs: number;
}): Promise<Lock> {
  const { path, command, bootId, timeoutMs } = options;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const file = await open(path, 'a+', 0o600);
  const deadline = performance.now() + timeoutMs;
  while (!tryLock(file.fd)) {
    if (performance.now() >= deadline) {
      await file.close();
      throw await locked(path, timeoutMs);
    }
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
      if (mine === null) return;
      await mine.truncate(0);
      await mine.close();
    },
  };
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

async function locked(path: HostPath, timeoutMs: number): Promise<RackError> {
  const holder = parseHolder(await readFile(path, 'utf8').catch(() => ''));
  const who =
    holder.pid === 0
      ? 'another process'
      : `pid ${holder.pid} (rackops ${holder.command}, since ${holder.since})`;
  return new RackError(
    'E_LOCKED',
    `cannot work on this host: ${who} holds the lock${timeoutMs > 0 ? ` for over ${formatDurationMs(timeoutMs)}` : ''}`,
    {
      hint: 'wait for it, or raise --lock-timeout; a helper program of a killed agent holds it until it ends',
    },
  );
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

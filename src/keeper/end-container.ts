/**
 * Ends a running container: by its signal if PID 1 takes it, by force if it does not or not in time. It has ended when its cgroup is empty and PID 1 is reaped.
 * Must never signal a process outside of the container's cgroup.
 */
import { cgroupPids, isCgroupEmpty, killCgroup } from '../kernel/index.js';
import { RackError, type ServiceSpec, type StopResult, type StopSpec } from '../model/index.js';
import { signalNumber, takesSignal } from './signals.js';

/** After SIGKILL only the kernel can keep a process: a longer wait does not help. */
export const killDeadlineMs = 5_000;

export interface Container {
  readonly id: string;
  /** PID 1 of the container, on the host. */
  readonly pid: number;
  /** Resolves when PID 1 is reaped and the cgroup was seen to. */
  readonly ended: Promise<void>;
}

/** Resolves to how it ended. Error: E_STOP naming what is left; it can be tried again. */
export async function endContainer(
  container: Container,
  cgroup: string,
  { rack, service }: ServiceSpec,
  spec: StopSpec,
): Promise<Exclude<StopResult['how'], 'absent'>> {
  const signal = signalNumber(spec.signal);
  let how: 'exited' | 'killed' | 'unhandled' = 'unhandled';
  if (signal !== null && takesSignal(container.pid, signal)) {
    signalProcess(container.pid, signal);
    // Stopped processes take a signal, or reap who took one, only when they go on.
    for (const pid of cgroupPids(cgroup)) signalProcess(pid, 'SIGCONT');
    how = (await inTime(container.ended, spec.timeoutMs)) ? 'exited' : 'killed';
  }
  // Its end has emptied the cgroup already, as a rule: asking is cheaper than ending nobody.
  if (how === 'exited' && isCgroupEmpty(cgroup)) return how;
  const left = await killCgroup(cgroup, killDeadlineMs);
  if (left.length > 0) {
    throw new RackError(
      'E_STOP',
      `cannot stop service "${service}": pid ${left.join(', ')} did not end after SIGKILL`,
      { rack, hint: 'the kernel holds them, often for a network file system or a bad disk' },
    );
  }
  await container.ended;
  return how;
}

function signalProcess(pid: number, signal: number | NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has just ended; its exit is on the way.
  }
}

/** True when it resolved within `ms`. */
export async function inTime(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const done = await Promise.race([promise.then(() => true as const), late]);
  clearTimeout(timer);
  return done;
}

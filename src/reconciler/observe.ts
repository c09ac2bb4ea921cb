/** Reads the host once and returns what it saw as a value. Starts no process, changes nothing. */
import type { Host } from '../host/index.js';
import type { ObservedState } from '../model/index.js';

export async function observe(host: Host): Promise<ObservedState> {
  const [mounts, supervisor, bootId] = await Promise.all([
    host.mounts.observe(),
    host.supervisor.observe(),
    host.bootId(),
  ]);
  return { at: host.clock.now(), bootId, ...mounts, supervisor };
}

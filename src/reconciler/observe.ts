/** Reads the host once and returns what it saw as a value. Starts no process, changes nothing. */
import type { Host } from '../host/index.js';
import type {
  DesiredState,
  ObservedData,
  ObservedState,
  RackRecord,
  RolloutJournal,
} from '../model/index.js';
import { noData } from '../planning/index.js';

export async function observe(host: Host): Promise<ObservedState> {
  const [mounts, supervisor, bootId] = await Promise.all([
    host.mounts.observe(),
    host.supervisor.observe(),
    host.bootId(),
  ]);
  return { at: host.clock.now(), bootId, ...mounts, supervisor };
}

/** The layers of those racks that may move: all others keep what they have, and a thousand directories are not read for nothing. */
export async function observeData(
  host: Pick<Host, 'data'>,
  desired: DesiredState,
  records: readonly RackRecord[],
  journals: readonly RolloutJournal[],
): Promise<readonly ObservedData[]> {
  const running = new Map(records.map(({ rack, committed }) => [rack, committed?.desired.digest]));
  const moving = desired.racks.filter(({ name, digest }) => running.get(name) !== digest);
  const racks = new Set([...moving.map(({ name }) => name), ...journals.map(({ rack }) => rack)]);
  return Promise.all([...racks].map((rack) => dataOf(host, rack)));
}

/** The layers of one rack. */
export async function dataOf(host: Pick<Host, 'data'>, rack: string): Promise<ObservedData> {
  return (await host.data.observe(rack)) ?? noData(rack);
}

/** Stopping and starting the services of a rack, in the order that the plan says. */
import { holdersText, RackError, type StepOf } from '../model/index.js';
import { type Lane, progress } from './lane.js';

/**
 * Every service of the list is stopped, its cgroup empty. Then, while the tree is still mounted, looks for strangers that hold it:
 * finding one here costs a restart of the old version, finding it after the unmount would cost an outage.
 */
export async function stopServices(step: StepOf<'stopServices'>, lane: Lane): Promise<string | undefined> {
  const { rack, keepGeneration } = step;
  const kept = keepGeneration === null ? new Set<string>() : await runningAs(rack, keepGeneration, lane);
  const details: string[] = [];
  for (const spec of step.services) {
    if (kept.has(spec.service)) continue;
    const result = await lane.host.supervisor.stop(rack, spec);
    if (result.how === 'absent') continue;
    details.push(`${spec.service} ${result.how} in ${Math.round(result.durationMs)}ms`);
    if (result.how === 'unhandled') {
      lane.notes.push(
        `service "${spec.service}" has no handler for ${spec.signal}: killed at once instead of waiting for the timeout`,
      );
    } else if (result.how === 'killed' && result.durationMs >= spec.timeoutMs) {
      lane.notes.push(`service "${spec.service}" did not end within its stop timeout: killed`);
    }
  }
  if (kept.size === 0) await refuseHolders(rack, lane);
  return details.join(', ') || undefined;
}

/** Names of the rack's services that run as this generation. Error: E_KEEPER when nobody knows. */
async function runningAs(rack: string, generation: number, lane: Lane): Promise<ReadonlySet<string>> {
  const { state, services } = await lane.host.supervisor.observe();
  if (state === 'unknown') {
    throw new RackError(
      'E_KEEPER',
      `cannot tell which version of "${rack}" runs: the keeper does not answer`,
      {
        rack,
        hint: 'see keeper.log in the run directory',
      },
    );
  }
  const running = services.filter((seen) => seen.rack === rack && seen.generation === generation);
  return new Set(running.map(({ service }) => service));
}

async function refuseHolders(rack: string, lane: Lane): Promise<void> {
  const holders = await lane.host.mounts.holders(rack, 'elsewhere');
  if (holders.length === 0) return;
  throw new RackError('E_BUSY', `cannot unmount the tree of "${rack}": held by ${holdersText(holders)}`, {
    rack,
    step: 'stopServices',
    hint: 'end these processes; it is tried again at the next pass',
  });
}

/** Services that already run as this generation are left alone, so that a heal or a continued rollout restarts nothing. */
export async function startServices(step: StepOf<'startServices'>, lane: Lane): Promise<string | undefined> {
  const { rack, generation, desired, reuse } = step;
  const { bundles, supervisor } = lane.host;
  // With a bundle at hand the supervisor is told to start it: it leaves alone by itself what runs so. A new bundle is not written for nothing.
  const { services: seen } = reuse ? { services: [] } : await supervisor.observe();
  const started: string[] = [];
  for (const service of desired.services) {
    const isRunning = seen.some(
      (candidate) =>
        candidate.rack === rack &&
        candidate.service === service.name &&
        candidate.generation === generation &&
        candidate.runDigest === desired.runDigest &&
        candidate.state === 'running',
    );
    if (isRunning) continue;
    progress(lane, 'startServices', service.name);
    const known = reuse ? await bundles.find(desired, service, generation) : null;
    await supervisor.start(known ?? (await bundles.write(desired, service, generation)));
    started.push(service.name);
  }
  return started.join(', ') || undefined;
}

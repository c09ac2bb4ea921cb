/** What is kept of a failed rollout: reason, phases, probe results, last output. Collected before the failed version is taken away. */
import { isQuarantined } from './failure.js';
import { isoNow, type Lane } from './lane.js';

/** Lines of each service's output. */
const evidenceLines = 50;
/** Probe results. */
const evidenceProbes = 50;

/** Collected at the moment of failure, before the failed version is taken away. */
export async function writeEvidence(lane: Lane): Promise<void> {
  const { journal, failure } = lane;
  if (journal === null || failure === null || !(lane.touched || isQuarantined(failure))) return;
  const { desired } = journal.to;
  // A way back that is taken up again later finds nothing better than what was kept at once.
  const kept = await lane.store.evidence(desired.name);
  if (kept.some((evidence) => evidence.rolloutId === lane.rolloutId)) return;
  const output: Record<string, readonly string[]> = {};
  for (const service of desired.services) {
    output[service.name] = await lane.host.supervisor.lastOutput(desired.name, service.name, evidenceLines);
  }
  await lane.store.writeEvidence({
    rolloutId: lane.rolloutId,
    rack: desired.name,
    at: isoNow(lane),
    image: desired.image,
    digest: desired.digest,
    revision: desired.revision,
    failure,
    phases: lane.phases,
    probes: lane.probes.slice(-evidenceProbes),
    output,
  });
}

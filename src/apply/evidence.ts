/** What is kept of a failed rollout or rehearsal: reason, phases, probe results, last output. Collected before the failed version is taken away. */
import type { ChangedFiles, DesiredService } from '../model/index.js';
import { isQuarantined } from './failure.js';
import { isoNow, type Lane } from './lane.js';

/** Lines of each service's output. */
const evidenceLines = 50;
/** Probe results. */
const evidenceProbes = 50;

const nothingWritten: ChangedFiles = { files: [], complete: true };

/** Collected at the moment of failure, before the failed version is taken away. */
export async function writeEvidence(lane: Lane): Promise<void> {
  const { journal, failure } = lane;
  if (journal === null || failure === null) return;
  if (!(lane.touched || lane.rehearsed || isQuarantined(failure))) return;
  const { desired, tree } = journal.to;
  // A way back that is taken up again later finds nothing better than what was kept at once.
  const kept = await lane.store.evidence(desired.name);
  if (kept.some((evidence) => evidence.rolloutId === lane.rolloutId)) return;
  const { probes, output, changed } = lane.touched
    ? {
        probes: lane.probes,
        output: await lastOutput(lane, desired.name, desired.services),
        changed: await lane.host.data.changedFiles(
          desired.name,
          String(tree.layer),
          lane.touchedAt ?? Date.parse(journal.startedAt),
        ),
      }
    : (lane.rehearsed ?? { probes: [], output: {}, changed: nothingWritten });
  await lane.store.writeEvidence({
    rolloutId: lane.rolloutId,
    rack: desired.name,
    at: isoNow(lane),
    image: desired.image,
    digest: desired.digest,
    revision: desired.revision,
    failure,
    phases: lane.phases,
    probes: probes.slice(-evidenceProbes),
    output,
    changed,
  });
}

/** Of services that run under that rack's name, or did until now. */
export async function lastOutput(
  lane: Lane,
  rack: string,
  services: readonly DesiredService[],
): Promise<Readonly<Record<string, readonly string[]>>> {
  const output: Record<string, readonly string[]> = {};
  for (const { name } of services)
    output[name] = await lane.host.supervisor.lastOutput(rack, name, evidenceLines);
  return output;
}

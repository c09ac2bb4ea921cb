/** What of a rack runs now, and in which order it is stopped. Pure: reads an observation, decides nothing else. */
import type { DesiredRack, ObservedState, RolloutJournal, StopSpec } from '../model/index.js';

type RolloutTarget = RolloutJournal['to'];

/** True when the new version's tree is mounted as made and every service of it runs: a crash in or after `start`. */
export function runsAs(rack: string, to: RolloutTarget, observed: ObservedState): boolean {
  const tree = observed.trees.find((candidate) => candidate.rack === rack);
  if (tree?.generation !== to.tree.generation || !tree.asMade) return false;
  return to.desired.services.every((service) =>
    observed.supervisor.services.some(
      (seen) =>
        seen.rack === rack &&
        seen.service === service.name &&
        seen.generation === to.tree.generation &&
        seen.state === 'running',
    ),
  );
}

/** Those of the services that run now; all of them when processes of the rack run that no supervisor knows by name. */
export function running(
  rack: string,
  services: readonly StopSpec[],
  observed: ObservedState,
): readonly StopSpec[] {
  const { supervisor } = observed;
  if (supervisor.orphans.includes(rack)) return services;
  return services.filter((spec) =>
    supervisor.services.some((seen) => seen.rack === rack && seen.service === spec.service),
  );
}

/** Dependents before what they depend on; services that only the supervisor knows first of all. */
export function stopOrder(
  rack: string,
  definitions: readonly (DesiredRack | undefined)[],
  observed: ObservedState,
): readonly StopSpec[] {
  const specs = new Map<string, StopSpec>();
  for (const seen of observed.supervisor.services) {
    if (seen.rack !== rack) continue;
    if (!definitions.some((definition) => definition?.services.some((s) => s.name === seen.service))) {
      specs.set(seen.service, { service: seen.service, signal: 'TERM', timeoutMs: 10_000 });
    }
  }
  for (const definition of definitions) {
    for (const service of [...(definition?.services ?? [])].reverse()) {
      if (!specs.has(service.name)) specs.set(service.name, { service: service.name, ...service.stop });
    }
  }
  return [...specs.values()];
}

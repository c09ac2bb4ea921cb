/**
 * Compares what was committed with what is on the host, and lists the steps that make them equal again.
 * After a boot everything is missing; otherwise a difference is drift. Unknown is never taken for absent.
 */
import {
  type CommittedRack,
  isTreeSource,
  layersOf,
  listenAddresses,
  type ObservedService,
  type ObservedState,
  type ObservedTree,
  type Step,
  treeSource,
} from '../model/index.js';
import { running, stopOrder } from './running.js';
import { treeSpec } from './tree.js';

export interface Healing {
  readonly steps: readonly Step[];
  /** What differs, for people; `after a boot` when nothing of the host's racks is there. */
  readonly reason: string;
  /** False after a boot or a stop of the keeper with everything gone: expected, no drift. */
  readonly drift: boolean;
}

/** Null when the host is as committed. */
export function planHealing(
  committed: CommittedRack,
  observed: ObservedState,
  freshHost: boolean,
): Healing | null {
  const { desired, tree: identity } = committed;
  const rack = desired.name;
  const differences: string[] = [];

  const tree = observed.trees.find((candidate) => candidate.rack === rack);
  const treeOk = tree?.asMade === true && isTree(committed, tree);
  if (!treeOk)
    differences.push(tree === undefined ? 'its tree is not mounted' : 'its tree is not mounted as made');
  const image = observed.images.find((candidate) => candidate.sha256 === desired.image.sha256);
  if (image === undefined) differences.push('its image is not mounted');
  else if (!image.asMade) differences.push('its image is not mounted as made');

  const seen = observed.supervisor.services.filter((service) => service.rack === rack);
  const foreign = seen.filter((service) => !isStartedAs(committed, service));
  const missing = desired.services.filter(
    (service) =>
      !seen.some(
        (candidate) =>
          candidate.service === service.name && isStartedAs(committed, candidate) && !isGivenUp(candidate),
      ),
  );
  if (foreign.length > 0) differences.push(`${names(foreign.map((s) => s.service))} runs as something else`);
  if (missing.length > 0) differences.push(`${names(missing.map((s) => s.name))} does not run`);

  const held = new Set(observed.supervisor.sockets.filter((s) => s.rack === rack).map((s) => s.address));
  // A service that is down for long has its sockets closed by the keeper, which opens them again for its next try.
  const down = new Set(seen.filter((service) => service.pid === null).map((service) => service.service));
  const wanted = desired.services
    .filter((service) => !down.has(service.name))
    .flatMap((service) => service.listen);
  const unheld = wanted.filter((listen) => !held.has(listen.address));
  if (unheld.length > 0) differences.push(`${names(unheld.map((l) => l.address))} is not held`);
  // It accepts from a socket that no client reaches any more, and knows nothing of the one that is opened in its place.
  const deaf = seen.filter(({ service, pid }) => {
    const listen = desired.services.find(({ name }) => name === service)?.listen ?? [];
    return pid !== null && listen.some((item) => unheld.includes(item));
  });
  const outdated = seen.filter((service) => foreign.includes(service) || deaf.includes(service));
  if (differences.length === 0) return null;

  const steps: Step[] = [];
  if (!treeOk || outdated.length > 0) {
    const view = treeOk
      ? { ...observed, supervisor: { ...observed.supervisor, services: outdated } }
      : observed;
    const services = running(rack, stopOrder(rack, [desired], view), view);
    steps.push({ kind: 'stopServices', rack, services, keepGeneration: null });
  }
  if (!treeOk) steps.push({ kind: 'unmountTree', rack, keep: null });
  if (image === undefined || !treeOk) {
    steps.push(
      { kind: 'fetchImage', rack, image: desired.image, from: null },
      { kind: 'mountImage', rack, image: desired.image },
    );
  }
  if (unheld.length > 0) steps.push({ kind: 'openSockets', rack, listen: listenAddresses(desired) });
  if (!treeOk) steps.push({ kind: 'mountTree', rack, tree: treeSpec(desired, identity) });
  if (!treeOk || missing.length > 0 || outdated.length > 0) {
    steps.push({ kind: 'startServices', rack, generation: identity.generation, desired, reuse: false });
  }
  return {
    steps,
    reason: freshHost ? 'not running yet since the host or the keeper started' : differences.join(', '),
    drift: !freshHost,
  };
}

function isTree(committed: CommittedRack, { generation, digest, layers }: ObservedTree): boolean {
  if (generation === null || digest === null) return false;
  const { tree, desired } = committed;
  return (
    isTreeSource(treeSource(desired.name, generation, digest), desired.name, tree.generation, tree.digest) &&
    layers.join() === layersOf(tree).join()
  );
}

function isStartedAs(committed: CommittedRack, service: ObservedService): boolean {
  return (
    service.generation === committed.tree.generation &&
    service.runDigest === committed.desired.runDigest &&
    committed.desired.services.some((wanted) => wanted.name === service.service)
  );
}

/** It could not be started, and the supervisor does not try again by itself. */
function isGivenUp(service: ObservedService): boolean {
  return service.state === 'failed' && service.startError !== null;
}

function names(list: readonly string[]): string {
  return list.map((name) => `"${name}"`).join(', ');
}

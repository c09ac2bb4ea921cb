/**
 * Builders of model values for tests: each gives a sane default, a test states only what it is about. Values only: nothing here touches
 * the host. Digests follow from the content, so that two racks that differ have different digests without a test saying so.
 */
import { digestOfValue, sha256Hex } from '../../src/lib/index.js';
import {
  type CommittedRack,
  type DesiredRack,
  type DesiredService,
  type DesiredState,
  type HealthCheck,
  type ImageRef,
  isUnreadable,
  layersOf,
  listenAddresses,
  type ObservedData,
  type ObservedService,
  type ObservedState,
  type ObservedSupervisor,
  type ObservedTree,
  type QuarantineEntry,
  type RackData,
  type RackRecord,
  type RolloutJournal,
  rackPath,
  type Snapshot,
  type TcpListen,
  treeSource,
} from '../../src/model/index.js';

/** A fixed moment: 2026-01-01T00:00:00Z, ms since the epoch; the memory host's clock starts here too. */
export const testEpochMs = Date.UTC(2026, 0, 1);

export const testBootId = '00000000-0000-4000-8000-000000000001';

/** `webserver-1.0` → its file name and a sha256 that follows from it. */
export function imageRef(name: string): ImageRef {
  return { file: `${name}.iso`, sha256: sha256Hex(`image ${name}`) };
}

/** 40 hex digits that follow from the text. */
export function revisionOf(text: string): string {
  return sha256Hex(`revision ${text}`).slice(0, 40);
}

/** `0.0.0.0:80` or `[::]:80` as a listening address. */
export function listenOn(address: string): TcpListen {
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon).replace(/^\[|\]$/g, '');
  return { address, family: host.includes(':') ? 'v6' : 'v4', host, port: Number(address.slice(colon + 1)) };
}

/** An http check of `/up` every 100 ms: healthy after 2, unhealthy after 3, start period 1 s. */
export function aHealthCheck(overrides: Partial<HealthCheck> = {}): HealthCheck {
  return {
    check: { kind: 'http', host: '127.0.0.1', port: 80, path: '/up', status: 200, body: null },
    intervalMs: 100,
    timeoutMs: 50,
    startPeriodMs: 1_000,
    healthyAfter: 2,
    unhealthyAfter: 3,
    ...overrides,
  };
}

/** Service `web`: no listening address, no health check, always restarted. */
export function aService(overrides: Partial<DesiredService> = {}): DesiredService {
  return {
    name: 'web',
    command: ['/usr/sbin/webd', '--foreground'],
    user: 'root',
    workdir: rackPath('/'),
    env: { PATH: { value: '/usr/sbin:/usr/bin:/sbin:/bin' } },
    listen: [],
    stop: { signal: 'TERM', timeoutMs: 10_000 },
    restart: { policy: 'always', delayMs: 1_000, maxDelayMs: 30_000, onUnhealthy: false },
    dependsOn: [],
    health: null,
    capabilities: ['CAP_NET_BIND_SERVICE', 'CAP_SETGID', 'CAP_SETUID'],
    resources: { memoryBytes: null, cpus: null, pids: null },
    ...overrides,
  };
}

/** Rack `web` with image `webserver-1.0`, one service, bake 0, timeout 10 s. `digest` and `runDigest` follow from the rest unless given. */
export function aRack(overrides: Partial<DesiredRack> = {}): DesiredRack {
  const content = {
    name: 'web',
    image: imageRef('webserver-1.0'),
    dependsOn: [],
    mounts: [],
    files: [],
    services: [aService()],
    rollout: {
      rehearse: 'auto' as const,
      bakeMs: 0,
      timeoutMs: 10_000,
      onFailure: 'rollback' as const,
      data: 'keep' as const,
      snapshots: 3,
    },
    ...overrides,
  };
  const { image, dependsOn, mounts, files, services, rollout } = content;
  const processes = services.map(({ health: _, ...service }) => service);
  return {
    revision: revisionOf('first'),
    digest: digestOfValue({ image, dependsOn, mounts, files, services, rollout }),
    runDigest: digestOfValue({ sha256: image.sha256, mounts, files, processes }),
    ...content,
  };
}

/** The rack as committed in generation 1, in a tree of the same generation. */
export function committed(desired: DesiredRack, overrides: Partial<CommittedRack> = {}): CommittedRack {
  const generation = overrides.generation ?? 1;
  return {
    desired,
    generation,
    since: new Date(testEpochMs).toISOString(),
    tree: { generation, digest: desired.digest, layer: 1, sealed: [] },
    ...overrides,
  };
}

/** Inventory entry; name and last generation follow from `committed` where it is given. */
export function aRecord(overrides: Partial<RackRecord> = {}): RackRecord {
  return {
    format: 1,
    rack: overrides.committed?.desired.name ?? 'web',
    lastGeneration: overrides.committed?.generation ?? 0,
    committed: null,
    rolloutId: null,
    quarantined: [],
    lastFailure: null,
    suspended: null,
    removing: null,
    removedAt: null,
    health: null,
    held: null,
    ...overrides,
  };
}

export function aQuarantine(rack: DesiredRack, overrides: Partial<QuarantineEntry> = {}): QuarantineEntry {
  return {
    digest: rack.digest,
    image: rack.image,
    revision: rack.revision,
    reason: 'ProbeFailed',
    message: 'service "web": 3 probes in a row failed: HTTP 500, want 200',
    at: new Date(testEpochMs).toISOString(),
    rolloutId: '20260101t000000-fail',
    ...overrides,
  };
}

/** An open journal of a rollout to `to`, just begun; its generation is the one after `from`. */
export function aJournal(to: DesiredRack, overrides: Partial<RolloutJournal> = {}): RolloutJournal {
  const generation = (overrides.from?.generation ?? 0) + 1;
  return {
    format: 1,
    rolloutId: '20260101t000000-test',
    rack: to.name,
    startedAt: new Date(testEpochMs).toISOString(),
    bootId: testBootId,
    from: null,
    to: { desired: to, tree: { generation, digest: to.digest, layer: 1, sealed: [] } },
    phase: 'begin',
    direction: 'forward',
    failure: null,
    triesLeft: 3,
    rollbackAttempts: 0,
    retryAt: null,
    ...overrides,
  };
}

/** What was read of a writable directory; throws when there is none, or when it cannot be read. */
export function readable(data: ObservedData | null): RackData {
  if (data === null || isUnreadable(data))
    throw new Error(`no data: ${data?.unreadable ?? 'there are none'}`);
  return data;
}

/** Sealed at the stop of the rack's first generation; of that layer alone. */
export function aSnapshot(rack: DesiredRack, id: string, layers: readonly string[] = [id]): Snapshot {
  const { image, digest, revision } = rack;
  const at = new Date(testEpochMs).toISOString();
  return { id, layers, at, image, digest, revision, generation: 1, reason: 'rollout' };
}

/** A mounted tree of the committed rack, as made. */
export function aTree(rack: CommittedRack, overrides: Partial<ObservedTree> = {}): ObservedTree {
  const digest = treeSource(rack.desired.name, rack.tree.generation, rack.tree.digest).split(':')[3] ?? '';
  return {
    rack: rack.desired.name,
    generation: rack.tree.generation,
    digest,
    layers: layersOf(rack.tree),
    asMade: true,
    ...overrides,
  };
}

/** A running service of the committed rack. */
export function aRunningService(
  rack: CommittedRack,
  service: string,
  overrides: Partial<ObservedService> = {},
): ObservedService {
  return {
    rack: rack.desired.name,
    service,
    generation: rack.tree.generation,
    runDigest: rack.desired.runDigest,
    state: 'running',
    pid: 1_000,
    restarts: 0,
    startedAt: testEpochMs,
    lastExit: null,
    startError: null,
    ...overrides,
  };
}

/**
 * What `observe` would see while these racks run as committed; further fields replace what follows from them.
 * Without racks: an empty host without a supervisor.
 */
export function observedWith(
  overrides: Partial<Omit<ObservedState, 'supervisor'>> & {
    readonly running?: readonly CommittedRack[];
    readonly supervisor?: Partial<ObservedSupervisor>;
  } = {},
): ObservedState {
  const { running = [], supervisor, ...rest } = overrides;
  const shas = [...new Set(running.map((rack) => rack.desired.image.sha256))].sort();
  return {
    at: testEpochMs,
    bootId: testBootId,
    images: shas.map((sha256) => ({ sha256, asMade: true })),
    trees: running.map((rack) => aTree(rack)),
    strayLayers: [],
    ...rest,
    supervisor: {
      state: running.length === 0 ? 'absent' : 'running',
      services: running.flatMap((rack) => rack.desired.services.map((s) => aRunningService(rack, s.name))),
      sockets: running.flatMap((rack) =>
        listenAddresses(rack.desired).map(({ address }) => ({ rack: rack.desired.name, address })),
      ),
      orphans: [],
      ...supervisor,
    },
  };
}

/** What Git asks for: these racks, sorted, at the first one's revision, complete. */
export function desiredState(
  racks: readonly DesiredRack[],
  overrides: Partial<DesiredState> = {},
): DesiredState {
  return {
    revision: racks[0]?.revision ?? revisionOf('first'),
    racks: [...racks].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)),
    invalid: [],
    complete: true,
    ...overrides,
  };
}

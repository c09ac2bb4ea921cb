/** One definition to what is desired on this host: defaults filled in, digests made, dependencies that do not run here dropped. Pure. */
import type { Rack } from '../model/generated/index.js';
import {
  type DesiredRack,
  defaultSnapshots,
  hostPath,
  permissionBits,
  type Quiesce,
  rackPath,
} from '../model/index.js';
import { contentDigest, runDigest } from './digests.js';
import { desiredServices, milliseconds } from './services.js';

/** A valid definition and where its files were found, in the order of `rack.files`. */
export interface ResolvableDefinition {
  readonly rack: Rack;
  readonly sources: readonly { readonly oid: string }[];
}

export interface ResolveContext {
  /** Commit that the definition was read from, 40 hex digits. */
  readonly revision: string;
  /** sha256 (64 hex digits) of the content of each object that `sources` names. */
  readonly contentSha256: ReadonlyMap<string, string>;
  /** Racks that this host is asked to run, those with an invalid file included: they are waited for. */
  readonly onThisHost: ReadonlySet<string>;
}

/** Errors: `internal error` when a content digest is missing or the definition was not validated. */
export function resolveRack(definition: ResolvableDefinition, context: ResolveContext): DesiredRack {
  const { rack } = definition;
  const fileDigests = definition.sources.map(({ oid }) => {
    const sha256 = context.contentSha256.get(oid);
    if (sha256 === undefined) throw new Error(`internal error: no content digest for ${oid}`);
    return sha256;
  });
  const files = (rack.files ?? []).map((file, index) => ({
    path: rackPath(file.path),
    sha256: fileDigests[index] ?? '',
    mode: permissionBits(file.mode ?? '0644'),
  }));
  return {
    name: rack.name,
    revision: context.revision,
    digest: contentDigest(rack, fileDigests),
    runDigest: runDigest(rack, fileDigests),
    image: { file: rack.image.file, sha256: rack.image.sha256 },
    dependsOn: (rack.dependsOn ?? []).filter((name) => context.onThisHost.has(name)).sort(),
    mounts: (rack.mounts ?? []).map((mount) => ({
      source: hostPath(mount.source),
      target: rackPath(mount.target),
      readOnly: mount.readOnly ?? false,
      rehearse: mount.rehearse ?? 'readOnly',
    })),
    files,
    services: desiredServices(rack),
    rollout: {
      rehearse: rack.rollout?.rehearse ?? 'auto',
      bakeMs: milliseconds(rack.rollout?.bake ?? '10s'),
      timeoutMs: milliseconds(rack.rollout?.timeout ?? '2m'),
      onFailure: rack.rollout?.onFailure ?? 'rollback',
      data: rack.rollout?.data ?? 'keep',
      snapshots: rack.rollout?.snapshots ?? defaultSnapshots,
      ...(rack.rollout?.shadow === undefined
        ? {}
        : {
            shadow: {
              default: rack.rollout.shadow.default ?? 'keep',
              rules: rack.rollout.shadow.rules ?? [],
            },
          }),
      ...(rack.rollout?.quiesce === undefined ? {} : { quiesce: desiredQuiesce(rack.rollout.quiesce) }),
    },
  };
}

function desiredQuiesce({
  service,
  freeze,
  thaw,
  timeout,
}: NonNullable<NonNullable<Rack['rollout']>['quiesce']>): Quiesce {
  return { service, freeze, thaw, timeoutMs: milliseconds(timeout ?? '10s') };
}

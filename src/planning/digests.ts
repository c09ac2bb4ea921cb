/**
 * What makes two definitions the same? Both digests are made of the explicit content, without defaults: a new agent with another default does not
 * move a rack. Pure.
 */
import { digestOfValue } from '../lib/index.js';
import type { Rack } from '../model/generated/index.js';

/** Raised when the meaning of the digested content changes; every rack is rolled out anew then. */
const format = 1;

/** sha256 (64 hex digits) of each of `rack.files`, in order. */
export type FileDigests = readonly string[];

/** `sha256:…` of everything that is written but `hosts`: what a rollout and a quarantine are about. */
export function contentDigest(rack: Rack, fileDigests: FileDigests): string {
  const { hosts: _, files = [], ...content } = rack;
  return digestOfValue({ format, ...content, files: withContent(files, fileDigests) });
}

/** `sha256:…` of what the processes see; equal means that nothing has to be stopped. */
export function runDigest(rack: Rack, fileDigests: FileDigests): string {
  const services = Object.fromEntries(
    Object.entries(rack.services).map(([name, { health: _, ...service }]) => [name, service]),
  );
  // Where a file comes from in the repository is not seen by anybody.
  const files = withContent(rack.files ?? [], fileDigests).map(({ source: _, ...file }) => file);
  const { env = {} } = rack;
  const mounts = (rack.mounts ?? []).map(({ rehearse: _, ...mount }) => mount);
  return digestOfValue({ format, image: rack.image.sha256, services, mounts, env, files });
}

function withContent<T extends object>(
  files: readonly T[],
  digests: FileDigests,
): readonly (T & { sha256: string })[] {
  return files.map((file, index) => {
    const sha256 = digests[index];
    if (sha256 === undefined) throw new Error('internal error: a file of the rack has no digest');
    return { ...file, sha256 };
  });
}

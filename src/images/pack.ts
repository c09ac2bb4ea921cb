/**
 * A tree becomes an image: the manifest of what is in it, the squashfs, where it comes from. Every way to make an image ends here (build, upgrade, import), so that they all leave the same files,
 * and the same content is always the same image.
 */
import type { ImagePacking } from '../host/index.js';
import { formatBytes } from '../lib/index.js';
import {
  controlName,
  type HostPath,
  hostPath,
  type ImageOrigin,
  type ImageProvenance,
  type ManifestEntry,
  manifestHeader,
  manifestName,
  type PackedImage,
  provenanceName,
} from '../model/index.js';
import { contentTime } from './content-time.js';
import { installedPackages } from './packages.js';

/** Whose versions the bytes of an image depend on. */
const packingTools = ['mksquashfs'];

export interface PackRequest {
  /** What becomes the image, a directory or a mount; it does not change meanwhile. */
  readonly tree: HostPath;
  /** Where the image and the files beside it go; made when it is missing. */
  readonly directory: HostPath;
  /** Its name there: `webserver-2.0.iso`. */
  readonly file: string;
  readonly origin: ImageOrigin;
  /** When the work on the tree began, ms since the epoch: what has an older time brought it along, and keeps it. */
  readonly sinceMs: number;
  /** A control file of zsync beside the image. */
  readonly zsync: boolean;
  /** Gets what is in the tree, before it is packed. */
  readonly onManifest?: (entries: readonly ManifestEntry[]) => void;
  readonly signal?: AbortSignal;
  /** One line for people, often. */
  readonly progress: (detail: string) => void;
}

/**
 * The image with its manifest, its provenance and perhaps its control file; none of them is there in part, or under its name before it is whole. Errors: E_IMAGE_BUSY, E_IMAGE_EXISTS (another image of that name), E_IMAGE_TREE,
 * E_IMAGE_PACK, E_PROGRAM_MISSING, E_DISK_SPACE, E_DIR_OWNER, the signal's reason; nothing is left then.
 */
export async function packTree(packing: ImagePacking, request: PackRequest): Promise<PackedImage> {
  const { tree, directory, file, progress } = request;
  const abort = request.signal === undefined ? {} : { signal: request.signal };
  const output = await packing.openOutput(directory, file);
  try {
    const entries = await packing.scan(tree, {
      ...abort,
      onEntry: (count) => progress(`reading the tree: ${count} entries`),
    });
    request.onManifest?.(entries);
    const manifestSha256 = await output.write(manifestName(file), jsonLines(entries));
    const total = entries.reduce((sum, entry) => sum + (entry.type === 'file' ? entry.sizeBytes : 0), 0);
    const timeSeconds = contentTime(manifestSha256);
    await packing.retime(tree, request.sinceMs, timeSeconds);
    progress(`packing ${entries.length} entries, ${formatBytes(total)}`);
    await packing.squash({
      tree,
      target: output.image,
      timeSeconds,
      ...abort,
      onWritten: (bytes) => progress(`packing ${formatBytes(total)}: ${formatBytes(bytes)} written`),
    });
    const { sha256, sizeBytes } = await output.seal();
    if (request.zsync) {
      progress('making the control file of zsync');
      const target = hostPath(controlName(output.image));
      await packing.control({ image: output.image, target, name: file, ...abort });
    }
    const packages = packing.inTree(tree, installedPackages);
    const provenance: ImageProvenance = {
      apiVersion: 'rackops/v1',
      kind: 'ImageProvenance',
      image: { file, sha256, sizeBytes },
      manifestSha256,
      ...request.origin,
      tools: { ...request.origin.tools, ...(await packing.versions(packingTools)) },
      packages,
    };
    await output.write(provenanceName(file), [JSON.stringify(provenance, null, 2)]);
    request.signal?.throwIfAborted();
    const isNew = await output.publish(sha256);
    return { file, sha256, sizeBytes, entries: entries.length, packages, isNew };
  } finally {
    await output.close();
  }
}

function* jsonLines(entries: readonly object[]): Generator<string> {
  yield JSON.stringify(manifestHeader(entries.length));
  for (const entry of entries) yield JSON.stringify(entry);
}

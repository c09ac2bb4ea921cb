/** A container image becomes a rack image. How it is run is no part of a rack image: that is handed back, for a definition. */
import type { ImagePacking, OciImages, OciSource, Workspace } from '../host/index.js';
import type { ContainerConfig, HostPath, PackedImage } from '../model/index.js';
import { under } from '../model/index.js';
import { containerConfig } from './container-config.js';
import { packTree } from './pack.js';

/** Programs whose version the bytes depend on. */
const tools = ['skopeo', 'umoci'];

export interface ImportRequest {
  readonly source: OciSource;
  /** For the provenance: the same on every machine. */
  readonly name: string;
  /** Where the image goes. Its name may depend on the digest of what was fetched, `sha256:<hex>`. */
  readonly to: (digest: string) => { readonly directory: HostPath; readonly file: string };
  readonly authFile: HostPath | null;
  readonly certDirectory: HostPath | null;
  /** As of `packTree`. */
  readonly zsync: boolean;
  readonly signal?: AbortSignal;
  readonly progress: (detail: string) => void;
}

export interface ImportedImage {
  readonly image: PackedImage;
  readonly directory: HostPath;
  readonly source: { readonly name: string; readonly digest: string };
  readonly container: ContainerConfig;
  /** Paths of what the container image had and a rack image must not have. */
  readonly takenOut: readonly string[];
}

/** The workspace is the caller's to close. Errors: those of `OciImages` and of `packTree`; no image was made then. */
export async function importImage(
  {
    oci,
    packing,
    workspace,
    now,
  }: {
    readonly oci: OciImages;
    readonly packing: ImagePacking;
    readonly workspace: Workspace;
    now(): number;
  },
  request: ImportRequest,
): Promise<ImportedImage> {
  const { source, name, authFile, certDirectory, progress } = request;
  const abort = request.signal === undefined ? {} : { signal: request.signal };
  const directory = await workspace.fresh('oci');
  const fetched = await oci.fetch({ source, directory, authFile, certDirectory, progress, ...abort });
  const place = request.to(fetched.digest);
  // Files have the times that the layers say; what is made here has one of its own.
  const sinceMs = now();
  const tree = under(workspace.path, 'tree');
  const takenOut = await oci.unpack(fetched, tree, { progress, ...abort });
  const image = await packTree(packing, {
    tree,
    ...place,
    sinceMs,
    zsync: request.zsync,
    origin: {
      by: 'import',
      inputs: [{ kind: 'oci', name, digest: fetched.digest }],
      steps: [],
      tools: await packing.versions(tools),
    },
    progress,
    ...abort,
  });
  return {
    image,
    directory: place.directory,
    source: { name, digest: fetched.digest },
    container: containerConfig(fetched.config),
    takenOut,
  };
}

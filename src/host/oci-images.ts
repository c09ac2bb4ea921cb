/** Port: container images, from wherever they are, as a tree. */
import type { HostPath } from '../model/index.js';

/** Where a container image is. */
export interface OciSource {
  readonly transport: 'oci' | 'oci-archive' | 'docker-archive' | 'docker';
  /** What follows `<transport>:`, with an absolute path where it is a path: `//registry/name:tag`, `/dir:tag`. */
  readonly reference: string;
}

export interface OciFetchRequest {
  readonly source: OciSource;
  /** Empty directory of root's, on disk; what is fetched stays there. */
  readonly directory: HostPath;
  /** Credentials for registries, as `skopeo login --authfile` writes them; null: none are sent, also not those of the user. */
  readonly authFile: HostPath | null;
  /** Certificates (`*.crt`) of a registry that no public authority knows; null: the host's. TLS is never left out. */
  readonly certDirectory: HostPath | null;
  readonly signal?: AbortSignal;
  /** One line for people. */
  readonly progress: (detail: string) => void;
}

export interface FetchedOci {
  /** OCI layout with this one image, for this machine. */
  readonly layout: HostPath;
  /** Digest of what the source named, `sha256:<hex>`: a manifest, or a list of them. From a registry exactly that was fetched, whatever the tag says by now. */
  readonly digest: string;
  /** Of the layers as they are stored, bytes. */
  readonly sizeBytes: number;
  /** The image's configuration, its digest verified; JSON of a stranger. */
  readonly config: unknown;
}

export interface OciImages {
  /** Errors: E_OCI_FETCH (with the reason), E_OCI_FORMAT, E_CONFIG_PERM (others can read the credentials), E_DISK_SPACE, E_PROGRAM_MISSING, the signal's reason. */
  fetch(request: OciFetchRequest): Promise<FetchedOci>;
  /**
   * The image's layers on one another in `target`, which is made. Device nodes and attributes that only an overlay may write are taken out; directories that every rack needs (`/proc`, `/dev`, `/sys`, `/run`,
   * `/tmp`) are put in where they lack. Gives the paths of what was taken out, as `textOfBytes` writes them. Errors: E_OCI_FORMAT, E_DISK_SPACE (256 MiB and 10,000 files stay free), E_PROGRAM_MISSING, the signal's reason; `target` may be there in part.
   */
  unpack(
    fetched: Pick<FetchedOci, 'layout' | 'sizeBytes'>,
    target: HostPath,
    options: { readonly signal?: AbortSignal; readonly progress: (detail: string) => void },
  ): Promise<readonly string[]>;
}

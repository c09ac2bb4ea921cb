/**
 * Where an image comes from, as in `<image>.provenance.json`. No times, no host names and no paths of the machine that built it: the same recipe and inputs give the same document.
 */
import type { ImageRef } from './desired.js';

export interface InstalledPackage {
  readonly manager: 'dpkg' | 'apk' | 'pacman' | 'portage';
  readonly name: string;
  readonly version: string;
  /** `amd64`, `all`; null where the manager does not tell. */
  readonly architecture: string | null;
}

/** Something that the image was made of. */
export interface ImageInput {
  readonly kind: 'recipe' | 'packages' | 'directory' | 'file' | 'tarball' | 'image' | 'oci';
  /** As it was named: a path in the repository, a reference, a suite. */
  readonly name: string;
  /** `sha256:<hex>`; null where nothing pins it. */
  readonly digest: string | null;
}

/** How it was made, known before it is packed. */
export interface ImageOrigin {
  readonly by: 'build' | 'upgrade' | 'import';
  readonly inputs: readonly ImageInput[];
  /** One line each, for people: `packages: nginx-light`, `run: [nginx, -t]`. */
  readonly steps: readonly string[];
  /** Program → version. */
  readonly tools: Readonly<Record<string, string>>;
}

export interface ImageProvenance extends ImageOrigin {
  readonly apiVersion: 'rackops/v1';
  readonly kind: 'ImageProvenance';
  readonly image: ImageRef & { readonly sizeBytes: number };
  /** sha256 of the manifest beside the image. */
  readonly manifestSha256: string;
  /** Sorted by manager, then name. */
  readonly packages: readonly InstalledPackage[];
}

/** An image that was packed, with what lies beside it. */
export interface PackedImage extends ImageRef {
  readonly sizeBytes: number;
  /** Files, directories, links … in it. */
  readonly entries: number;
  readonly packages: readonly InstalledPackage[];
  /** False: a file of that name with the same content was there already, and was left. */
  readonly isNew: boolean;
}

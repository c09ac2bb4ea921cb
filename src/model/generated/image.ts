/** Generated from schema/ by scripts/generate-types.ts: do not edit. */

/**
 * Part of an archive, `main`.
 */
export type Component = string;
/**
 * http:// or https:// address of an archive, without credentials and white space.
 */
export type Mirror = string;
/**
 * Absolute paths with `*` and `?`.
 */
export type PathPattern = string;
/**
 * A package as the package manager names it, `nginx-light` or `nginx-light=1.22.1-9`; never an option.
 */
export type PackageName = string;
/**
 * Absolute path in the image, without `.`, `..` and empty parts.
 */
export type RackPath = string;

/**
 * The recipe of an image: a base, and steps that change it. `rackops image build` makes the file `<name>-<version>.iso` of it, the same bytes for the same recipe and inputs.
 */
export interface Image {
  /**
   * Version of this format.
   */
  readonly apiVersion: 'rackops/v1';
  /**
   * What this file defines.
   */
  readonly kind: 'Image';
  /**
   * First part of the image's file name.
   */
  readonly name: string;
  /**
   * Second part of the image's file name. Raise it with every change: an image is never replaced by another one.
   */
  readonly version: string;
  readonly base: Base;
  /**
   * What is changed, in this order. Each has exactly one of `packages`, `files`, `remove` and `run`.
   *
   * @maxItems 256
   */
  readonly steps?: readonly Step[];
}
/**
 * What the image starts from: exactly one of `debian`, `tarball`, `directory`, `image` and `oci`.
 */
export interface Base {
  /**
   * A release of Debian or Ubuntu, installed by mmdebstrap. Packages of the first steps are installed along with it.
   */
  readonly debian?: {
    /**
     * The release. Absent: the one of this host.
     */
    readonly suite?: string;
    /**
     * What is installed besides `packages`: `essential` packages only, `apt` with the package manager, `minbase` with what is required, `standard`.
     */
    readonly variant?: 'essential' | 'apt' | 'minbase' | 'standard';
    /**
     * Parts of the archive. Only together with `mirrors`.
     *
     * @minItems 1
     * @maxItems 16
     */
    readonly components?: readonly Component[];
    /**
     * Where the packages come from. Absent: from where this host gets its own. One with a fixed time in its address (a snapshot service) pins all versions.
     *
     * @minItems 1
     * @maxItems 16
     */
    readonly mirrors?: readonly Mirror[];
    /**
     * Along with the release, its archives of updates and security fixes, those that this host has for its own. `false`: the release as it was last published, for one whose other archives are being taken down. Without meaning where `mirrors` are given.
     */
    readonly updates?: boolean;
    /**
     * Refuse an archive whose index has expired. `false` is for snapshots, which always have.
     */
    readonly checkValidUntil?: boolean;
    /**
     * Files of packages that are not unpacked: manuals, translations.
     *
     * @maxItems 64
     */
    readonly exclude?: readonly PathPattern[];
  };
  /**
   * An archive of a root directory, such as a Gentoo stage 3.
   */
  readonly tarball?: {
    /**
     * The archive: tar, plain or packed by gzip, bzip2, xz or zstd.
     */
    readonly file: string;
    /**
     * What the file must be.
     */
    readonly sha256: string;
  };
  /**
   * A directory of the repository, as Git knows it: everything in it becomes root's, of modes only the executable bit counts. Owners and other modes need a `tarball`.
   */
  readonly directory?: string;
  /**
   * Another rack image. It is not unpacked: the steps are laid over it.
   */
  readonly image?: {
    /**
     * File below the recipe's directory, or else in the directory where the new image goes.
     */
    readonly file: string;
    /**
     * What the file must be.
     */
    readonly sha256: string;
  };
  /**
   * A container image, through skopeo and umoci. Registries are asked without credentials, and need a certificate that this host trusts; `rackops image import` takes both.
   */
  readonly oci?: {
    /**
     * Where it is: a layout directory, or a registry. With `@sha256:…` instead of a tag it is pinned.
     */
    readonly source: string;
  };
}
/**
 * One change.
 */
export interface Step {
  /**
   * Packages to install, without those that they only recommend. On a `debian` base the first steps of this kind are installed with it; later ones by the image's own apt-get or apk, with the host's network.
   *
   * @minItems 1
   * @maxItems 1024
   */
  readonly packages?: readonly PackageName[];
  /**
   * Files, directories and links to make.
   *
   * @minItems 1
   * @maxItems 1024
   */
  readonly files?: readonly File[];
  /**
   * Paths that go, with everything below them. One that is not there is no mistake.
   *
   * @minItems 1
   * @maxItems 1024
   */
  readonly remove?: readonly RackPath[];
  /**
   * A command in the image: a program with its arguments as a list, or text for `/bin/sh -e`. It runs as root of the image, sees nothing of the host, and fails the build when it fails.
   */
  readonly run?: string | readonly string[];
  /**
   * The command of `run` has the host's network; without, it has none. What it fetches is not pinned by the recipe.
   */
  readonly network?: boolean;
  /**
   * How long the command of `run`, or the installation of `packages`, may take; 1s to 24h. The first `packages` of a `debian` base are installed with the release: for that an hour is added to theirs.
   */
  readonly timeout?: string;
}
/**
 * Something to make in the image: from a `source`, with a written `content`, as a `link`, or else an empty directory.
 */
export interface File {
  /**
   * Where. Missing directories above it are made; what is there is replaced, a directory only by a directory.
   */
  readonly path: string;
  /**
   * A file or directory below the recipe's directory; a directory is copied with all that is in it.
   */
  readonly source?: string;
  /**
   * The content itself.
   */
  readonly content?: string;
  /**
   * What a symbolic link points to.
   */
  readonly link?: string;
  /**
   * Permission bits; not of a link. Default: 0755 for directories and what is executable in the repository, else 0644.
   */
  readonly mode?: string | number;
  /**
   * Owner by number, `"uid"` or `"uid:gid"`.
   */
  readonly owner?: string;
}

/** What one image has that another has not: files and packages. Values only. */
import type { InstalledPackage } from './image-provenance.js';

/** What differs between two entries of one path. `content`: bytes of a file, target of a link, number of a device. */
export type Facet = 'type' | 'content' | 'mode' | 'owner' | 'xattrs';

export interface ChangedPath {
  /** Escaped, as in manifests. */
  readonly path: string;
  /** At least one, in the order of the type. With another type, nothing else is said. */
  readonly what: readonly Facet[];
}

/** Each in the order of the manifests. */
export interface FileChanges {
  readonly added: readonly string[];
  readonly changed: readonly ChangedPath[];
  readonly removed: readonly string[];
}

/** A package that is in both, in other versions: sorted lists, mostly of one. */
export interface ChangedPackage extends Omit<InstalledPackage, 'version'> {
  readonly from: readonly string[];
  readonly to: readonly string[];
}

/** Each sorted by manager, name and architecture. */
export interface PackageChanges {
  readonly added: readonly InstalledPackage[];
  readonly changed: readonly ChangedPackage[];
  readonly removed: readonly InstalledPackage[];
}

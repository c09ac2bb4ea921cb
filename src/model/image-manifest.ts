/**
 * What is in an image: one entry for each path, as in `<image>.manifest.jsonl`. Everything that a process can see of a tree but its times, which say nothing about content. Made of a tree by
 * `host/linux/scan-tree.ts`, compared by whoever wants to know what changed.
 */

interface EntryFace {
  /** Absolute in the image, escaped (`textOfBytes`); `/` is the root. */
  readonly path: string;
  /** Permission bits, four octal digits: `"0755"`, `"4755"`. */
  readonly mode: string;
  readonly uid: number;
  readonly gid: number;
  /** Extended attributes, values in base64, names sorted; absent when there are none. */
  readonly xattrs?: Readonly<Record<string, string>>;
}

export interface FileEntry extends EntryFace {
  readonly type: 'file';
  readonly sizeBytes: number;
  /** Of the content, 64 hex digits. */
  readonly sha256: string;
}

export interface LinkEntry extends EntryFace {
  readonly type: 'link';
  /** Where it points, escaped as a path, as it is written in the link. */
  readonly target: string;
}

export interface DeviceEntry extends EntryFace {
  readonly type: 'character' | 'block';
  /** `major:minor`. */
  readonly device: string;
}

export interface PlainEntry extends EntryFace {
  readonly type: 'directory' | 'fifo' | 'socket';
}

export type ManifestEntry = FileEntry | LinkEntry | DeviceEntry | PlainEntry;

/** First line of a manifest. */
export interface ManifestHeader {
  readonly apiVersion: 'rackops/v1';
  readonly kind: 'ImageManifest';
  readonly format: 1;
  /** How many lines follow. */
  readonly entries: number;
}

export function manifestHeader(entries: number): ManifestHeader {
  return { apiVersion: 'rackops/v1', kind: 'ImageManifest', format: 1, entries };
}

/** Names of the files beside an image. */
export function manifestName(file: string): string {
  return `${file}.manifest.jsonl`;
}

export function provenanceName(file: string): string {
  return `${file}.provenance.json`;
}

/** As zsync looks for it. */
export function controlName(file: string): string {
  return `${file}.zsync`;
}

/** Names of all files that may lie beside an image and are worth nothing without it: manifest, provenance, signature, control file of zsync. */
export function companionNames(file: string): readonly string[] {
  return [manifestName(file), provenanceName(file), `${file}.minisig`, controlName(file)];
}

/** True for the name of a file that lies beside an image and is none. */
export function isCompanion(name: string): boolean {
  return companionNames('').some((ending) => name.endsWith(ending));
}

/**
 * What a kept writable layer hides of a new image: the facts about one entry of it, and the report of all. Values only; what they mean is in `shadow-class.ts`
 * and `shadow-policy.ts`.
 */
import type { ImageRef } from './desired.js';
import type { LayerName, LayerStack } from './layers.js';
import type { RackPath } from './paths.js';

/** What is at a path. A whiteout is how a writable layer says that something of the image was deleted. */
export type EntryKind = 'file' | 'directory' | 'link' | 'device' | 'pipe' | 'socket' | 'whiteout';

/** Two entries of one kind. */
export interface Sameness {
  /** Bytes of a file, text of a link, number of a device. Of two directories: true, except where something that is no directory covers them: then all that is in them. */
  readonly content: boolean;
  /** Owner, group, mode, and those extended attributes that a program can notice (capabilities, access lists, `user.*`). Never times. */
  readonly looks: boolean;
}

/** One path that the writable layers have something at. `upper`: they, merged; `running`, `next`: the two images. */
export interface ShadowFacts {
  readonly upper: EntryKind;
  /** Null where the image has nothing. */
  readonly running: EntryKind | null;
  readonly next: EntryKind | null;
  /** Null where one of the two is absent or they are of different kinds. */
  readonly upperRunning: Sameness | null;
  readonly upperNext: Sameness | null;
  readonly runningNext: Sameness | null;
  /** What the next image has in a directory that shows nothing of it, and the writable layers do not have: how many, and the first of them. */
  readonly hidden: { readonly count: number; readonly names: readonly string[] };
  /** An attribute of an overlay feature that rackops never uses; null for none. */
  readonly feature: string | null;
  readonly leave: ShadowLeave;
}

/** What it takes for an entry to leave the layer that is written to, and for the image's to be seen then. */
export interface ShadowLeave {
  readonly written: boolean;
  /** A sealed layer has something there, so that this would be seen; nobody writes to that one. */
  readonly sealed: boolean;
  /** A directory that is opaque itself, not only in one that is. */
  readonly opaque: boolean;
  /** Directories on the way that show nothing of what lies below them, outermost first. One list for all that is in one directory. */
  readonly covers: readonly ShadowCover[];
}

/** `opens`: it can be made to show the image again, because only the layer that is written to has it, and it is opaque itself. `path` as of `ShadowFinding`. */
export interface ShadowCover {
  readonly path: string;
  readonly opens: boolean;
}

/** `state`, what only the service wrote, comes first and hides nothing; the order is that of the documentation. */
export const shadowClasses = [
  'state',
  'redundant',
  'stale-copy-up',
  'local-edit',
  'conflict',
  'collision',
  'hidden-update',
  'hidden-subtree',
  'type-mismatch',
  'unsupported',
] as const;

export type ShadowClass = (typeof shadowClasses)[number];

export type ShadowAction = 'keep' | 'fail' | 'drop' | 'refresh';

/** `rollout.shadow` of a definition. */
export interface ShadowPolicy {
  readonly default: ShadowAction;
  /** The first whose glob matches counts. */
  readonly rules: readonly { readonly path: string; readonly policy: ShadowAction }[];
}

export const keepShadows: ShadowPolicy = { default: 'keep', rules: [] };

/** An image to be looked into: one with a digest, or a file in the image directory, or any by its path, that nobody has a digest of yet. */
export type ShadowImage = ImageRef | { readonly file: string };

/**
 * One entry of the writable layer that leaves it. `entry`: it is set aside, a directory with all that is in it, so that the image's is seen; `opaque`: the directory stays, and shows what the image has in it
 * again; `refresh`: a file is set aside, and one with the image's content and what was changed here of its owner, mode and attributes takes its place; `merge`: one with its own text and what changed in it
 * from the running image to `next`. `path` as of `ShadowFinding`.
 */
export type ShadowDrop =
  | { readonly path: string; readonly how: 'entry' | 'opaque' | 'refresh' }
  | { readonly path: string; readonly how: 'merge'; readonly next: ShadowImage };

/** True where another file takes the place of what is set aside. */
export function isReplaced({ how }: ShadowDrop): boolean {
  return how === 'refresh' || how === 'merge';
}

/** How a person wants entries out of the layer: `plain`: of directories only that they are opaque; `whole`: directories with all that is in them; `refresh`: files, their owner, mode and attributes kept. */
export type ResetManner = 'plain' | 'whole' | 'refresh';

/** `info`: nobody has to do anything; `warn`: something of the new image is not seen; `block`: the rollout does not begin. */
export type ShadowLevel = 'info' | 'warn' | 'block';

export interface ShadowFinding {
  /** As the rack sees it; bytes that are no printable UTF-8 as `\x0a` (`textOfBytes`). */
  readonly path: string;
  readonly class: ShadowClass;
  readonly level: ShadowLevel;
  /** What is done with the entry at the swap; `drop`: it goes, and the image's is seen; `refresh`: the image's content is seen, with what was changed here of its owner, mode and attributes. */
  readonly action: 'keep' | 'drop' | 'refresh';
  /** Index of the rule that decided, in `rollout.shadow.rules`; null: the default did. */
  readonly rule: number | null;
  readonly upper: EntryKind;
  readonly running: EntryKind | null;
  readonly next: EntryKind | null;
  /** The newest layer that has something there. */
  readonly layer: LayerName;
  /** For people: what differs, in a few words; may be empty. */
  readonly detail: string;
}

export interface ShadowReport {
  /** False: the time was over, or something could not be read, before all was looked at; `why` says which. */
  readonly complete: boolean;
  readonly why: string;
  /** Entries of the writable layers that were looked at. */
  readonly entries: number;
  /** How many of each class there are, those that are not listed included. */
  readonly counts: Readonly<Record<ShadowClass, number>>;
  /** The same by level; `state` counts for none. */
  readonly levels: Readonly<Record<ShadowLevel, number>>;
  /** Entries that are dropped or refreshed at the swap, all of them, in the order of the walk. */
  readonly drops: readonly ShadowDrop[];
  /** `state` is never listed. Sorted: what blocks first, then by path. No more than were asked for. */
  readonly findings: readonly ShadowFinding[];
}

/** Three versions of a text file as one. */
export interface ShadowMerge {
  /** With conflict markers where both sides changed the same lines. */
  readonly text: string;
  readonly conflicts: number;
  /** False: the writable layer has all of it already. */
  readonly changes: boolean;
}

export interface ShadowQuestion {
  readonly rack: string;
  readonly stack: LayerStack;
  /** Under the writable layers now. */
  readonly running: ImageRef;
  /** Under them next. */
  readonly next: ShadowImage;
  /** Where the definition mounts something, so that neither layer nor image is seen. */
  readonly covered: readonly RackPath[];
  readonly policy: ShadowPolicy;
  /** For all of it. */
  readonly timeoutMs: number;
  /** That many findings are listed at most. */
  readonly listed: number;
}

/** What hides something that the new image brings: all but what only the service has, and what the two images have alike. */
export function hidesNews({ level }: Pick<ShadowFinding, 'level'>): boolean {
  return level !== 'info';
}

/** What is compared: each keeps one nginx running on a port of its own, and replaces its version when told to. */
import type { BuiltImage } from '../../../scripts/images/index.js';

export const contenderNames = ['shell', 'podman', 'rackops', 'floor'] as const;
export type ContenderName = (typeof contenderNames)[number];
export type Version = '1.0' | '2.0';

export interface Contender {
  readonly name: ContenderName;
  readonly port: number;
  /** Host path of a directory on the writable layer, as it is while the service runs. */
  readonly data: string;
  /** 1.0 answers; what an earlier run left is gone first. */
  begin(): Promise<void>;
  /** Resolves when whoever asked for it knows that it is done. */
  swap(to: Version): Promise<Swap>;
  /** Nothing is left, also after an earlier run that was killed. */
  end(): Promise<void>;
}

export interface Swap {
  /** By the clock of `clock.ts`. */
  readonly beganMs: number;
  readonly tookMs: number;
  /** In order; what is known from inside. */
  readonly parts: readonly Part[];
}

export interface Part {
  readonly name: string;
  readonly ms: number;
}

export interface Place {
  readonly directory: string;
  readonly port: number;
  readonly images: Readonly<Record<Version, BuiltImage>>;
}

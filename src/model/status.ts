/** JSON shapes that scripts rely on (`design.md` section 6). They only grow. */
import type { ImageRef } from './desired.js';
import type { DamagedImage } from './image-care.js';
import type { Health, Verified } from './records.js';

export type Condition = 'Ready' | 'Reconciling' | 'Failed' | 'Stalled' | 'Suspended';

export interface StatusReport {
  readonly apiVersion: 'rackops/v1';
  readonly host: string;
  readonly revision: string | null;
  readonly lastPass: {
    readonly id: string;
    readonly startedAt: string;
    readonly endedAt: string;
    readonly result: 'ok' | 'failed' | 'partial';
  } | null;
  /** Running agent, or who holds the lock. */
  readonly agent: { readonly pid: number; readonly command: string; readonly since: string } | null;
  /** What kept the last pass from working on the newest revision: remote down, rewind refused, no signature that counts. */
  readonly sourceError: { readonly code: string; readonly message: string; readonly hint: string } | null;
  /** Signatures of the revision in force; null: none were asked for. */
  readonly signatures: Verified | null;
  readonly problems: readonly ProblemReport[];
  /** Images that are not what they were when they were verified, as the last check found them; `checkedAt` null: never checked. */
  readonly images: { readonly checkedAt: string | null; readonly damaged: readonly DamagedImage[] };
  readonly heldRemovals: readonly string[];
  readonly retainedData: readonly RetainedData[];
  readonly racks: readonly RackStatus[];
}

export interface ProblemReport {
  readonly code: string;
  readonly severity: 'error' | 'warning';
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly pointer: string;
  readonly message: string;
  readonly hint: string;
}

export interface RetainedData {
  readonly name: string;
  readonly path: string;
  readonly since: string;
  readonly bytes: number;
}

export interface RackStatus {
  readonly name: string;
  readonly condition: Condition;
  readonly reason: string;
  readonly message: string;
  readonly image: ImageRef | null;
  readonly desiredImage: ImageRef | null;
  readonly generation: number | null;
  readonly digest: string | null;
  readonly desiredDigest: string | null;
  readonly revision: string | null;
  readonly since: string | null;
  readonly health: Health;
  readonly probedAt: string | null;
  readonly quarantined: readonly {
    readonly digest: string;
    readonly reason: string;
    readonly message: string;
    readonly at: string;
  }[];
  readonly services: readonly ServiceStatus[];
}

export interface ServiceStatus {
  readonly name: string;
  readonly state: 'running' | 'starting' | 'stopped' | 'failed';
  readonly pid: number | null;
  readonly restarts: number;
  readonly health: Health;
}

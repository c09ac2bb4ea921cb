/**
 * A test host: a sandbox in a temporary directory, with the checks and waits that tests of the whole program need.
 * `dispose` removes the racks as an administrator would and fails when anything had to be ended by force.
 */
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Sandbox, type SandboxOptions } from '../../scripts/sandbox/index.js';

export {
  type Answer,
  freePort,
  httpGet,
  isAlive,
  startTimeOf,
  Watcher,
} from '../../scripts/sandbox/index.js';

import { scratchDirectory } from './scratch.js';

/** The fields of `status --json` that tests look at. */
export interface StatusDocument {
  readonly apiVersion: string;
  readonly host: string;
  readonly revision: string | null;
  readonly lastPass: { readonly id: string; readonly result: string; readonly endedAt: string } | null;
  readonly problems: readonly {
    readonly code: string;
    readonly file: string;
    readonly line: number;
    readonly column: number;
    readonly message: string;
  }[];
  readonly heldRemovals: readonly string[];
  readonly retainedData: readonly { readonly name: string; readonly path: string }[];
  readonly racks: readonly RackStatus[];
}

export interface RackStatus {
  readonly name: string;
  readonly condition: string;
  readonly reason: string;
  readonly message: string;
  readonly image: { readonly file: string; readonly sha256: string } | null;
  readonly desiredImage: { readonly file: string; readonly sha256: string } | null;
  readonly generation: number | null;
  readonly digest: string | null;
  readonly desiredDigest: string | null;
  readonly revision: string | null;
  readonly health: string;
  readonly quarantined: readonly { readonly digest: string; readonly reason: string; readonly at: string }[];
  readonly services: readonly {
    readonly name: string;
    readonly state: string;
    readonly pid: number | null;
    readonly restarts: number;
    readonly health: string;
  }[];
}

export class Rig extends Sandbox {
  /** A fresh host; `host` is merged over its host.yaml. */
  static async create(host: SandboxOptions['host'] = {}): Promise<Rig> {
    const rig = new Rig({ directory: scratchDirectory(), host });
    await mkdir(join(rig.directory, 'share'));
    await mkdir(join(rig.directory, 'secrets'), { mode: 0o700 });
    return rig;
  }

  async status(): Promise<StatusDocument> {
    const result = await this.rackops(['status'], { json: true });
    if (result.exitCode !== 0 || !isStatus(result.json)) {
      throw new Error(`status ended with ${result.exitCode}:\n${result.stdout}\n${result.stderr}`);
    }
    return result.json;
  }

  /** The rack's line of `status`; throws when there is none. */
  async rack(name: string): Promise<RackStatus> {
    const status = await this.status();
    const found = status.racks.find((rack) => rack.name === name);
    if (found === undefined) throw new Error(`status has no rack "${name}": ${JSON.stringify(status.racks)}`);
    return found;
  }

  /** Host pid of a service's main process; throws when it does not run. */
  async pidOf(rack: string, service: string): Promise<number> {
    const found = (await this.rack(rack)).services.find((item) => item.name === service);
    if (found?.pid === undefined || found.pid === null)
      throw new Error(`service "${service}" of rack "${rack}" has no pid`);
    return found.pid;
  }

  /** Every regular file at or below a directory, with its bytes as text: for "this is written nowhere". */
  async filesBelow(directory: string): Promise<{ path: string; text: string }[]> {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    return Promise.all(files.map(async (path) => ({ path, text: await readFile(path, 'latin1') })));
  }

  /**
   * One `sync` that must end with `exitCode`; the error shows what it said. Returns the result.
   */
  async sync(exitCode = 0, ...options: string[]) {
    const result = await this.rackops(['sync', ...options], { json: true });
    if (result.exitCode !== exitCode) {
      throw new Error(
        `sync ended with ${result.exitCode}, not ${exitCode}:\n${essence(result.json) ?? result.stdout}\n${result.stderr}`,
      );
    }
    return result;
  }

  /** Ends the rig: racks removed by a commit, data purged, nothing left. `force`: the test broke the host on purpose, so just end it. */
  async dispose(options: { force?: boolean } = {}): Promise<void> {
    const complaints: string[] = [];
    if (!options.force) {
      try {
        await this.stopAgents();
        complaints.push(...(await this.removeRacks()), ...(await this.left(5_000)));
      } catch (error) {
        complaints.push(String(error));
      }
    }
    await this.destroy();
    if (complaints.length > 0)
      throw new Error(`the test host did not come to an end by itself:\n${complaints.join('\n')}`);
  }
}

/** Looks again and again until `look` gives something other than null, false or undefined. The error says what was waited for and the last thing seen. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | null | false | undefined>,
  timeoutMs = 20_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  let last: unknown;
  for (;;) {
    try {
      const seen = await look();
      if (seen !== null && seen !== false && seen !== undefined) return seen;
      last = seen;
    } catch (error) {
      last = error;
    }
    if (Date.now() >= deadline) throw new Error(`${what}: not within ${timeoutMs} ms; last: ${String(last)}`);
    await sleep(50);
  }
}

/** The status at the end of a pass, out of its report; throws when there is none. */
export function statusOf(report: unknown): StatusDocument {
  if (typeof report === 'object' && report !== null && 'status' in report && isStatus(report.status))
    return report.status;
  throw new Error(`no report of a pass: ${JSON.stringify(report)}`);
}

/** What a failing test needs of a pass report: without the status, which says it all again. */
function essence(report: unknown): string | null {
  if (typeof report !== 'object' || report === null || !('status' in report)) return null;
  const { status: _, ...rest } = report;
  return JSON.stringify(rest, null, 1);
}

function isStatus(value: unknown): value is StatusDocument {
  return typeof value === 'object' && value !== null && 'racks' in value && Array.isArray(value.racks);
}

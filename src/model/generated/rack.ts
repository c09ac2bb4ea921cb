/** Generated from schema/ by scripts/generate-types.ts: do not edit. */

/**
 * Text of 63 characters at most.
 */
export type LabelValue = string;
/**
 * Lower-case letter, then lower-case letters, digits and hyphens; 32 characters at most.
 */
export type Name = string;
/**
 * Text (numbers in quotes), or `{fromHostFile: /path}`: the content of a host file, read when the service is started and never stored.
 */
export type EnvValue =
  | string
  | {
      /**
       * File of the host within `allow.secrets`; one line end at its end is dropped.
       */
      readonly fromHostFile: string;
    };
/**
 * Program and arguments, as a list; the program is looked up in PATH inside the rack. It must stay in the foreground.
 *
 * @minItems 1
 * @maxItems 256
 */
export type Command = readonly string[];
/**
 * `address:port`, or `unix:/path` for a unix socket, or a mapping with one of them and options.
 */
export type ListenEntry =
  | string
  | {
      /**
       * `address:port`; IPv6 in brackets. `0.0.0.0` is every IPv4 address, `[::]` every address.
       */
      readonly address?: string;
      /**
       * Path of a unix socket on the host, 107 bytes at most, in a directory within `allow.mounts` that exists, has no symbolic link in its path and is on no network file system.
       */
      readonly unix?: string;
      /**
       * Connections that may wait until the service accepts them, in particular during a swap; the kernel caps it at net.core.somaxconn.
       */
      readonly backlog?: number;
      /**
       * Set SO_REUSEPORT: programs of root outside of rackops that set it too may listen on the same address. Two racks on one address are refused all the same.
       */
      readonly reusePort?: boolean;
      /**
       * An IPv6 address takes no IPv4 connections; without it `[::]` takes both.
       */
      readonly v6Only?: boolean;
      /**
       * Permission bits of the unix socket, three octal digits, in quotes; who may write to it may connect.
       */
      readonly mode?: string | number;
      /**
       * Owner of the unix socket on the host, `uid` or `uid:gid`; the group has the user's number unless it is given.
       */
      readonly owner?: string | number;
    };
/**
 * Program and arguments, as a list.
 *
 * @minItems 1
 * @maxItems 256
 */
export type Command1 = readonly string[];
/**
 * Name of a Linux capability, with or without `CAP_`.
 */
export type Capability = string;
/**
 * Program and arguments, as a list: when it ends with exit code 0, nothing writes to the data any more.
 *
 * @minItems 1
 * @maxItems 256
 */
export type Command2 = readonly string[];
/**
 * Program and arguments, as a list: the service writes again. Run after the copy, whatever came of it, and after a crash; so it must also succeed when nothing is frozen.
 *
 * @minItems 1
 * @maxItems 256
 */
export type Command3 = readonly string[];

/**
 * One rack: a read-only image, what runs in it, and how it is moved from one version to the next. One rack per file, `racks/<name>.yaml`.
 */
export interface Rack {
  /**
   * Version of this format.
   */
  readonly apiVersion: 'rackops/v1';
  /**
   * What this file defines.
   */
  readonly kind: 'Rack';
  /**
   * Name of the rack, the same as the file name without `.yaml`.
   */
  readonly name: string;
  /**
   * The squashfs image that holds the software. It is never written to.
   */
  readonly image: {
    /**
     * File name in the image store, without a directory.
     */
    readonly file: string;
    /**
     * sha256 of the file: 64 hex digits, with or without `sha256:` in front. The image is what this says, whatever its file name.
     */
    readonly sha256: string;
  };
  /**
   * Which hosts run this rack. Absent: every host that reads this repository.
   */
  readonly hosts?: {
    readonly labels: Labels;
  };
  /**
   * Racks that must be ready before this one is moved. A rack that does not run on this host is ignored with a warning.
   *
   * @maxItems 64
   */
  readonly dependsOn?: readonly Name[];
  readonly env?: Env;
  /**
   * Directories of the host that are visible in the rack. The host's configuration decides which are allowed (`allow.mounts`).
   *
   * @maxItems 64
   */
  readonly mounts?: readonly Mount[];
  /**
   * Files of this repository, from the same commit, read-only in the rack.
   *
   * @maxItems 256
   */
  readonly files?: readonly File[];
  /**
   * The processes of the rack, by name.
   */
  readonly services: {
    readonly [k: string]: Service;
  };
  readonly rollout?: Rollout;
}
/**
 * Labels that the host's own configuration must have, all of them, with these values.
 */
export interface Labels {
  readonly [k: string]: LabelValue;
}
/**
 * Environment variables of all services: text, or a secret read from a file of the host.
 */
export interface Env {
  readonly [k: string]: EnvValue;
}
/**
 * One directory of the host in the rack.
 */
export interface Mount {
  /**
   * Directory on the host; must exist there.
   */
  readonly source: string;
  /**
   * Where it appears in the rack. Not `/`, and not in `/proc`, `/sys` or `/dev`.
   */
  readonly target: string;
  /**
   * The rack cannot write to it.
   */
  readonly readOnly?: boolean;
  /**
   * What a rehearsal sees there: `readOnly`, a read-only view in which live unix sockets answer nobody; `empty`, an empty directory that is thrown away; `share`, the real thing: what the new version writes or says there is real.
   */
  readonly rehearse?: 'readOnly' | 'empty' | 'share';
}
/**
 * One file of the repository in the rack.
 */
export interface File {
  /**
   * Where it appears in the rack, read-only.
   */
  readonly path: string;
  /**
   * File in the repository, 1 MiB at most; looked for from the repository's root, then beside the definition.
   */
  readonly source: string;
  /**
   * Permission bits, three octal digits, in quotes; `0o644` is understood too.
   */
  readonly mode?: string | number;
}
/**
 * One process of the rack. It is process 1 of a namespace of its own.
 */
export interface Service {
  readonly command: Command;
  /**
   * User name, or `uid` or `uid:gid`; names are looked up in the rack.
   */
  readonly user?: string | number;
  /**
   * Working directory in the rack.
   */
  readonly workdir?: string;
  readonly env?: Env1;
  /**
   * TCP addresses and unix sockets that are opened for the service and handed to it as file descriptors from 3 on, in this order (LISTEN_FDS). They stay open while versions change.
   *
   * @maxItems 16
   */
  readonly listen?: readonly ListenEntry[];
  /**
   * How the service is asked to end.
   */
  readonly stop?: {
    /**
     * Signal that is sent first, without `SIG`.
     */
    readonly signal?: 'TERM' | 'QUIT' | 'INT' | 'HUP' | 'USR1' | 'USR2' | 'WINCH' | 'KILL';
    /**
     * How long to wait before everything that is left of the service is killed; 1s to 10m.
     */
    readonly timeout?: string;
  };
  /**
   * What happens when the service ends by itself.
   */
  readonly restart?: {
    /**
     * `always`, `on-failure` (not after exit code 0) or `never`.
     */
    readonly policy?: 'always' | 'on-failure' | 'never';
    /**
     * Wait before the first restart, doubled at each further one; 100ms to 1h.
     */
    readonly delay?: string;
    /**
     * The longest wait between two restarts; at least `delay`, 1h at most.
     */
    readonly maxDelay?: string;
    /**
     * Restart the service also when its probe says unhealthy (it hangs) after the rollout is committed.
     */
    readonly onUnhealthy?: boolean;
  };
  /**
   * Services of this rack that are started before this one and stopped after it.
   *
   * @maxItems 32
   */
  readonly dependsOn?: readonly Name[];
  readonly health?: Health;
  /**
   * Linux capabilities of the service, with or without `CAP_`, within the host's `allow.capabilities`. An empty list: none.
   *
   * @maxItems 41
   */
  readonly capabilities?: readonly Capability[];
  /**
   * Limits, where the host's control groups allow them.
   */
  readonly resources?: {
    /**
     * Most memory, in KiB, MiB or GiB; no limit when absent.
     */
    readonly memory?: string;
    /**
     * Most processor time, in processors; no limit when absent.
     */
    readonly cpus?: number;
    /**
     * Most processes and threads; no limit when absent.
     */
    readonly pids?: number;
  };
}
/**
 * Environment variables of this service, over those of the rack. PATH is set unless you set it.
 */
export interface Env1 {
  readonly [k: string]: EnvValue;
}
/**
 * How to find out whether the service works. Without it, it only has to stay up.
 */
export interface Health {
  /**
   * Healthy when an HTTP GET is answered as wanted.
   */
  readonly http?: {
    /**
     * TCP port to connect to.
     */
    readonly port: number;
    /**
     * Where to connect to; default: the listen address with that port, else 127.0.0.1.
     */
    readonly host?: string;
    /**
     * Path and query that are asked for.
     */
    readonly path?: string;
    /**
     * The status code that means healthy.
     */
    readonly status?: number;
    /**
     * Regular expression (JavaScript) that must be found in the first 64 KiB of the answer; any answer when absent.
     */
    readonly body?: string;
  };
  /**
   * Healthy when a connection is accepted.
   */
  readonly tcp?: {
    /**
     * TCP port to connect to.
     */
    readonly port: number;
    /**
     * Where to connect to; default: the listen address with that port, else 127.0.0.1.
     */
    readonly host?: string;
  };
  /**
   * Healthy when a program run in the rack ends with exit code 0.
   */
  readonly exec?: {
    readonly command: Command1;
  };
  /**
   * Time between two probes; 50ms to 1h.
   */
  readonly interval?: string;
  /**
   * How long one probe may take; 10ms to 5m.
   */
  readonly timeout?: string;
  /**
   * Failures do not count for this long after the start, until the first success; 0s to 1h.
   */
  readonly startPeriod?: string;
  /**
   * Successes in a row that mean healthy.
   */
  readonly healthyAfter?: number;
  /**
   * Failures in a row that mean unhealthy.
   */
  readonly unhealthyAfter?: number;
}
/**
 * How the rack is moved from one version to the next.
 */
export interface Rollout {
  /**
   * Try the new version on a throw-away view of the writable layer first, on a private network, while the running one goes on. `auto`: when a service has a health check and this definition was not committed here before; `always`: at every swap; `never`: not at all.
   */
  readonly rehearse?: 'auto' | 'always' | 'never';
  /**
   * How long the new version must stay healthy, without a restart, before it is committed; 0s to 24h.
   */
  readonly bake?: string;
  /**
   * How long the new version may take to become healthy, and how long listening sockets stay open while nothing serves them; 1s to 24h.
   */
  readonly timeout?: string;
  /**
   * `rollback` puts the old version back; `hold` leaves the failed one for a person to look at.
   */
  readonly onFailure?: 'rollback' | 'hold';
  /**
   * What a rollback does with the writable layer: `keep` it, or `restore` it as it was at the stop. `restore` seals the layer at every swap: nothing is copied then, but the first write to a big file of a sealed layer copies that file.
   */
  readonly data?: 'keep' | 'restore';
  /**
   * How many snapshots of the writable directory are kept, by rollouts with `data: restore` and by hand together; what older ones hold is merged in the background.
   */
  readonly snapshots?: number;
  /**
   * How a service brings its data to rest for a rehearsal: while it is frozen the writable layer is copied, and the rehearsal runs on the copy. Counts from the version on that has it: the running definition's commands are run. Without it a rehearsal sees the live data as they are written to.
   */
  readonly quiesce?: {
    /**
     * Lower-case letter, then lower-case letters, digits and hyphens; 32 characters at most.
     */
    readonly service: string;
    readonly freeze: Command2;
    readonly thaw: Command3;
    /**
     * How long freezing and copying may take together, and how long each of three tries to thaw may take; 1s to 5m.
     */
    readonly timeout?: string;
  };
  /**
   * What to do about files of the writable layer that hide files of a new image; looked at before anything of a rollout is stopped. See docs/shadow.md.
   */
  readonly shadow?: {
    /**
     * For paths that no rule names. With `keep` what is harmless or doubtful is kept and told, while another type than the image's and an edited program or library fail the rollout.
     */
    readonly default?: 'keep' | 'fail' | 'drop' | 'refresh';
    /**
     * The first rule whose path matches counts.
     *
     * @maxItems 256
     */
    readonly rules?: readonly {
      /**
       * Glob of paths in the rack: `*` and `?` within a name, `**` for any number of names.
       */
      readonly path: string;
      /**
       * What to do about a match. `keep` allows also what would fail by default.
       */
      readonly policy: 'keep' | 'fail' | 'drop' | 'refresh';
    }[];
  };
}

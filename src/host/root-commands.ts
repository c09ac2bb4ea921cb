/** Port: commands in the root of an image that is being made. Not in a rack: that is `Commands`. */
import type { HostPath } from '../model/index.js';

export interface RootCommand {
  /** Directory or mount on the host that is `/` for the command; it is changed by what the command does, and nothing else of the host is. No symbolic link. */
  readonly root: HostPath;
  /** Program, looked up in the root's own PATH, and its arguments. A shell only if it is named here. */
  readonly command: readonly string[];
  /** Besides PATH, HOME, LC_ALL, TERM and DEBIAN_FRONTEND. */
  readonly env?: Readonly<Record<string, string>>;
  /** `none`: a loopback of its own and nothing else. `host`: the host's network, and its resolv.conf. */
  readonly network: 'none' | 'host';
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Each line of its output, stdout and stderr in the order in which they came. */
  readonly onLine?: (line: string) => void;
}

export interface RootCommandResult {
  /** Null when it was ended by its deadline. 128 + signal when a signal ended it. */
  readonly exitCode: number | null;
  /** Its last lines, oldest first, at most 20. */
  readonly tail: readonly string[];
  readonly durationMs: number;
}

export interface RootCommands {
  /**
   * Runs the command as root of that root, without stdin, and ends with it everything that it started. It sees the root, a /proc of its own, a minimal /dev, a read-only /sys and an empty /tmp and /run;
   * it can mount nothing, make no device and no namespace. What has to lie in the root for that moment only is gone afterwards. Errors: E_RUNTIME (the command could not be run at
   * all, with the reason), the signal's reason; nothing of it runs then.
   */
  run(command: RootCommand): Promise<RootCommandResult>;
}

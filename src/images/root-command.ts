/** One command in the root of an image that is being made: the same surroundings for a step of a recipe and for a line of an upgrade. */
import type { ImageBuilding, RootCommands } from '../host/index.js';
import type { HostPath } from '../model/index.js';

export interface ImageCommand {
  readonly root: HostPath;
  /** Program, looked up in the root, and its arguments. */
  readonly command: readonly string[];
  /** It has the host's network and proxies; else none. */
  readonly network: boolean;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  readonly progress: (detail: string) => void;
}

/** Tools that honour it write the same at each build: 1 January 2020, as for the base. */
const epoch = '1577836800';

/** Its exit code, null when it did not end in time, and its last lines. Errors: E_RUNTIME (it could not be run at all); the signal's reason. */
export async function runInImage(
  { commands, building }: { readonly commands: RootCommands; readonly building: ImageBuilding },
  { root, command, network, timeoutMs, signal, progress }: ImageCommand,
): Promise<{ readonly exitCode: number | null; readonly tail: readonly string[] }> {
  return await commands.run({
    root,
    command,
    env: { ...(network ? await building.proxies() : {}), SOURCE_DATE_EPOCH: epoch },
    network: network ? 'host' : 'none',
    timeoutMs,
    onLine: (line) => progress(`  ${line}`),
    ...(signal === undefined ? {} : { signal }),
  });
}

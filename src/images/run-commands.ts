/** Commands of whoever makes an image, in its root, one after the other; the first that fails ends it. */
import type { RootCommands } from '../host/index.js';
import { formatDurationMs, shorten } from '../lib/index.js';
import { type HostPath, RackError } from '../model/index.js';

export interface CommandsRequest {
  readonly root: HostPath;
  /** Lines for the shell in the image. */
  readonly lines: readonly string[];
  /** What the lines are, for messages: `command` or `check`. */
  readonly what: 'command' | 'check';
  readonly network: boolean;
  /** For each of them. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  readonly progress: (detail: string) => void;
}

/** A line ends at its first failing command (`sh -e`). Errors: E_IMAGE_COMMAND with the last lines of its output; E_RUNTIME; the signal's reason. */
export async function runCommands(commands: RootCommands, request: CommandsRequest): Promise<void> {
  const { root, lines, what, network, timeoutMs, signal, progress } = request;
  for (const line of lines) {
    progress(`${what}: ${shorten(line, 200)}`);
    const { exitCode, tail } = await commands.run({
      root,
      command: ['/bin/sh', '-ec', line],
      network: network ? 'host' : 'none',
      timeoutMs,
      onLine: (text) => progress(`  ${text}`),
      ...(signal === undefined ? {} : { signal }),
    });
    if (exitCode === 0) continue;
    const how =
      exitCode === null ? `did not end within ${formatDurationMs(timeoutMs)}` : `ended with ${exitCode}`;
    const said = tail.length === 0 ? 'it said nothing' : tail.slice(-5).join('\n  ');
    throw new RackError(
      'E_IMAGE_COMMAND',
      `cannot make the image: the ${what} "${shorten(line, 80)}" ${how}\n  ${said}`,
      {
        hint: 'nothing was made; correct it and run it again',
      },
    );
  }
}

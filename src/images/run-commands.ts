/** Commands of whoever makes an image, in its root, one after the other; the first that fails ends it. */
import { formatDurationMs, shorten } from '../lib/index.js';
import { RackError } from '../model/index.js';
import { type ImageCommand, runInImage } from './root-command.js';

export interface CommandsRequest extends Omit<ImageCommand, 'command'> {
  /** Lines for the shell in the image. */
  readonly lines: readonly string[];
  /** What the lines are, for messages: `command` or `check`. */
  readonly what: 'command' | 'check';
}

/** A line ends at its first failing command (`sh -e`). Errors: E_IMAGE_COMMAND with the last lines of its output; E_RUNTIME; the signal's reason. */
export async function runCommands(
  tools: Parameters<typeof runInImage>[0],
  request: CommandsRequest,
): Promise<void> {
  const { lines, what, timeoutMs, progress } = request;
  for (const line of lines) {
    progress(`${what}: ${shorten(line, 200)}`);
    const { exitCode, tail } = await runInImage(tools, { ...request, command: ['/bin/sh', '-ec', line] });
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

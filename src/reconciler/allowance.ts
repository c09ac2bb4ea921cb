/** Reads `Rackops-Allow-Prune: N` from commit messages. Pure. */

/** The largest allowance of the messages, null when none has a valid one. The trailer may stand on any line of its own. */
export function allowanceOf(messages: readonly string[]): number | null {
  let largest: number | null = null;
  for (const message of messages) {
    for (const match of message.matchAll(/^Rackops-Allow-Prune:[ \t]*(\d{1,6})[ \t]*\r?$/gim)) {
      largest = Math.max(largest ?? 0, Number(match[1]));
    }
  }
  return largest;
}
